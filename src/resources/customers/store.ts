/** The store of customers. */
import type { Schemas } from '../../contract/operations.js'
import type { Database, Statement } from '../../store/database.js'
import { clearCaches, createCache } from '../../store/cache.js'
import type { CustomersRow } from '../../store/rows.gen.js'

type Row = Omit<CustomersRow, 'seq'>

export type Customer = Omit<Row, 'metadata'> & { metadata: Schemas['Metadata'] }

/** A customer without a checkout, so that no language is known. */
export type NewCustomer = Omit<Customer, 'language'>

/** `email` and `name` match any part of the value and ignore case. */
export interface CustomerFilter {
  created_at_gte?: number
  created_at_lte?: number
  email?: string
  name?: string
}

export interface CustomersStore {
  find (customerId: string): Customer | undefined
  /** Returns the newest customer with this e-mail address. */
  findByEmail (email: string): Customer | undefined
  /** Newest first. */
  list (filter: CustomerFilter, limit: number, offset: number): Customer[]
  insert (customer: NewCustomer): void
  /** Replaces every field except the id, `created_at` and the language. */
  update (before: Customer, after: Customer): void
  setPhoneNumber (customerId: string, phoneNumber: string): void
  setName (customerId: string, name: string): void
  /** Stores the language of the latest checkout, as a tag. */
  setLanguage (customerId: string, language: string): void
}

const WRITTEN = 'customer_id, email, name, phone_number, metadata, created_at'
const COLUMNS = `${WRITTEN}, language`

/** A filter as an SQL condition and its parameter. */
type Condition = readonly [sql: string, value: string | number]

export function customersStore (database: Database): CustomersStore {
  const find = database.prepare<[string], Row>(`SELECT ${COLUMNS} FROM customers WHERE customer_id = ?`)
  const findByEmail = database.prepare<[string], Row>(
    `SELECT ${COLUMNS} FROM customers WHERE email = ? ORDER BY created_at DESC, seq DESC LIMIT 1`)
  const insert = database.prepare(`INSERT INTO customers (${WRITTEN}) VALUES (?, ?, ?, ?, ?, ?)`)
  const update = database.prepare(
    'UPDATE customers SET email = ?, name = ?, phone_number = ?, metadata = ? WHERE customer_id = ?')
  const setPhoneNumber = database.prepare('UPDATE customers SET phone_number = ? WHERE customer_id = ?')
  const prepared = new Map<string, Statement<unknown[], Row>>()
  const setName = database.prepare('UPDATE customers SET name = ? WHERE customer_id = ?')
  const setLanguage = database.prepare('UPDATE customers SET language = ? WHERE customer_id = ? AND language IS NOT ?')
  const byId = createCache<Customer>(database)
  const byEmail = createCache<Customer>(database)
  /** Payments and subscriptions are cached with their customer. Customers rarely change. */
  const changed = () => { clearCaches(database) }
  return {
    find: customerId => byId.get(customerId, () => read(find.get(customerId))),
    findByEmail: email => byEmail.get(email, () => read(findByEmail.get(email))),
    list (filter, limit, offset) {
      const conditions = conditionsOf(filter)
      const sql = listSql(conditions)
      const statement = prepared.get(sql) ?? database.prepare<unknown[], Row>(sql)
      prepared.set(sql, statement)
      return statement.all(...conditions.map(([, value]) => value), limit, offset).map(row => read(row))
    },
    insert ({ customer_id: id, email, name, phone_number: phone, metadata, created_at: createdAt }) {
      byEmail.forget(email)
      insert.run(id, email, name, phone, JSON.stringify(metadata), createdAt)
    },
    update (before, { email, name, phone_number: phone, metadata }) {
      update.run(email, name, phone, JSON.stringify(metadata), before.customer_id)
      changed()
    },
    setPhoneNumber (customerId, phoneNumber) {
      setPhoneNumber.run(phoneNumber, customerId)
      changed()
    },
    setName (customerId, name) {
      setName.run(name, customerId)
      changed()
    },
    setLanguage (customerId, language) {
      if (setLanguage.run(language, customerId, language).changes > 0) changed()
    }
  }
}

function read (row: Row): Customer
function read (row: Row | undefined): Customer | undefined
function read (row: Row | undefined): Customer | undefined {
  return row && { ...row, metadata: JSON.parse(row.metadata) }
}

/**
 * Finds the page in an index that covers the order and the filtered columns, and then reads the rows of that page. CROSS JOIN
 * keeps SQLite from reordering the two steps.
 */
function listSql (conditions: readonly Condition[]): string {
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`
  return `SELECT ${COLUMNS} FROM (
      SELECT seq FROM customers ${where} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?
    ) page CROSS JOIN customers USING (seq) ORDER BY created_at DESC, seq DESC`
}

function conditionsOf ({ created_at_gte: from, created_at_lte: to, email, name }: CustomerFilter): Condition[] {
  const conditions: Condition[] = []
  if (from !== undefined) conditions.push(['created_at >= ?', from])
  if (to !== undefined) conditions.push(['created_at <= ?', to])
  if (email !== undefined) conditions.push(containing('email', email))
  if (name !== undefined) conditions.push(containing('name', name))
  return conditions
}

/**
 * Matches a column that contains a text, ignoring case. LIKE ignores the case of A to Z only, but is more than twice as fast. For
 * other letters, GLOB lists both cases: `*[éÉ][lL]*`.
 */
function containing (column: 'email' | 'name', part: string): Condition {
  if (/^[ -~]*$/.test(part)) return [`${column} LIKE ? ESCAPE '\\'`, `%${part.replace(/[\\%_]/g, '\\$&')}%`]
  const characters = [...part].map(character => {
    const cases = new Set([character, character.toLowerCase(), character.toUpperCase()].filter(other => [...other].length === 1))
    return cases.size > 1 || '*?['.includes(character) ? `[${[...cases].join('')}]` : character
  })
  return [`${column} GLOB ?`, `*${characters.join('')}*`]
}
