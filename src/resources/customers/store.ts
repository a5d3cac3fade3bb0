/** The customers that a sandbox remembers. */
import type { Database } from '../../store/database.js'
import type { CustomersRow } from '../../store/rows.gen.js'

export type Customer = Omit<CustomersRow, 'seq'>

export interface CustomersStore {
  find (customerId: string): Customer | undefined
  /** The newest customer with this e-mail address. */
  findByEmail (email: string): Customer | undefined
  insert (customer: Customer): void
}

const COLUMNS = 'customer_id, email, name, phone_number, metadata, created_at'

export function customersStore (database: Database): CustomersStore {
  const find = database.prepare<[string], Customer>(`SELECT ${COLUMNS} FROM customers WHERE customer_id = ?`)
  const findByEmail = database.prepare<[string], Customer>(
    `SELECT ${COLUMNS} FROM customers WHERE email = ? ORDER BY created_at DESC, seq DESC LIMIT 1`)
  const insert = database.prepare(`INSERT INTO customers (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`)
  return {
    find: customerId => find.get(customerId),
    findByEmail: email => findByEmail.get(email),
    insert ({ customer_id: id, email, name, phone_number: phone, metadata, created_at: createdAt }) {
      insert.run(id, email, name, phone, metadata, createdAt)
    }
  }
}
