// The data for measuring lists: a store that is filled through the API with 100 of each object, and copies in which better-sqlite3
// multiplies the rows. Creating 100,000 of each over HTTP would take minutes for each list. Copied rows differ from their originals
// only in ids, unique texts and times.
//
// The oldest row of each list is unique and is not multiplied: the filters that select few rows select it.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { cpSync } from 'node:fs'
import { temporaryFolder } from './processes.mjs'
import { ask, many } from './shop.mjs'
import { payment } from './payment.mjs'

const Database = createRequire(new URL('../package.json', import.meta.url))('better-sqlite3')

export const SMALL = 100

const SECOND_US = 1_000_000

const price = { type: 'one_time_price', currency: 'USD', price: 1000, discount: 0, purchasing_power_parity: false }
const recurringPrice = {
  ...price,
  type: 'recurring_price',
  payment_frequency_count: 1,
  payment_frequency_interval: 'Month',
  subscription_period_count: 1,
  subscription_period_interval: 'Year'
}

// Fills a server. Resolves to the values for the filters: for each list, {common, rare}.
export async function fillStore (server) {
  const create = (path, body) => ask(server, 'POST', path, body)
  const others = (job) => many(SMALL - 1, 1, (index) => job(index + 1))

  const brand = await create('/brands', { name: 'Rare' })
  const product = { name: 'Bench', tax_category: 'saas' }
  const rareProduct = await create('/products', { ...product, price: recurringPrice, brand_id: brand.brand_id })
  const archived = await create('/products', { ...product, price })
  await ask(server, 'DELETE', `/products/${archived.product_id}`)
  let commonProduct
  await others(async () => { commonProduct = await create('/products', { ...product, price }) })

  const rareCustomer = await create('/customers', { email: 'rare@single.example', name: 'Single Rarity' })
  let commonCustomer
  await others(async (index) => {
    commonCustomer = await create('/customers', { email: `common${index}@bench.example`, name: `Common Customer ${index}` })
  })

  const past = '2020-01-01T00:00:00Z'
  await create('/discounts', {
    type: 'flat',
    amount: 500,
    currency_options: [{ currency: 'USD', max_amount_possible: 500 }],
    code: 'RARE',
    restricted_to: [rareProduct.product_id],
    expires_at: past
  })
  await others((index) => create('/discounts', {
    type: 'percentage', amount: 100, code: `COMMON${index}`, restricted_to: [commonProduct.product_id]
  }))

  const sell = async (customer, outcome) => {
    const { payment_id: id } = await create('/payments', { ...payment, customer: { customer_id: customer.customer_id } })
    await create(`/_emulator/payments/${id}/pay`, { outcome })
    return id
  }
  const failed = await sell(rareCustomer, 'failed')
  const rarePayment = await sell(rareCustomer, 'succeeded')
  const rareRefund = await create('/refunds', { payment_id: rarePayment })
  await create(`/_emulator/refunds/${rareRefund.refund_id}/settle`, { status: 'failed' })
  await others(async () => {
    const paymentId = await sell(commonCustomer, 'succeeded')
    const { refund_id: refundId } = await create('/refunds', { payment_id: paymentId })
    await create(`/_emulator/refunds/${refundId}/settle`, { status: 'succeeded' })
  })

  return {
    rare: { brandId: brand.brand_id, product: rareProduct, customer: rareCustomer, refund: rareRefund, paymentId: failed },
    common: { brandId: commonProduct.brand_id, product: commonProduct, customer: commonCustomer }
  }
}

// The folder of a large copy of the store in `folder`. Each list has `size` rows, or a few more.
export function multiplied (folder, size, { rare, common }) {
  const copy = temporaryFolder()
  cpSync(join(folder, 'bench.db'), join(copy, 'bench.db'))
  const database = new Database(join(copy, 'bench.db'))
  const multiply = multiplier(database)
  multiply('products', size, `name = 'Bench' AND archived = 0 AND product_id <> '${rare.product.product_id}'`, {
    product_id: copyOf('product_id')
  })
  multiply('customers', size, "name LIKE 'Common%'", {
    customer_id: copyOf('customer_id'), email: "replace(email, '@', '_' || copy || '@')"
  })
  multiply('discounts', size, "code LIKE 'COMMON%'", { discount_id: copyOf('discount_id'), code: "code || '_' || copy" })
  // A few more, so that every refund has its payment, and every event its subject.
  multiply('payments', size + 10 * SMALL, `status = 'succeeded' AND customer_id = '${common.customer.customer_id}'`, {
    payment_id: copyOf('payment_id')
  })
  multiply('refunds', size, "status = 'succeeded'", { refund_id: copyOf('refund_id'), payment_id: copyOf('payment_id') })
  // Ten times as many, because a payment has several entries.
  multiply('ledger_entries', 10 * size, "event_type IN ('payment', 'payment_fees')", {
    entry_id: copyOf('entry_id'), reference_object_id: copyOf('reference_object_id')
  })
  const ownEvents = `SELECT payment_id FROM payments WHERE customer_id = '${rare.customer.customer_id}'`
  multiply('webhook_events', size, `type LIKE '%.succeeded' AND payment_id NOT IN (${ownEvents})`, {
    event_id: copyOf('event_id'), subject_id: copyOf('subject_id'), payment_id: copyOf('payment_id')
  })
  database.close()
  return copy
}

// The id of a row's copy, the same in the row and in references to it.
function copyOf (id) {
  return `substr(${id}, 1, 13) || printf('%06d', copy) || substr(${id}, 20)`
}

function multiplier (database) {
  return (table, size, which, changes) => {
    const columns = database.pragma(`table_info(${table})`).map(({ name }) => name).filter((name) => name !== 'seq')
    const texts = { created_at: `created_at + copy * ${SECOND_US}`, ...changes }
    const count = (where) => database.prepare(`SELECT count(*) FROM ${table} WHERE ${where}`).pluck().get()
    const missing = Math.max(0, size - count('TRUE'))
    database.prepare(`
      WITH RECURSIVE copies (copy) AS (SELECT 1 UNION ALL SELECT copy + 1 FROM copies WHERE copy < @copies)
      INSERT INTO ${table} (${columns.join(', ')})
      SELECT ${columns.map((name) => texts[name] ?? name).join(', ')}
      FROM copies CROSS JOIN ${table} WHERE ${which} ORDER BY copy, seq LIMIT @missing
    `).run({ copies: Math.ceil(missing / count(which)), missing })
  }
}
