/** Payouts: worked vectors, reads, states and events, the cycle by the clock, the document, fixtures. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { entries, openBank, rows, sold, SPAIN, refund, type Bank } from './dispute-calls.js'

type Payout = Required<Schemas['PayoutsResponse']>
type Detail = Required<Schemas['PayoutBreakupDetailRow']>

const create = (bank: Bank, body: object = {}) => bank.done<Payout>('POST', '/_emulator/payouts', body)
const settle = (bank: Bank, id: string, status: string, more: object = {}) =>
  bank.done<Payout>('POST', `/_emulator/payouts/${id}/settle`, { status, ...more })
const payouts = async (bank: Bank, query = '') => (await bank.get<{ items: Payout[] }>(`/payouts${query}`)).items
const breakup = (bank: Bank, id: string) => bank.get<Array<{ event_type: string, total: number }>>(`/payouts/${id}/breakup`)
const details = async (bank: Bank, id: string, query = '?page_size=100') =>
  (await bank.get<{ items: Detail[] }>(`/payouts/${id}/breakup/details${query}`)).items
/** Adds to a wallet. */
const fund = (bank: Bank, amount: number, currency = 'USD') => bank.done('POST', '/_emulator/ledger/entries', {
  event_type: 'adjustment', amount: Math.abs(amount), is_credit: amount > 0, currency
})
const debits = async (bank: Bank) => (await entries(bank)).filter(({ event_type: type }) => type.startsWith('payout')).reverse()
  .map(({ event_type: type, currency, amount }) => `${type} ${amount} ${currency}`)
const balances = async (bank: Bank) => Object.fromEntries((await bank.get<{ items: Array<{ currency: string, balance: number }> }>(
  '/_emulator/balances')).items.map(({ currency, balance }) => [currency, balance]))

interface Vector {
  name: string
  wallets: Record<string, number>
  body?: object
  payout: { currency: string, amount: number, fee: number }
  rows: string[]
  left?: Record<string, number>
}

const VECTORS: Vector[] = [
  {
    name: 'P2: free from $1,000',
    wallets: { USD: 100_000 },
    payout: { currency: 'USD', amount: 100_000, fee: 0 },
    rows: ['payout 100000 USD']
  },
  {
    name: 'P3: below it',
    wallets: { USD: 99_999 },
    payout: { currency: 'USD', amount: 99_499, fee: 500 },
    rows: ['payout 99499 USD', 'payout_fees 500 USD']
  },
  {
    name: 'P5: at the threshold',
    wallets: { USD: 5000 },
    payout: { currency: 'USD', amount: 4500, fee: 500 },
    rows: ['payout 4500 USD', 'payout_fees 500 USD']
  },
  {
    name: 'P9: India',
    wallets: { INR: 5_933_018, USD: 10 },
    body: { currency: 'INR' },
    payout: { currency: 'INR', amount: 5_932_518, fee: 500 },
    rows: ['payout 5932518 INR', 'payout_fees 500 INR'],
    left: { USD: 10 }
  },
  {
    name: 'P11: two wallets in one payout',
    wallets: { USD: 3000, EUR: 1806, INR: 1_000_000 },
    payout: { currency: 'USD', amount: 4600, fee: 500 },
    rows: ['payout 2500 USD', 'payout_fees 500 USD', 'payout 1806 EUR'],
    left: { INR: 1_000_000 }
  },
  {
    name: 'P12: a wallet in another currency',
    wallets: { EUR: 8600 },
    payout: { currency: 'USD', amount: 9500, fee: 500 },
    rows: ['payout 8170 EUR', 'payout_fees 430 EUR']
  },
  {
    name: 'the fee comes from the largest wallet if the one in USD does not suffice',
    wallets: { USD: 400, EUR: 8600, GBP: 750 },
    payout: { currency: 'USD', amount: 10_900, fee: 500 },
    rows: ['payout 400 USD', 'payout 8170 EUR', 'payout_fees 430 EUR', 'payout 750 GBP']
  },
  {
    name: 'a debt in one wallet reduces what the others pay',
    wallets: { USD: -1000, EUR: 8600 },
    payout: { currency: 'USD', amount: 8500, fee: 500 },
    rows: ['payout 7310 EUR', 'payout_fees 430 EUR'],
    left: { USD: -1000, EUR: 860 }
  },
  {
    name: 'a part of the balance',
    wallets: { USD: 20_000 },
    body: { amount: 7000 },
    payout: { currency: 'USD', amount: 6500, fee: 500 },
    rows: ['payout 6500 USD', 'payout_fees 500 USD'],
    left: { USD: 13_000 }
  },
  {
    name: 'one wallet in its own currency',
    wallets: { EUR: 8600, USD: 10_000 },
    body: { currency: 'EUR' },
    payout: { currency: 'EUR', amount: 8170, fee: 430 },
    rows: ['payout 8170 EUR', 'payout_fees 430 EUR'],
    left: { USD: 10_000 }
  },
  {
    name: 'below the threshold on demand',
    wallets: { USD: 600 },
    body: { ignore_threshold: true },
    payout: { currency: 'USD', amount: 100, fee: 500 },
    rows: ['payout 100 USD', 'payout_fees 500 USD']
  }
]

t.test('worked vectors', async t => {
  const bank = await openBank(t)
  for (const { name, wallets, body, payout, rows, left = {} } of VECTORS) {
    await bank.done('POST', '/_emulator/reset')
    for (const [currency, amount] of Object.entries(wallets)) await fund(bank, amount, currency)
    const { GBP: gbp = 0 } = wallets
    const made = await create(bank, body)
    if (gbp === 0) t.match(made, payout, name)
    t.strictSame(await debits(bank), rows, name)
    for (const [currency, balance] of Object.entries(await balances(bank))) t.equal(balance, left[currency] ?? 0, `${name}: ${currency}`)
    const parts = await breakup(bank, made.payout_id)
    t.equal(parts.reduce((sum, { total }) => sum + total, 0), made.amount, `${name}: the breakup adds up to the amount`)
    const listed = await details(bank, made.payout_id)
    const own = parts.filter(({ event_type: type }) => type !== 'unattributed').reduce((sum, { total }) => sum + total, 0)
    t.equal(listed.reduce((sum, { payout_currency_amount: value }) => sum + value, 0), own, `${name}: so do its entries`)
  }
})

t.test('P1 and P6: sales are paid out, the payout fails, and the next one pays them out again', async t => {
  const bank = await openBank(t)
  for (let sale = 0; sale < 10; sale++) await sold(bank, SPAIN)
  const made = await create(bank)
  t.match(made, { amount: 45_770, fee: 500, currency: 'USD', status: 'not_initiated', payment_method: 'bank_transfer', tax: 10_500 })
  t.strictSame(await breakup(bank, made.payout_id), [
    { event_type: 'payment', total: 60_500 }, { event_type: 'tax', total: -10_500 }, { event_type: 'payment_fees', total: -3730 },
    { event_type: 'unattributed', total: -500 }
  ])
  const claimed = (await entries(bank)).filter(({ payout_id: id }) => id === made.payout_id)
  t.equal(claimed.length, 30)
  t.match(await settle(bank, made.payout_id, 'failed', { remarks: 'Account closed' }), { status: 'failed', remarks: 'Account closed' })
  t.strictSame((await rows(bank)).slice(-2), [['payout_reversal', 45_770], ['payout_fees_reversal', 500]])
  t.strictSame(await balances(bank), { USD: 46_270 })
  t.ok((await entries(bank)).every(({ payout_id: id }) => id === null), 'its entries are free again')
  const again = await create(bank)
  t.match(again, { amount: 45_770 })
  t.equal((await details(bank, again.payout_id)).length, 30)
  const { status, json } = await bank.call('POST', `/_emulator/payouts/${made.payout_id}/settle`, { body: { status: 'success' } })
  t.match({ status, json }, { status: 422, json: { message: /needs \$462\.70, and the balance is \$0\.00/ } })
  await settle(bank, again.payout_id, 'failed')
  t.match(await settle(bank, made.payout_id, 'success'), { status: 'success' }, 'a failed one can succeed while the balance suffices')
  t.strictSame(await balances(bank), { USD: 0 })
  t.equal((await details(bank, made.payout_id)).length, 30)
})

t.test('P7: a refund reduces a payout', async t => {
  const bank = await openBank(t)
  for (let sale = 0; sale < 10; sale++) await sold(bank, SPAIN)
  await refund(bank, await sold(bank, SPAIN))
  const made = await create(bank)
  t.match(made, { amount: 46_270 - 473 - 500, fee: 500, refunds: 6050, chargebacks: 0, tax: 10_500 })
  t.strictSame((await breakup(bank, made.payout_id)).map(({ event_type: type }) => type), [
    'payment', 'tax', 'payment_fees', 'refund', 'tax_reversal', 'refund_fees', 'unattributed'
  ])
})

t.test('reads', async t => {
  const bank = await openBank(t)
  await fund(bank, 20_000)
  const first = await create(bank, { amount: 6000, name: 'First', remarks: 'A note', status: 'success' })
  await bank.move({ now: '2030-01-03T00:00:00Z' })
  await bank.done('POST', '/_emulator/ledger/entries', { event_type: 'adjustment', amount: 5, description: '=SUM("A",1)' })
  const second = await create(bank)
  t.match(first, { name: 'First', remarks: 'A note', payout_document_url: `http://localhost:80/invoices/payouts/${first.payout_id}` })
  t.match(second, { payout_document_url: null, name: null, remarks: null })
  t.strictSame((await payouts(bank)).map(({ payout_id: id }) => id), [second.payout_id, first.payout_id])
  t.strictSame(await payouts(bank, '?created_at_gte=2030-01-02T00:00:00Z'), [second])
  t.strictSame(await payouts(bank, '?created_at_lte=2030-01-02T00:00:00Z'), [first])
  t.strictSame(await payouts(bank, '?page_size=1&page_number=1'), [first])
  const all = await details(bank, second.payout_id)
  t.match(all, [{ event_type: 'adjustment', original_amount: 5, original_currency: 'USD', usd_equivalent_amount: 5, payout_currency_amount: 5 }])
  t.strictSame(await details(bank, second.payout_id, '?page_size=1&page_number=1'), [])
  const file = (url: string, headers = {}) => bank.emulator.app.inject({ method: 'GET', url, headers })
  const csv = `/payouts/${second.payout_id}/breakup/details/csv`
  const { payload: text, headers } = await file(csv, { authorization: 'Bearer test' })
  t.match(String(headers['content-type']), /^text\/csv/)
  t.equal(headers['content-disposition'], `attachment; filename="payout-${second.payout_id}.csv"`)
  const [entry] = all
  t.equal(text, 'Ledger ID,Event Type,Original Amount,Original Currency,Reference Object ID,Description,Created At,USD Equivalent Amount,' +
    `Payout Currency Amount\r\n${entry?.id},adjustment,5,USD,,"'=SUM(""A"",1)",${entry?.created_at},5,5\r\n`)
  for (const path of ['breakup', 'breakup/details', 'breakup/details/csv']) {
    t.match(await bank.call('GET', `/payouts/pyt_no/${path}`), { status: 404, json: { code: 'NOT_FOUND' } })
  }
  const { headers: pdf, payload: bytes } = await file(`/invoices/payouts/${second.payout_id}`)
  t.equal(pdf['content-type'], 'application/pdf', 'without a key and before its success')
  t.match(bytes, /^%PDF/)
  t.match(await bank.call('GET', '/invoices/payouts/pyt_no', { key: null }), { status: 404 })
})

t.test('refuses', async t => {
  const bank = await openBank(t)
  await fund(bank, 4999)
  await fund(bank, 99_999, 'INR')
  const refused = async (body: object, message: RegExp, path: string | null) => {
    const before = bank.stored()
    const { status, json } = await bank.call('POST', '/_emulator/payouts', { body })
    t.match({ status, json }, { status: 422, json: { message, ...(path === null ? {} : { details: [{ path }] }) } })
    t.strictSame(bank.stored(), before, 'nothing was stored')
  }
  await refused({}, /balance of \$49\.99 is below the threshold of \$50\.00/, 'currency')
  await refused({ currency: 'INR' }, /below the threshold of ₹1,000\.00/, 'currency')
  await refused({ amount: 5000 }, /at most the balance of \$49\.99/, 'amount')
  await refused({ amount: 100, ignore_threshold: true }, /does not exceed the fee of \$5\.00/, 'amount')
  await refused({ currency: 'GBP' }, /nothing to pay out/, 'currency')
  await refused({ amount: 0 }, /amount/, null)
  await refused({ status: 'paid' }, /status/, null)
  await bank.change({ 'payouts.threshold': { USD: 4999, INR: 100_000 } })
  const { payout_id: id } = await create(bank)
  const { status, json } = await bank.call('POST', `/_emulator/payouts/${id}/settle`, { body: { status: 'success' } })
  t.match({ status, json }, { status: 422, json: { message: /is not_initiated, and can't change/, details: [{ path: 'status' }] } })
  t.match(await bank.call('POST', '/_emulator/payouts/pyt_no/settle', { body: { status: 'failed' } }), { status: 404 })
  await refused({}, /The balance is \$0\.00: there is nothing to pay out/, 'currency')
})

const STATES = ['not_initiated', 'in_progress', 'on_hold', 'success', 'failed'] as const
const NEXT: Record<typeof STATES[number], ReadonlyArray<typeof STATES[number]>> = {
  not_initiated: ['in_progress', 'on_hold', 'failed'],
  in_progress: ['success', 'failed', 'on_hold'],
  on_hold: ['in_progress', 'failed'],
  success: ['failed'],
  failed: ['success', 'in_progress']
}

t.test('every state allows exactly its changes, and each sends its event', async t => {
  const bank = await openBank(t)
  await fund(bank, 1_000_000)
  for (const from of STATES) {
    for (const to of ['in_progress', 'on_hold', 'success', 'failed'] as const) {
      const { payout_id: id } = await create(bank, { amount: 6000, status: from })
      const events = await bank.eventsOf(id)
      t.equal(events.at(-1), from === 'not_initiated' ? 'payout.created' : `payout.${from}`)
      const { status, text } = await bank.call('POST', `/_emulator/payouts/${id}/settle`, { body: { status: to } })
      t.equal(status === 200, NEXT[from].includes(to), `${from} to ${to}: ${text}`)
      t.strictSame(await bank.eventsOf(id), status === 200 ? [...events, `payout.${to}`] : events)
    }
  }
})

t.test('by the clock', async t => {
  const due = async (bank: Bank) => (await payouts(bank)).map(({ status, created_at: at, amount }) => [status, at.slice(0, 10), amount])

  t.test('twice a month', async t => {
    const bank = await openBank(t, '2030-01-10T00:00:00Z')
    await bank.change({ 'payouts.mode': 'auto' })
    await fund(bank, 7000)
    await bank.move({ now: '2030-01-15T23:59:59Z' })
    t.strictSame(await due(bank), [])
    await bank.move({ now: '2030-01-16T00:00:00Z' })
    t.strictSame(await due(bank), [['not_initiated', '2030-01-16', 6500]])
    await fund(bank, 4000)
    await bank.move({ now: '2030-01-18T00:00:00Z' })
    t.strictSame(await due(bank), [['in_progress', '2030-01-16', 6500]])
    await bank.move({ now: '2030-01-19T00:00:00Z' })
    t.strictSame(await due(bank), [['success', '2030-01-16', 6500]])
    await bank.move({ now: '2030-02-02T00:00:00Z' })
    t.equal((await due(bank)).length, 1, 'P4: a balance below the threshold carries over')
    await fund(bank, 1000)
    await bank.move({ now: '2030-02-19T00:00:00Z' })
    t.strictSame(await due(bank), [['success', '2030-02-16', 4500], ['success', '2030-01-16', 6500]])
    const [latest] = await payouts(bank)
    t.strictSame(await bank.eventsOf(latest?.payout_id ?? ''), ['payout.created', 'payout.in_progress', 'payout.success'])
  })

  t.test('weekly, monthly, and other outcomes', async t => {
    for (const [cycle, outcome, closed, dueOn] of [
      ['weekly', 'failed', '2030-01-15', '2030-01-18'], ['monthly', 'on_hold', '2030-02-01', '2030-02-11'],
      ['bi_monthly', 'success', '2030-01-16', '2030-01-18']
    ] as const) {
      const bank = await openBank(t, '2030-01-10T00:00:00Z')
      await bank.change({ 'payouts.mode': 'auto', 'payouts.cycle': cycle, 'payouts.outcome': outcome })
      await fund(bank, 7000)
      await bank.move({ now: `${dueOn}T00:00:00Z` })
      t.match(await payouts(bank), [{ status: 'in_progress', created_at: new RegExp(`^${closed}`), updated_at: new RegExp(`^${dueOn}`) }])
      await bank.move({ advance_ms: 86_400_000 })
      t.match(await payouts(bank), [{ status: outcome }])
    }
  })

  t.test('Indian rupees and all other wallets are paid out apart', async t => {
    const bank = await openBank(t, '2030-01-10T00:00:00Z')
    await bank.change({ 'payouts.mode': 'auto' })
    for (const [currency, amount] of [['INR', 200_000], ['USD', 3000], ['EUR', 1806]] as const) await fund(bank, amount, currency)
    await bank.move({ now: '2030-01-16T00:00:00Z' })
    t.strictSame((await payouts(bank)).map(({ currency, amount }) => [currency, amount]), [['USD', 4600], ['INR', 199_500]])
  })

  t.test('a debt, a raised threshold, manual mode', async t => {
    for (const [settings, amount] of [
      [{ 'payouts.mode': 'auto' }, -8000], [{ 'payouts.mode': 'auto', 'payouts.threshold': { USD: 100_000, INR: 0 } }, 46_270],
      [{ 'payouts.mode': 'manual' }, 46_270]
    ] as const) {
      const bank = await openBank(t, '2030-01-10T00:00:00Z')
      await bank.change({ 'payouts.mode': 'auto' })
      await bank.change(settings)
      await fund(bank, amount)
      await bank.move({ now: '2030-02-10T00:00:00Z' })
      t.strictSame(await payouts(bank), [], JSON.stringify(settings))
    }
  })

  t.test('a payout that is decided by hand is left alone', async t => {
    const bank = await openBank(t, '2030-01-10T00:00:00Z')
    await bank.change({ 'payouts.mode': 'auto' })
    await fund(bank, 7000)
    await bank.move({ now: '2030-01-16T00:00:00Z' })
    const [made] = await payouts(bank)
    await settle(bank, made?.payout_id ?? '', 'on_hold')
    await bank.move({ now: '2030-01-30T00:00:00Z' })
    t.match(await payouts(bank), [{ status: 'on_hold' }])
  })
})

t.test('fixtures', async t => {
  const bank = await openBank(t)
  const payment = { billing: { country: 'US' }, customer: { customer_id: 'cus_ada' }, outcome: 'succeeded' }
  const body = {
    payments: [{ ...payment, product_cart: [{ product_id: 'pdt_ebook', quantity: 10 }], at: '-2d' }],
    payouts: [{ payout_id: 'pyt_chosen', name: 'Chosen', changes: [{ status: 'in_progress' }, { status: 'success' }] }]
  }
  const { status, json, text } = await bank.call('POST', '/_emulator/load', { body })
  t.equal(status, 200, text)
  t.match(json, { payouts: ['pyt_chosen'] })
  t.match(await payouts(bank), [{ payout_id: 'pyt_chosen', name: 'Chosen', status: 'success' }])
})
