// A simple server: Fastify, the operation's schema in ajv, and one SQLite transaction per request with
// as many statements as in the emulator. No rules, no rounding, no group commit. It shows the gains
// and costs of the emulator's design.
//   node naive.mjs PORT DATABASE OPENAPI_DOCUMENT
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

// The same number as in the emulator's POST /payments for this request: customer, two products, two
// discounts; the payment and its two lines. Keep them equal.
export const SELECTS = 5
export const INSERTS = 3

// The emulator's dependencies, not the copies in bench/node_modules.
const require = createRequire(new URL('../../package.json', import.meta.url))
const Fastify = require('fastify')
const Database = require('better-sqlite3')
const Ajv = require('ajv/dist/2020').default
const addFormats = require('ajv-formats').default

const [port, databaseFile, documentFile] = process.argv.slice(2)

const ajv = new Ajv({ strict: false, allErrors: true })
addFormats(ajv)
ajv.addSchema(JSON.parse(readFileSync(documentFile, 'utf8')), 'contract')
const bodySchema = {
  $ref: 'contract#/paths/~1payments/post/requestBody/content/application~1json/schema'
}

const database = new Database(databaseFile)
database.pragma('journal_mode = WAL')
database.pragma('synchronous = NORMAL')
database.exec(`
  CREATE TABLE customers (id TEXT PRIMARY KEY, email TEXT NOT NULL, name TEXT);
  CREATE INDEX customers_email ON customers (email);
  CREATE TABLE products (id TEXT PRIMARY KEY, price INTEGER NOT NULL, discount INTEGER NOT NULL);
  CREATE TABLE discounts (code TEXT PRIMARY KEY, id TEXT NOT NULL, amount INTEGER NOT NULL);
  CREATE TABLE payments (
    id TEXT PRIMARY KEY, created_at TEXT NOT NULL, customer_id TEXT NOT NULL,
    total_amount INTEGER NOT NULL, currency TEXT NOT NULL, client_secret TEXT NOT NULL,
    billing TEXT NOT NULL, metadata TEXT NOT NULL, discount_ids TEXT NOT NULL, status TEXT
  );
  CREATE INDEX payments_created_at ON payments (created_at);
  CREATE TABLE payment_lines (
    payment_id TEXT NOT NULL, position INTEGER NOT NULL, product_id TEXT NOT NULL,
    quantity INTEGER NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (payment_id, position)
  );
  INSERT INTO products VALUES ('pdt_ebook', 1999, 0), ('pdt_course', 4900, 2000);
  INSERT INTO discounts VALUES ('SAVE10', 'dsc_save10', 1000), ('STACK01', 'dsc_stack01', 100);
`)

const findCustomer = database.prepare('SELECT * FROM customers WHERE email = ?')
const findProduct = database.prepare('SELECT * FROM products WHERE id = ?')
const findDiscount = database.prepare('SELECT * FROM discounts WHERE code = ?')
const insertCustomer = database.prepare('INSERT INTO customers VALUES (?, ?, ?)')
const insertPayment = database.prepare('INSERT INTO payments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
const insertLine = database.prepare('INSERT INTO payment_lines VALUES (?, ?, ?, ?, ?)')

const store = database.transaction((body) => {
  let customer = findCustomer.get(body.customer.email)
  if (customer === undefined) {
    customer = { id: `cus_${randomUUID()}`, email: body.customer.email, name: body.customer.name }
    insertCustomer.run(customer.id, customer.email, customer.name)
  }
  const cart = body.product_cart
  const codes = body.discount_codes
  const lookups = [
    ...cart.map((line) => () => findProduct.get(line.product_id)),
    ...codes.map((code) => () => findDiscount.get(code))
  ]
  const found = []
  for (let select = 1; select < SELECTS; select++) {
    found.push(lookups[(select - 1) % lookups.length]())
  }
  let totalAmount = 0
  for (const [index, line] of cart.entries()) {
    totalAmount += Math.round(found[index].price * line.quantity * (1 - found[index].discount / 1e4))
  }
  const discounts = found.slice(cart.length, cart.length + codes.length)
  for (const discount of discounts) {
    totalAmount = Math.round(totalAmount * (1 - discount.amount / 1e4))
  }
  const payment = {
    id: `pay_${randomUUID()}`,
    clientSecret: `secret_${randomUUID()}`,
    discountIds: discounts.map((discount) => discount.id)
  }
  insertPayment.run(
    payment.id, new Date().toISOString(), customer.id, totalAmount, 'USD', payment.clientSecret,
    JSON.stringify(body.billing), JSON.stringify(body.metadata),
    JSON.stringify(payment.discountIds), null
  )
  for (let insert = 1; insert < INSERTS; insert++) {
    const line = cart[(insert - 1) % cart.length]
    insertLine.run(payment.id, insert, line.product_id, line.quantity, totalAmount)
  }
  return { payment, customer, totalAmount }
})

const fastify = Fastify()
fastify.setValidatorCompiler(({ schema }) => ajv.compile(schema))
fastify.post('/payments', { schema: { body: bodySchema } }, (request, reply) => {
  if (!request.headers.authorization?.startsWith('Bearer ')) {
    return reply.code(401).send({ code: 'UNAUTHORIZED', message: 'Missing bearer key' })
  }
  const { payment, customer, totalAmount } = store.immediate(request.body)
  return {
    payment_id: payment.id,
    total_amount: totalAmount,
    client_secret: payment.clientSecret,
    customer: { customer_id: customer.id, email: customer.email, name: customer.name },
    metadata: request.body.metadata,
    discount_id: payment.discountIds[0] ?? null,
    discount_ids: payment.discountIds,
    product_cart: request.body.product_cart,
    payment_link: `http://127.0.0.1:${port}/${payment.id}`,
    expires_on: new Date(Date.now() + 86_400_000).toISOString()
  }
})
await fastify.listen({ host: '127.0.0.1', port: Number(port) })
