/** The customers that a sandbox remembers. */
import type { Database, Statement } from '../../store/database.js'
import { createMemo } from '../../store/memo.js'
import type { CustomersRow } from '../../store/rows.gen.js'

export type Customer = Omit<CustomersRow, 'seq'>

/** `email` and `name` are parts of the value, in any case. */
export interface CustomerFilter {
  created_at_gte?: number
  created_at_lte?: number
  email?: string
  name?: string
}

export interface CustomersStore {
  find (customerId: string): Customer | undefined
  /** The newest customer with this e-mail address. */
  findByEmail (email: string): Customer | undefined
  /** Newest first. */
  list (filter: CustomerFilter, limit: number, offset: number): Customer[]
  insert (customer: Customer): void
  /** Replaces everything but the id and the time of creation. */
  update (before: Customer, after: Customer): void
  setPhoneNumber (customerId: string, phoneNumber: string): void
  /** Forgets what was remembered: rows were taken back. */
  forget (): void
}

const COLUMNS = 'customer_id, email, name, phone_number, metadata, created_at'

/** GLOB and not LIKE, which takes only A to Z for letters that have a case. */
const CONDITIONS: Record<keyof CustomerFilter, string> = {
  created_at_gte: 'created_at >= ?',
  created_at_lte: 'created_at <= ?',
  email: 'email GLOB ?',
  name: 'name GLOB ?'
}

export function customersStore (database: Database): CustomersStore {
  const find = database.prepare<[string], Customer>(`SELECT ${COLUMNS} FROM customers WHERE customer_id = ?`)
  const findByEmail = database.prepare<[string], Customer>(
    `SELECT ${COLUMNS} FROM customers WHERE email = ? ORDER BY created_at DESC, seq DESC LIMIT 1`)
  const insert = database.prepare(`INSERT INTO customers (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`)
  const update = database.prepare(
    'UPDATE customers SET email = ?, name = ?, phone_number = ?, metadata = ? WHERE customer_id = ?')
  const setPhoneNumber = database.prepare('UPDATE customers SET phone_number = ? WHERE customer_id = ?')
  const prepared = new Map<string, Statement<unknown[], Customer>>()
  const byId = createMemo<Customer>()
  const byEmail = createMemo<Customer>()
  return {
    find: customerId => byId.get(customerId, () => find.get(customerId)),
    findByEmail: email => byEmail.get(email, () => findByEmail.get(email)),
    list (filter, limit, offset) {
      const names = (Object.keys(CONDITIONS) as Array<keyof CustomerFilter>).filter(name => filter[name] !== undefined)
      const sql = listSql(names)
      const statement = prepared.get(sql) ?? database.prepare<unknown[], Customer>(sql)
      prepared.set(sql, statement)
      const values = names.map(name => name === 'email' || name === 'name' ? containing(filter[name] ?? '') : filter[name])
      return statement.all(...values, limit, offset)
    },
    forget () {
      byId.clear()
      byEmail.clear()
    },
    insert ({ customer_id: id, email, name, phone_number: phone, metadata, created_at: createdAt }) {
      byEmail.forget(email)
      insert.run(id, email, name, phone, metadata, createdAt)
    },
    update (before, { email, name, phone_number: phone, metadata }) {
      byId.forget(before.customer_id)
      byEmail.forget(before.email)
      byEmail.forget(email)
      update.run(email, name, phone, metadata, before.customer_id)
    },
    setPhoneNumber (customerId, phoneNumber) {
      byId.forget(customerId)
      byEmail.clear()
      setPhoneNumber.run(phoneNumber, customerId)
    }
  }
}

/**
 * Finds the page in an index that holds the order and what the filters look into, and then reads the rows of that page. CROSS
 * JOIN keeps SQLite from turning the order round.
 */
function listSql (names: ReadonlyArray<keyof CustomerFilter>): string {
  const where = names.length === 0 ? '' : `WHERE ${names.map(name => CONDITIONS[name]).join(' AND ')}`
  return `SELECT ${COLUMNS} FROM (
      SELECT seq FROM customers ${where} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?
    ) page CROSS JOIN customers USING (seq) ORDER BY created_at DESC, seq DESC`
}

/** A GLOB pattern for every text that contains `part`, whatever the case of its letters: `*[aA][dD][aA]*`. */
function containing (part: string): string {
  const characters = [...part].map(character => {
    const cases = new Set([character, character.toLowerCase(), character.toUpperCase()].filter(other => [...other].length === 1))
    return cases.size > 1 || '*?['.includes(character) ? `[${[...cases].join('')}]` : character
  })
  return `*${characters.join('')}*`
}
