/** Writers produce the text of JSON.stringify, also after other values. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { createWriter, keepText } from '../../src/contract/writer.js'
import { paymentItem, paymentResponse } from '../../src/resources/payments/view.js'
import { paymentBody } from '../helper.js'
import { openShop } from '../resources/subscription-calls.js'

const RUNS = { seed: 20_261_128, numRuns: 500 }

t.test('values of any kind', async t => {
  interface Value { id: unknown, first: unknown, second: unknown, list: unknown, last: unknown, 'a "key"\n': unknown }
  const text = fc.oneof(fc.constantFrom('', 'x', '"', '\\', '\n', '\u007f', 'é', '😀', '\ud800', '</script>'), fc.string({ unit: 'binary' }))
  const scalar = fc.oneof(text, fc.constantFrom(0, 1, -1, 0.5, 1e21, true, false, null), fc.integer())
  const any = fc.oneof({ weight: 4, arbitrary: scalar }, fc.array(scalar, { maxLength: 2 }), fc.dictionary(text, scalar, { maxKeys: 2 }))
  // A few values, so that some fields are as in the value before.
  const few = fc.constantFrom('x', '"', null, 1, true, {}, [])
  const field = fc.oneof(few, any)
  const value = fc.record<Value>({ id: scalar, first: field, second: field, list: field, last: field, 'a "key"\n': field })
  t.doesNotThrow(() => fc.assert(fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), values => {
    const ordered = values.map(({ id, ...others }) => ({ id, ...others }))
    const write = createWriter<Value>({ unique: ['id'] })
    const outer = createWriter<{ before: unknown, inner: Value }>({ unique: [], nested: { inner: write } })
    for (const inner of ordered) {
      assert.equal(write(inner), JSON.stringify(inner))
      assert.equal(outer({ before: 1, inner }), JSON.stringify({ before: 1, inner }))
    }
  }), RUNS))
})

t.test('objects that change between two replies, and objects whose text is kept', async t => {
  const write = createWriter<{ a: number, b: unknown }>({ unique: [] })
  t.equal(write({ a: 1, b: null }), '{"a":1,"b":null}')
  const list: unknown[] = [1]
  t.equal(write({ a: 1, b: list }), '{"a":1,"b":[1]}')
  const kept = keepText({ c: 2 })
  list.push(kept)
  t.equal(write({ a: 1, b: list }), '{"a":1,"b":[1,{"c":2}]}')
  t.equal(write({ a: 1, b: kept }), '{"a":1,"b":{"c":2}}')
  t.throws(() => { (kept as { c: number }).c = 3 }, 'it can\'t change')
})

t.test('payments of all kinds', async t => {
  const shop = openShop(t, '2026-02-01T00:00:00Z')
  const { call, get, pay, emulator: { sandbox } } = shop
  const done = async (url: string, body: object) => { t.equal((await call('POST', url, { body })).status, 200, url) }
  const metadata = { 10: 'ten', 'a "quoted" key': 'line\nbreak', 2: 'Größe 😀' }
  const customer = { email: 'quote@example.com', name: 'Anne "Nan" O\\Neil ü' }
  const changes = [
    {}, { payment_link: true }, { customer, metadata }, { discount_codes: ['SAVE10', 'STACK01'] }, { discount_codes: ['SAVE10'] },
    { billing: { country: 'DE', city: 'Köln "Mitte"', street: 'Dom 1', state: 'NW', zipcode: '50667' } } as const,
    { product_cart: [{ product_id: 'pdt_license', quantity: 1 }] }
  ]
  const ids: string[] = []
  for (const change of [...changes, ...changes]) ids.push((await pay(paymentBody({ payment_link: true, ...change }))).payment_id)
  for (const id of ids.slice(0, changes.length)) await shop.payWith(id)
  const [paid = '', other = '', ...unpaid] = [...ids.slice(0, 2), ...ids.slice(changes.length)]
  await done('/refunds', { payment_id: paid })
  await done(`/_emulator/payments/${other}/dispute`, {})
  await done(`/_emulator/payments/${unpaid[0]}/pay`, { outcome: 'failed', error_code: 'INSUFFICIENT_FUNDS' })
  await done(`/_emulator/payments/${unpaid[1]}/pay`, { outcome: 'processing' })
  const subscription = await shop.activate(await shop.plan(2900), { discount_codes: [await shop.discount({})] })
  await shop.moveTo('2026-03-25T00:00:00Z')
  await shop.changePlan(subscription, { product_id: await shop.plan(9900) })

  const context = { sandbox, baseUrl: 'http://localhost:80', now: 0 }
  const { items } = await get<{ items: Array<Schemas['GetPaymentsListResponseItem']> }>('/payments?page_size=100')
  t.ok(items.length >= ids.length + 3)
  for (let round = 0; round < 2; round++) { // the second time after others
    for (const { payment_id: id } of items) {
      const payment = sandbox.payments.find(id)
      const { text } = await call('GET', `/payments/${id}`)
      t.equal(text, payment && JSON.stringify(paymentResponse(payment, context)))
    }
  }
  const { text } = await call('GET', '/payments?page_size=100')
  t.equal(text, JSON.stringify({ items: sandbox.payments.list({}, 100, 0).map(payment => paymentItem(payment, context)) }))

  t.test('a changed discount', async t => {
    const [discounted = ''] = ids.slice(3)
    await call('PATCH', '/discounts/dsc_save10', { body: { name: 'Renamed' } })
    t.match((await get<Schemas['PaymentResponse']>(`/payments/${discounted}`)).discounts?.[0], { name: 'Renamed' })
  })
})
