/** The ledger: its references, its list with all filters, settings, entries by hand, and the explanation of a payment. */
import t from 'tap'
import { paymentBody, type Refusal } from '../helper.js'
import { OF_SPAIN, OF_US, SPAIN, entries, openBank, refund, rows, sold, type Entry, type Rows } from './dispute-calls.js'

t.test('the rows refer to their payment, refund and dispute', async t => {
  const bank = await openBank(t)
  const paymentId = await sold(bank, SPAIN)
  const { refund_id: refundId } = await refund(bank, paymentId)
  const { dispute_id: disputeId } = await bank.dispute(paymentId)
  const all = await entries(bank)
  t.strictSame(all.map(({ reference_object_id: id }) => id),
    [disputeId, disputeId, refundId, refundId, refundId, paymentId, paymentId, paymentId])
  for (const [id, count] of [[paymentId, 3], [refundId, 3], [disputeId, 2], ['pay_no', 0]] as const) {
    t.equal((await entries(bank, `reference_object_id=${id}`)).length, count)
  }
  t.match(all[0], { id: /^ble_/, business_id: 'bus_emulator', payout_id: null, description: null })
  t.equal(new Set(all.map(({ id }) => id)).size, 8)
})

t.test('failed and cancelled payments book nothing', async t => {
  const bank = await openBank(t)
  await bank.paid({}, { card: '4000000000000002' })
  await bank.paid({}, { outcome: 'cancelled' })
  await bank.pay(paymentBody())
  t.strictSame(await rows(bank), [])
})

t.test('a renewal is booked with the fee of subscriptions, and found by the subscription', async t => {
  const bank = await openBank(t)
  const { subscription_id: id, payment_id: first } = await bank.done<Record<string, string>>('POST', '/subscriptions', {
    product_id: 'pdt_pro_monthly', quantity: 1, customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }
  })
  await bank.done('POST', `/_emulator/payments/${first}/pay`, { card: '4242424242424242' })
  await bank.done('POST', `/_emulator/subscriptions/${id}/renew`)
  await refund(bank, first ?? '')
  const charge: Rows = [['payment', 1200], ['payment_fees', -94]]
  t.strictSame(await rows(bank), [...charge, ...charge, ['refund', -1200], ['refund_fees', -100]])
  t.strictSame(await rows(bank, `reference_object_id=${id}`), await rows(bank))
  t.strictSame(await rows(bank, `reference_object_id=${first}`), charge)
})

t.test('the list', async t => {
  const bank = await openBank(t)
  await bank.change({ 'ledger.currencies': ['EUR'] })
  await sold(bank, SPAIN)
  await bank.move({ now: '2030-01-02T00:00:00Z' })
  await sold(bank, { price: 2000, currency: 'EUR', country: 'DE' })
  const types = async (query: string) => (await entries(bank, query)).map(({ event_type: type, currency }) => `${type} ${currency}`)
  t.strictSame(await types(''), [
    'payment_fees EUR', 'tax EUR', 'payment EUR', 'payment_fees USD', 'tax USD', 'payment USD'
  ], 'newest first')
  t.strictSame(await types('currency=EUR'), ['payment_fees EUR', 'tax EUR', 'payment EUR'])
  t.strictSame(await types('event_type=tax'), ['tax EUR', 'tax USD'])
  t.strictSame(await types('event_type=tax&currency=USD'), ['tax USD'])
  t.strictSame(await types('event_type=visa_rdr_fee'), [])
  t.strictSame(await types('created_at_gte=2030-01-02T00:00:00Z&event_type=payment'), ['payment EUR'])
  t.strictSame(await types('created_at_lte=2030-01-01T23:00:00Z&currency=EUR'), [])
  t.strictSame(await types('created_at_lte=2030-01-01T23:00:00Z'), ['payment_fees USD', 'tax USD', 'payment USD'])
  t.strictSame(await types('page_size=2&page_number=1'), ['payment EUR', 'payment_fees USD'])
  t.strictSame(await types('limit=1'), ['payment_fees EUR'])
  t.strictSame(await types('limit=2&page_number=1'), ['payment EUR', 'payment_fees USD'])
  t.strictSame(await types('limit=2&page_size=1'), ['payment_fees EUR'], 'the smaller one counts')
  t.strictSame(await types('limit=1&page_size=2'), ['payment_fees EUR'])
  t.strictSame(await types('page_size=0'), [])
  t.strictSame(await types('page_number=9'), [])
  for (const query of [
    'limit=0', 'limit=101', 'limit=-1', 'limit=x', 'page_size=101', 'limit=5&page_size=101', 'event_type=sale', 'currency=EURO',
    'created_at_gte=yesterday'
  ]) {
    const { status, json } = await bank.call('GET', `/balances/ledger?${query}`)
    t.match({ status, json }, { status: 422, json: { code: 'INVALID_QUERY_PARAMS' } }, query)
  }
})

t.test('settings', async t => {
  t.test('their defaults', async t => {
    const bank = await openBank(t)
    t.match(await bank.get('/_emulator/settings'), {
      'disputes.window_days': 10,
      'disputes.rdr_events': 'opened_and_lost',
      'ledger.batch_ms': 0,
      'ledger.currencies': ['USD'],
      'ledger.fees': { base_bps: 400, fixed: { USD: 40, INR: 400 } },
      'refunds.balance': 'unlimited'
    })
  })

  t.test('ledger.batch_ms books payments together, and refunds at once', async t => {
    const bank = await openBank(t, '2030-01-01T00:01:00Z')
    await bank.change({ 'ledger.batch_ms': 900_000 })
    const [first, second] = [await sold(bank, SPAIN), await sold(bank, { price: 1000 })]
    await refund(bank, second)
    t.strictSame(await rows(bank), [['refund', -1000], ['refund_fees', -100]])
    t.match(await bank.get('/_emulator/balances'), { items: [{ currency: 'USD', balance: -1100, pending: 4627 + 920 }] })
    await bank.move({ now: '2030-01-01T00:14:59Z' })
    t.equal((await rows(bank)).length, 2)
    await bank.move({ now: '2030-01-01T00:20:00Z' })
    t.strictSame((await rows(bank)).slice(2), [...OF_SPAIN, ...OF_US])
    t.match(await entries(bank, `reference_object_id=${first}`), [{ created_at: '2030-01-01T00:15:00.000000Z' }])
    t.match(await bank.get('/_emulator/balances'), {
      items: [{
        balance: 4447,
        pending: 0,
        usd_equivalent: 4447,
        next_payout: { due_at: null, amount: 0, reason_if_none: /\$44\.47 is below the threshold of \$50\.00/ }
      }]
    })
    await bank.change({ 'payouts.mode': 'auto', 'payouts.threshold': { USD: 0, INR: 0 } })
    t.match(await bank.get('/_emulator/balances'), {
      items: [{ next_payout: { due_at: '2030-01-18T00:00:00.000000Z', amount: 3947, reason_if_none: null } }]
    })
  })

  t.test('ledger.fees', async t => {
    const bank = await openBank(t)
    await bank.change({ 'ledger.fees': { base_bps: 1000, fixed: { USD: 0 }, dispute: { USD: 1 } } })
    const id = await sold(bank, { price: 1000 })
    await bank.dispute(id)
    await bank.change({ 'ledger.fees': 'off' })
    await sold(bank, { price: 1000 })
    t.strictSame(await rows(bank), [
      ['payment', 1000], ['payment_fees', -100], ['dispute', -1000], ['dispute_fees', -1], ['payment', 1000]
    ])
    await bank.change({ 'ledger.fees': {} })
    t.match(await bank.get('/_emulator/settings'), { 'ledger.fees': { base_bps: 400 } })
  })

  t.test('ledger.currencies applies to new payments, which show it', async t => {
    const bank = await openBank(t)
    const before = await sold(bank, { price: 2000, currency: 'EUR', country: 'DE' })
    await bank.change({ 'ledger.currencies': ['EUR'] })
    const after = await sold(bank, { price: 2000, currency: 'EUR', country: 'DE' })
    t.match(await bank.get(`/payments/${before}`), { settlement_currency: 'USD', settlement_amount: 2767, settlement_tax: 442 })
    t.match(await bank.get(`/payments/${after}`), { settlement_currency: 'EUR', settlement_amount: 2380, settlement_tax: 380 })
    await refund(bank, before)
    t.match(await entries(bank, 'event_type=refund'), [{ currency: 'USD', amount: 2767 }], 'a refund is booked where its payment was')
    const [fee, tax, payment] = await entries(bank, `reference_object_id=${after}`)
    t.strictSame([payment, tax, fee].map(entry => entry?.usd_equivalent_amount), [2767, 442, 192])
  })

  t.test('refunds.balance', async t => {
    const bank = await openBank(t)
    await bank.change({ 'refunds.balance': 'ledger' })
    const id = await sold(bank, { price: 1000 })
    const { status, json } = await bank.call('POST', '/refunds', { body: { payment_id: id } })
    t.match({ status, json }, { status: 400, json: { code: 'INSUFFICIENT_WALLET_FUNDS', message: /holds \$9\.20/ } })
    await bank.done('POST', '/_emulator/ledger/entries', { event_type: 'adjustment', amount: 80 })
    t.match(await refund(bank, id), { refund_id: /^ref_/ })
  })

  t.test('refusals', async t => {
    const bank = await openBank(t)
    for (const [body, path] of [
      [{ 'ledger.fees': 'none' }, 'ledger.fees'], [{ 'ledger.fees': { base_bps: -1 } }, 'ledger.fees'],
      [{ 'ledger.fees': { fixed: { EUR: 1 } } }, 'ledger.fees'], [{ 'ledger.batch_ms': -1 }, 'ledger.batch_ms'],
      [{ 'ledger.currencies': ['XXX'] }, 'ledger.currencies'], [{ 'disputes.window_days': 0 }, 'disputes.window_days'],
      [{ 'disputes.window_days': 61 }, 'disputes.window_days'], [{ 'refunds.balance': 'yes' }, 'refunds.balance'],
      [{ 'ledger.unheard_of': 1 }, 'ledger.unheard_of']
    ] as const) {
      const { status, json } = await bank.call('PATCH', '/_emulator/settings', { body })
      t.equal(status, 422, JSON.stringify(body))
      t.match((json as Refusal).message, path)
    }
  })
})

t.test('entries by hand', async t => {
  const bank = await openBank(t)
  const booked = await bank.done<Entry>('POST', '/_emulator/ledger/entries', {
    event_type: 'adjustment',
    amount: 500,
    currency: 'EUR',
    is_credit: false,
    description: 'A correction',
    reference_object_id: 'pay_1'
  })
  t.match(booked, {
    event_type: 'adjustment', amount: 500, is_credit: false, before_balance: 0, after_balance: -500, description: 'A correction'
  })
  t.strictSame((await entries(bank))[0], booked)
  const book = (type: string) => bank.done('POST', '/_emulator/ledger/entries', { event_type: type, amount: 1 })
  t.match(await book('reserve_hold'), { is_credit: false, currency: 'USD' })
  t.match(await book('reserve_release'), { is_credit: true })
  t.match(await bank.get('/_emulator/balances'), {
    items: [{ currency: 'USD', balance: 0 }, { currency: 'EUR', usd_equivalent: -581 }]
  })
  for (const body of [
    { event_type: 'sale', amount: 1 }, { event_type: 'tax', amount: 0 }, { event_type: 'tax' }, { amount: 1 },
    { event_type: 'tax', amount: 1, currency: 'euro' }
  ]) {
    const before = bank.stored()
    t.equal((await bank.call('POST', '/_emulator/ledger/entries', { body })).status, 422, JSON.stringify(body))
    t.strictSame(bank.stored(), before)
  }
})

t.test('the explanation of a payment shows its fee and its entries', async t => {
  const bank = await openBank(t)
  const explain = (id: string) => bank.get<Record<string, unknown>>(`/_emulator/payments/${id}/explain`)
  const id = await sold(bank, SPAIN)
  t.match(await explain(id), {
    fee: {
      currency: 'USD',
      gross: 6050,
      shares: [{ kind: 'base', bps: 400 }, { kind: 'international', bps: 150 }],
      percentage: 333,
      fixed: 40,
      total: 373,
      text: 'Fee: 4% base + 1.5% customer outside the US = 5.5% of $60.50, rounded up to $3.33, + $0.40 = $3.73'
    },
    ledger: [{ event_type: 'payment' }, { event_type: 'tax' }, { event_type: 'payment_fees', amount: 373 }],
    text: /\nFee: 4% base/
  })
  await bank.change({ 'ledger.fees': { base_bps: 0 } })
  t.match(await explain(id), { fee: { text: /booked with an earlier fee table: \$3\.73/ } })
  const { payment_id: open } = await bank.pay(paymentBody())
  t.match(await explain(open), { fee: { shares: [], text: /^Fee: / }, ledger: [] })
  await bank.change({ 'ledger.fees': 'off' })
  t.match(await explain(id), { fee: null, ledger: [{}, {}, {}] })
  t.match(await explain(await sold(bank, { price: 0 })), { fee: null, ledger: [] })
})
