import t from 'tap'
import { attempt } from '../../src/resources/payments/lifecycle.js'
import { paymentBody, startEmulator, type PaymentBody, type TestEmulator } from '../helper.js'

type Json = Record<string, unknown>

/** A payment that has succeeded. By default, an e-book and two courses to Germany, 8497 + 19 % tax. */
async function paid (emulate: TestEmulator, changes: Partial<PaymentBody> = {}): Promise<string> {
  const { payment_id: id } = await emulate.pay(paymentBody({
    billing: { country: 'DE' },
    product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }, { product_id: 'pdt_course', quantity: 2 }],
    ...changes
  }))
  await emulate.call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'succeeded' } })
  return id
}

async function refund (emulate: TestEmulator, body: Json, status = 200): Promise<Json> {
  const answer = await emulate.call('POST', '/refunds', { body })
  if (answer.status !== status) throw new Error(`${answer.status} ${answer.text}`)
  return answer.json as Json
}

const settle = async (emulate: TestEmulator, id: unknown, status: string) =>
  (await emulate.call('POST', `/_emulator/refunds/${id}/settle`, { body: { status } })).json as Json

/** Refunds wait until the test settles them. */
const LATER = { refundDelay: '1h' }

// 1999 + 380 = 2379; 7840 + 1490 = 9330
const TOTAL = 2379 + 9330

t.test('answers', async t => {
  t.test('a full refund: pending, then succeeded, and the payment is updated', async t => {
    const emulate = startEmulator(t, { clockFrozen: 'on' })
    const id = await paid(emulate)
    const reply = await refund(emulate, { payment_id: id, reason: 'changed my mind', metadata: { ticket: '7' } })
    t.match(reply, {
      refund_id: /^ref_[0-9A-Za-z]{21}$/,
      payment_id: id,
      business_id: 'bus_emulator',
      brand_id: 'bus_emulator',
      amount: TOTAL,
      currency: 'USD',
      is_partial: false,
      reason: 'changed my mind',
      metadata: { ticket: '7' },
      status: 'pending',
      customer: { customer_id: 'cus_ada' }
    })
    t.match(await emulate.get(`/payments/${id}`), { refund_status: null, refunds: [{ refund_id: reply['refund_id'], status: 'pending' }] })
    await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: 2000 } })
    t.match(await emulate.get(`/refunds/${reply['refund_id']}`), { status: 'succeeded' })
    t.match(await emulate.get(`/payments/${id}`), { refund_status: 'full', refunds: [{ status: 'succeeded', amount: TOTAL }] })
    const { items } = await emulate.get<{ items: Json[] }>('/payments')
    t.equal(items[0]?.['refund_status'], 'full')
    const lines = await emulate.get<{ items: Json[] }>(`/payments/${id}/line-items`)
    t.strictSame(lines.items.map(item => item['refundable_amount']), [0, 0])
  })

  t.test('refunds by item: the whole item, an amount, with tax added', async t => {
    const emulate = startEmulator(t, LATER)
    const id = await paid(emulate)
    const one = await refund(emulate, { payment_id: id, items: [{ item_id: 'pdt_ebook' }] })
    t.match(one, { amount: 2379, is_partial: true })
    await settle(emulate, one['refund_id'], 'succeeded')
    t.match(await emulate.get(`/payments/${id}`), { refund_status: 'partial' })
    const two = await refund(emulate, { payment_id: id, items: [{ item_id: 'pdt_course', amount: 1000 }] })
    t.match(two, { amount: 1000, is_partial: true }, 'an amount contains the tax by default')
    await settle(emulate, two['refund_id'], 'succeeded')
    const three = await refund(emulate, { payment_id: id, items: [{ item_id: 'pdt_course', amount: 1000, tax_inclusive: false }] })
    t.match(three, { amount: 1190 }, '1000 + 1000 × 1490 / 7840 = 190.05')
    await settle(emulate, three['refund_id'], 'succeeded')
    const lines = await emulate.get<{ items: Json[] }>(`/payments/${id}/line-items`)
    t.strictSame(lines.items.map(item => item['refundable_amount']), [0, 9330 - 2190])
    const rest = await refund(emulate, { payment_id: id })
    t.match(rest, { amount: 9330 - 2190, is_partial: true })
    await settle(emulate, rest['refund_id'], 'succeeded')
    t.match(await emulate.get(`/payments/${id}`), { refund_status: 'full' })
  })

  t.test('lists refunds newest first, with every filter', async t => {
    const emulate = startEmulator(t, LATER)
    const ids: unknown[] = []
    for (const customer of ['cus_ada', 'cus_grace', 'cus_ada']) {
      ids.push((await refund(emulate, { payment_id: await paid(emulate, { customer: { customer_id: customer } }) }))['refund_id'])
    }
    await settle(emulate, ids[1], 'failed')
    const list = async (query: string) => (await emulate.get<{ items: Json[] }>(`/refunds?${query}`)).items
      .map(item => ids.indexOf(item['refund_id']) + 1)
    const { created_at: at } = await emulate.get<{ created_at: string }>(`/refunds/${ids[1]}`)
    t.strictSame(await list(''), [3, 2, 1])
    t.strictSame(await list('page_size=1&page_number=1'), [2])
    t.strictSame(await list('status=failed'), [2])
    t.strictSame(await list('customer_id=cus_ada'), [3, 1])
    t.strictSame(await list('subscription_id=sub_1'), [])
    t.strictSame(await list(`created_at_gte=${at}`), [3, 2])
    t.strictSame(await list(`created_at_lte=${at}`), [2, 1])
    t.equal((await emulate.call('GET', '/refunds?status=x')).status, 422)
    t.equal((await emulate.call('GET', '/refunds/ref_x')).status, 404)
  })

  t.test('a chosen outcome: review, then failed', async t => {
    const emulate = startEmulator(t, { clockFrozen: 'on' })
    const id = await paid(emulate)
    const { refund_id: refundId } = await refund(emulate, { payment_id: id })
    t.equal((await settle(emulate, refundId, 'review'))['status'], 'review')
    await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: 60_000 } })
    t.match(await emulate.get(`/refunds/${refundId}`), { status: 'review' }, 'a review does not end by itself')
    t.equal((await settle(emulate, refundId, 'failed'))['status'], 'failed')
    t.match(await emulate.get(`/payments/${id}`), { refund_status: null })
    t.equal((await refund(emulate, { payment_id: id }))['amount'], TOTAL, 'a failed amount can be refunded again')
    t.equal((await emulate.call('POST', `/_emulator/refunds/${refundId}/settle`, { body: { status: 'succeeded' } })).status, 422)
  })
})

t.test('refuses', async t => {
  const emulate = startEmulator(t, LATER)
  const id = await paid(emulate)
  const open = await emulate.pay(paymentBody())
  const free = await paid(emulate, { discount_code: 'FREE100' })
  const done = await paid(emulate)
  await settle(emulate, (await refund(emulate, { payment_id: done }))['refund_id'], 'succeeded')
  const half = await paid(emulate)
  await settle(emulate, (await refund(emulate, { payment_id: half, items: [{ item_id: 'pdt_ebook' }] }))['refund_id'], 'succeeded')
  const waiting = await paid(emulate)
  await refund(emulate, { payment_id: waiting, items: [{ item_id: 'pdt_ebook' }] })

  const cases: Array<[name: string, body: Json, status: number, code: string, message: RegExp]> = [
    ['an unknown payment', { payment_id: 'pay_x' }, 422, 'INVALID_REQUEST_PARAMETERS', /^Payment pay_x does not exist$/],
    ['a payment that was not paid', { payment_id: open.payment_id }, 400, 'PAYMENT_NOT_SUCCEEDED', /^The provided payment has not succeeded/],
    ['a free payment', { payment_id: free }, 400, 'ZERO_AMOUNT_PAYMENT_REFUND_NOT_ALLOWED', /^Cannot refund a payment with zero/],
    ['a refunded payment', { payment_id: done }, 400, 'PAYMENT_ALREADY_REFUNDED', /^This payment has already been refunded/],
    ['an item of a refunded payment', { payment_id: done, items: [{ item_id: 'pdt_ebook' }] }, 400, 'NOTHING_TO_REFUND', /^No refundable/],
    ['a second refund while one is pending', { payment_id: waiting }, 400, 'EXISTING_REFUND_REQUEST_PROCESSING', /still being processed/],
    ['the same item twice', { payment_id: id, items: [{ item_id: 'pdt_ebook' }, { item_id: 'pdt_ebook' }] }, 400,
      'DUPLICATE_LINE_ITEMS_IN_REQUEST', /^Duplicate item_ids/],
    ['an unknown item', { payment_id: id, items: [{ item_id: 'pdt_x' }] }, 400, 'LINE_ITEM_NOT_FOUND', /^Line item pdt_x not found/],
    ['an item that was refunded', { payment_id: half, items: [{ item_id: 'pdt_ebook' }] }, 400, 'LINE_ITEM_FULLY_REFUNDED', /pdt_ebook/],
    ['too much', { payment_id: id, items: [{ item_id: 'pdt_ebook', amount: 2380 }] }, 400, 'LINE_ITEM_REFUND_AMOUNT_TOO_HIGH',
      /\$23\.80 which is above the paid amount \$23\.79/],
    ['too much with the tax', { payment_id: id, items: [{ item_id: 'pdt_ebook', amount: 2000, tax_inclusive: false }] }, 400,
      'LINE_ITEM_REFUND_AMOUNT_TOO_HIGH', /above the paid amount/],
    ['nothing', { payment_id: id, items: [{ item_id: 'pdt_ebook', amount: 0 }] }, 400, 'LINE_ITEM_REFUND_AMOUNT_TOO_LOW', /too low/],
    ['less than nothing', { payment_id: id, items: [{ item_id: 'pdt_ebook', amount: -5 }] }, 400, 'LINE_ITEM_REFUND_AMOUNT_TOO_LOW', /too low/],
    ['a reason that is too long', { payment_id: id, reason: 'x'.repeat(3001) }, 422, 'INVALID_REQUEST_PARAMETERS', /3000/],
    ['metadata that is too long', { payment_id: id, metadata: { k: 'v'.repeat(501) } }, 422, 'INVALID_REQUEST_PARAMETERS', /500/],
    ['what the schema forbids', { payment_id: 7, items: 'all' }, 422, 'INVALID_REQUEST_BODY', /payment_id must be string/]
  ]
  for (const [name, body, status, code, message] of cases) {
    t.test(name, async t => {
      const before = emulate.stored()
      const answer = await emulate.call('POST', '/refunds', { body })
      t.strictSame([answer.status, (answer.json as Json)['code']], [status, code])
      t.match((answer.json as Json)['message'], message)
      t.strictSame(emulate.stored(), before, 'nothing was stored')
    })
  }

  t.test('refunds after the window', async t => {
    await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: 31 * 86_400_000 } })
    const { status, json } = await emulate.call('POST', '/refunds', { body: { payment_id: id } })
    t.equal(status, 400)
    t.match(json, { code: 'REFUND_WINDOW_EXPIRED', message: 'Refunds cannot be initiated 30 days after payment creation' })
  })
})

t.test('refuses amounts that the method or the wallet cannot return', async t => {
  t.test('a part of a voucher payment', async t => {
    const emulate = startEmulator(t)
    const { sandbox } = emulate.emulator
    const { payment_id: id } = await emulate.pay(paymentBody({ product_cart: [{ product_id: 'pdt_ebook', quantity: 2 }] }))
    const payment = sandbox.payments.find(id)
    if (payment === undefined) throw new Error(id)
    const context = { sandbox, baseUrl: 'http://localhost', now: sandbox.clock.now() }
    attempt(payment, { payment_method: 'voucher', payment_method_type: 'boleto', card: null, payment_method_id: null, outcome: { status: 'succeeded' } }, context)
    const { status, json } = await emulate.call('POST', '/refunds', { body: { payment_id: id, items: [{ item_id: 'pdt_ebook', amount: 100 }] } })
    t.match([status, json], [400, { code: 'PARTIAL_REFUND_NOT_ALLOWED', message: /^Partial refunds are not allowed for this payment method/ }])
    t.match(await emulate.get(`/payments/${id}/line-items`), { partial_refund_allowed: false })
    t.match(await refund(emulate, { payment_id: id }), { amount: 3998 }, 'the whole can be refunded')
  })

  t.test('more than the balance of the wallet, in its currency', async t => {
    const emulate = startEmulator(t, { ...LATER, walletBalance: '3000' })
    const one = await paid(emulate, { billing: { country: 'US' }, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] })
    const two = await paid(emulate, { billing: { country: 'US' }, product_cart: [{ product_id: 'pdt_guide_eur', quantity: 1 }] })
    const { refund_id: refundId } = await refund(emulate, { payment_id: one })
    const poor = await emulate.call('POST', '/refunds', { body: { payment_id: two } })
    t.match([poor.status, poor.json], [400, { code: 'INSUFFICIENT_WALLET_FUNDS', message: /^Insufficient funds in wallet \(the wallet holds \$10\.01/ }])
    await settle(emulate, refundId, 'failed')
    t.match(await refund(emulate, { payment_id: two }), { amount: 1250, currency: 'EUR' }, 'a failed refund takes nothing')
  })
})

t.test('limits the total', async t => {
  t.test('of refunds to the amount paid, in any order and in parallel', async t => {
    const emulate = startEmulator(t, LATER)
    const id = await paid(emulate)
    const at = await Promise.all(Array.from({ length: 10 }, () => emulate.call('POST', '/refunds', { body: { payment_id: id } })))
    t.equal(at.filter(({ status }) => status === 200).length, 1)
    const other = await paid(emulate)
    let total = 0
    for (let n = 0; n < 20; n++) {
      const answer = await emulate.call('POST', '/refunds', { body: { payment_id: other, items: [{ item_id: 'pdt_course', amount: 1999 }] } })
      if (answer.status !== 200) continue
      total += Number((answer.json as Json)['amount'])
      await settle(emulate, (answer.json as Json)['refund_id'], 'succeeded')
    }
    t.equal(total, 1999 * 4, 'the fifth would be more than 9330')
  })
})
