/** The customers that a sandbox remembers. */
import type { Database } from '../../store/database.js'
import { createMemo } from '../../store/memo.js'
import type { CustomersRow } from '../../store/rows.gen.js'

export type Customer = Omit<CustomersRow, 'seq'>

export interface CustomersStore {
  find (customerId: string): Customer | undefined
  /** The newest customer with this e-mail address. */
  findByEmail (email: string): Customer | undefined
  insert (customer: Customer): void
  setPhoneNumber (customerId: string, phoneNumber: string): void
  setName (customerId: string, name: string): void
  /** Forgets what was remembered: rows were taken back. */
  forget (): void
}

const COLUMNS = 'customer_id, email, name, phone_number, metadata, created_at'

export function customersStore (database: Database): CustomersStore {
  const find = database.prepare<[string], Customer>(`SELECT ${COLUMNS} FROM customers WHERE customer_id = ?`)
  const findByEmail = database.prepare<[string], Customer>(
    `SELECT ${COLUMNS} FROM customers WHERE email = ? ORDER BY created_at DESC, seq DESC LIMIT 1`)
  const insert = database.prepare(`INSERT INTO customers (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`)
  const setPhoneNumber = database.prepare('UPDATE customers SET phone_number = ? WHERE customer_id = ?')
  const setName = database.prepare('UPDATE customers SET name = ? WHERE customer_id = ?')
  const byId = createMemo<Customer>()
  const byEmail = createMemo<Customer>()
  return {
    find: customerId => byId.get(customerId, () => find.get(customerId)),
    findByEmail: email => byEmail.get(email, () => findByEmail.get(email)),
    forget () {
      byId.clear()
      byEmail.clear()
    },
    insert ({ customer_id: id, email, name, phone_number: phone, metadata, created_at: createdAt }) {
      byEmail.forget(email)
      insert.run(id, email, name, phone, metadata, createdAt)
    },
    setPhoneNumber (customerId, phoneNumber) {
      byId.forget(customerId)
      byEmail.clear()
      setPhoneNumber.run(phoneNumber, customerId)
    },
    setName (customerId, name) {
      byId.forget(customerId)
      byEmail.clear()
      setName.run(name, customerId)
    }
  }
}
