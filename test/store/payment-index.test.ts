/** The index of the lists of payments: lists are the same with and without entries, and with those of an earlier version. */
import t from 'tap'
import { RECENT_MAX } from '../../src/resources/payments/recent-store.js'
import { paymentsStore, type NewPayment, type PaymentFilter, type PaymentState } from '../../src/resources/payments/store.js'
import { idFloor } from '../../src/rules/ids.js'
import { openDatabase, type Database } from '../../src/store/database.js'
import { openEarlier } from './earlier.js'

const SECOND_US = 1_000_000

/** The time of the payment with this number. The clock is set back in between. */
const timeOf = (number: number) => (number < 30 ? number : number - 15) * SECOND_US

function paymentOf (number: number): NewPayment {
  const line = {
    product_id: `pdt_${number % 5}`,
    name: null,
    quantity: 1,
    unit_amount: 1,
    unit_currency: 'USD',
    subtotal: 1,
    amount: 1,
    tax: 0,
    tax_inclusive: false,
    total: 1
  }
  return {
    payment_id: `${idFloor('pay', timeOf(number))}${String(number).padStart(12, '0')}`,
    chosen_id: null,
    created_at: timeOf(number),
    status: 'requires_payment_method',
    customer_id: `cus_${number % 3}`,
    brand_id: `bus_${number % 2}`,
    currency: number % 4 === 0 ? 'EUR' : 'USD',
    total_amount: 1,
    tax: 0,
    settlement_currency: 'USD',
    settlement_amount: 1,
    settlement_tax: 0,
    secret: 's',
    invoice_id: 'inv_1',
    link: null,
    expires_at: null,
    billing: { country: 'US' },
    metadata: { order: `order_${number % 7}` },
    lines: [line],
    discounts: null,
    checkout: {},
    payment_method_id: null,
    subscription_id: number % 10 === 0 ? 'sub_1' : null,
    subscription_charge: null,
    retry_attempt: 0,
    language: null
  }
}

const SUCCEEDED: PaymentState = {
  status: 'succeeded',
  updated_at: 1,
  payment_method: 'card',
  payment_method_type: 'credit',
  payment_method_id: null,
  card: null,
  error_code: null,
  error_message: null,
  pending_action: null
}

function addCustomers (database: Database): void {
  for (const number of [0, 1, 2]) {
    database.exec(`INSERT INTO customers (customer_id, email, name, metadata, created_at)
      VALUES ('cus_${number}', '${number}@example.com', 'C', '{}', 0)`)
  }
}

const FILTERS: PaymentFilter[] = [
  {}, { customer_id: 'cus_1' }, { status: 'succeeded' }, { status: 'requires_payment_method' }, { brand_id: 'bus_1' },
  { product_id: 'pdt_3' }, { currency: 'EUR' }, { created_at_gte: 20 * SECOND_US }, { created_at_lte: 40 * SECOND_US },
  { subscription_id: 'sub_1' }, { seq: 7 }, { id_prefix: idFloor('pay', 20 * SECOND_US) }
]
const PAIRS = FILTERS.flatMap((one, index) => FILTERS.slice(index).map(other => ({ ...other, ...one })))

t.test('lists and searches do not depend on entries', async t => {
  const database = openDatabase(':memory:', addCustomers)
  t.teardown(() => database.close())
  const store = paymentsStore(database)
  const numbers = new Map<string, number>()
  const add = (from: number, to: number) => {
    for (let number = from; number < to; number++) numbers.set(paymentOf(number).payment_id, store.insert(paymentOf(number)))
  }
  const entries = () => database.prepare('SELECT count(*) FROM payment_index').pluck().get()
  const check = (name: string) => {
    const payments = [...numbers.keys()].sort().reverse().flatMap(id => store.find(id) ?? [])
    const expected = (filter: PaymentFilter) => payments.filter(payment => Object.entries(filter).every(([field, value]) => {
      if (field === 'created_at_gte') return payment.created_at >= Number(value)
      if (field === 'created_at_lte') return payment.created_at <= Number(value)
      if (field === 'product_id') return payment.lines.some(line => line.product_id === value)
      if (field === 'id_prefix') return payment.payment_id.startsWith(String(value))
      return payment[field as 'status'] === value
    }))
    const seqs = (found: Array<{ seq: number }>) => found.map(({ seq }) => seq)
    const all = PAIRS.map(filter => ({ filter, payments: expected(filter) }))
    t.strictSame(PAIRS.map(filter => ({ filter, seqs: seqs(store.list(filter, 100, 0)) })),
      all.map(({ filter, payments: listed }) => ({ filter, seqs: seqs(listed) })), `lists with ${name}`)
    t.strictSame(PAIRS.map(filter => seqs(store.list(filter, 3, 2))), all.map(({ payments: listed }) => seqs(listed.slice(2, 5))),
      `pages with ${name}`)
    t.strictSame(PAIRS.map(filter => seqs(store.search('order_3', filter, 100, 0)).sort()),
      all.map(({ payments: listed }) => seqs(listed.filter(({ metadata }) => metadata['order'] === 'order_3')).sort()),
      `searches with ${name}`)
  }
  const settle = (from: number) => {
    for (const seq of [...numbers.values()].filter(number => number % 6 === from)) store.record(seq, SUCCEEDED)
  }

  add(0, 40)
  settle(0)
  t.equal(entries(), 0)
  store.list({}, 1, 0)
  t.equal(entries(), 40, 'a list writes them')
  settle(1)
  add(40, 60)
  settle(2)
  database.pragma('query_only = ON')
  check('some entries')
  t.equal(entries(), 40, 'they could not be written')
  database.pragma('query_only = OFF')
  check('all entries')
  t.equal(entries(), 60)
  t.strictSame(store.countByStatus(), new Map([['requires_payment_method', 37], ['succeeded', 23]]))
  t.equal(store.search('1@example.com', {}, 100, 0).length, 20)
})

t.test('writes the entries of many payments together', async t => {
  const database = openDatabase(':memory:', addCustomers)
  t.teardown(() => database.close())
  const store = paymentsStore(database)
  const entries = () => database.prepare('SELECT count(*) FROM payment_index').pluck().get()
  for (let number = 0; number < RECENT_MAX - 1; number++) store.insert(paymentOf(number))
  t.equal(entries(), 0)
  store.insert(paymentOf(RECENT_MAX))
  t.equal(entries(), RECENT_MAX)
  t.equal(store.find(paymentOf(3).payment_id)?.seq, 4)
  t.equal(store.find('pay_unknown'), undefined)
})

t.test('migrates payments of an earlier version', async t => {
  const database = openEarlier(t, '0046', earlier => {
    earlier.exec(`
      INSERT INTO payment_days_end VALUES (1, 2);
      INSERT INTO payment_days VALUES (0, 'requires_payment_method', 'USD', 2, 2);`)
    addCustomers(earlier as Database)
    for (const number of [1, 2, 3]) {
      earlier.exec(`INSERT INTO payments (payment_id, created_at, status, customer_id, brand_id, currency, total_amount, tax,
        settlement_currency, settlement_amount, settlement_tax, secret, invoice_id, billing, metadata, lines, product_ids, checkout,
        retry_attempt) VALUES ('pay_${number}', 1, 'requires_payment_method', 'cus_1', 'bus_1', 'USD', 1, 0, 'USD', 1, 0, 's', 'inv_1',
        '{}', '{}', '[]', '[]', '{}', 0)`)
    }
  })
  const store = paymentsStore(database)
  const ids = (filter: PaymentFilter) => store.list(filter, 10, 0).map(payment => payment.payment_id)
  t.strictSame(['pay_1', 'pay_3'].map(id => store.find(id)?.seq), [1, 3])
  t.strictSame(ids({}), ['pay_3', 'pay_2', 'pay_1'])
  t.strictSame(ids({ customer_id: 'cus_1' }), ['pay_3', 'pay_2', 'pay_1'])
  t.strictSame(ids({ customer_id: 'cus_2' }), [])
  t.strictSame(store.countByStatus(), new Map([['requires_payment_method', 3]]))
})
