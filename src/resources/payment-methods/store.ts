/** The store of saved payment methods. Of a card it stores only the fields of the contract: last four digits, network, expiry. */
import type { Schemas } from '../../contract/operations.js'
import type { Database } from '../../store/database.js'

export type PaymentMethod = Schemas['CustomerPaymentMethodItem']

export interface PaymentMethodsStore {
  /** Returns the method if it belongs to this customer. */
  find (paymentMethodId: string, customerId: string): PaymentMethod | undefined
  /** Whether any customer has this method or had it before. */
  isKnown (paymentMethodId: string): boolean
  /** A customer's methods, oldest first. */
  ofCustomer (customerId: string): PaymentMethod[]
  insert (customerId: string, method: PaymentMethod): void
  /** Stores the time of a charge, in the API's format. */
  setLastUsed (paymentMethodId: string, at: string): void
  remove (paymentMethodId: string, customerId: string): void
  /** Whether this customer removed the method. */
  wasRemoved (paymentMethodId: string, customerId: string): boolean
}

export function paymentMethodsStore (database: Database): PaymentMethodsStore {
  const find = database.prepare<[string, string], string>(
    'SELECT method FROM payment_methods WHERE payment_method_id = ? AND customer_id = ?').pluck()
  const isKnown = database.prepare<[string, string]>(`SELECT 1 FROM payment_methods WHERE payment_method_id = ?
    UNION ALL SELECT 1 FROM removed_payment_methods WHERE payment_method_id = ?`)
  const ofCustomer = database.prepare<[string], string>(
    'SELECT method FROM payment_methods WHERE customer_id = ? ORDER BY seq').pluck()
  const insert = database.prepare('INSERT INTO payment_methods (payment_method_id, customer_id, method) VALUES (?, ?, ?)')
  const setLastUsed = database.prepare(
    "UPDATE payment_methods SET method = json_set(method, '$.last_used_at', ?) WHERE payment_method_id = ?")
  const remove = database.prepare('DELETE FROM payment_methods WHERE payment_method_id = ?')
  const noteRemoved = database.prepare('INSERT INTO removed_payment_methods (payment_method_id, customer_id) VALUES (?, ?)')
  const wasRemoved = database.prepare('SELECT 1 FROM removed_payment_methods WHERE payment_method_id = ? AND customer_id = ?')
  return {
    find (paymentMethodId, customerId) {
      const method = find.get(paymentMethodId, customerId)
      return method === undefined ? undefined : JSON.parse(method)
    },
    isKnown: paymentMethodId => isKnown.get(paymentMethodId, paymentMethodId) !== undefined,
    ofCustomer: customerId => ofCustomer.all(customerId).map(method => JSON.parse(method)),
    insert: (customerId, method) => { insert.run(method.payment_method_id, customerId, JSON.stringify(method)) },
    setLastUsed: (paymentMethodId, at) => { setLastUsed.run(at, paymentMethodId) },
    remove (paymentMethodId, customerId) {
      remove.run(paymentMethodId)
      noteRemoved.run(paymentMethodId, customerId)
    },
    wasRemoved: (paymentMethodId, customerId) => wasRemoved.get(paymentMethodId, customerId) !== undefined
  }
}
