import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { startEmulator, type Refusal, type TestEmulator } from '../helper.js'

type Wallet = Required<Schemas['CustomerWalletResponse']>
type Wallets = Required<Schemas['CustomerWalletsResponse']>
type Entry = Required<Schemas['CustomerWalletTransactionResponse']>

const MAX = 1_000_000_000_000_000
const WALLETS = '/customers/cus_ada/wallets'
const ENTRIES = `${WALLETS}/ledger-entries`

const book = (emulate: TestEmulator, entry: object, url = ENTRIES) =>
  emulate.call('POST', url, { body: { entry_type: 'credit', currency: 'USD', amount: 500, ...entry } })

const booked = async (emulate: TestEmulator, entry: object, url?: string) => {
  const { status, json, text } = await book(emulate, entry, url)
  if (status !== 200) throw new Error(text)
  return json as Wallet
}

const wallets = (emulate: TestEmulator) => emulate.get<Wallets>(WALLETS)
const entries = async (emulate: TestEmulator, query = '') => (await emulate.get<{ items: Entry[] }>(`${ENTRIES}?${query}`)).items

t.test('answers', async t => {
  t.test('returns two empty wallets with the creation time of their customer', async t => {
    const emulate = startEmulator(t)
    const at = '2026-01-01T00:01:00.000000Z'
    t.strictSame(await wallets(emulate), {
      items: ['USD', 'INR'].map(currency => ({ customer_id: 'cus_ada', currency, balance: 0, created_at: at, updated_at: at })),
      total_balance_usd: 0
    })
    t.strictSame(await entries(emulate), [])
  })

  t.test('books credits and debits with the balances before and after', async t => {
    const emulate = startEmulator(t)
    t.match(await booked(emulate, { amount: 500, reason: 'welcome' }), { customer_id: 'cus_ada', currency: 'USD', balance: 500, created_at: '2026-01-01T00:01:00.000000Z' })
    t.match(await booked(emulate, { amount: 200, entry_type: 'debit' }), { balance: 300 })
    t.match(await booked(emulate, { amount: 7, currency: 'INR' }), { currency: 'INR', balance: 7 })
    const last = await booked(emulate, { amount: 300, entry_type: 'debit' })
    t.match(last, { balance: 0 }, 'to the last cent')
    const all = await entries(emulate)
    t.match(all, [
      { currency: 'USD', amount: 300, is_credit: false, before_balance: 300, after_balance: 0, reason: null },
      { currency: 'INR', amount: 7, is_credit: true, before_balance: 0, after_balance: 7, reason: null },
      { currency: 'USD', amount: 200, is_credit: false, before_balance: 500, after_balance: 300, reason: null },
      {
        id: /^cle_[0-9A-Za-z]{21}$/,
        business_id: 'bus_emulator',
        customer_id: 'cus_ada',
        currency: 'USD',
        amount: 500,
        is_credit: true,
        event_type: 'merchant_adjustment',
        before_balance: 0,
        after_balance: 500,
        reason: 'welcome',
        reference_object_id: null
      }
    ])
    t.equal(all[0]?.created_at, last.updated_at)
    t.match((await wallets(emulate)).items, [{ balance: 0, updated_at: last.updated_at }, { balance: 7 }])
    t.strictSame((await entries(emulate, 'currency=INR')).map(({ amount }) => amount), [7])
    t.strictSame(await entries(emulate, 'currency=EUR'), [])
    t.strictSame((await entries(emulate, 'page_size=2&page_number=1')).map(({ amount }) => amount), [200, 500])
    t.strictSame((await entries(emulate, 'page_size=1&page_number=2&currency=USD')).map(({ amount }) => amount), [500])
    t.strictSame(await entries(emulate, 'page_number=7'), [])
  })

  t.test('returns the total in US cents, at fixed rates, with half a cent rounded up', async t => {
    const emulate = startEmulator(t)
    const rate = Number(emulate.emulator.sandbox.reference.currencies['INR']?.usd_rate)
    await booked(emulate, { amount: 1000 })
    await booked(emulate, { amount: 123_456, currency: 'INR' })
    t.equal((await wallets(emulate)).total_balance_usd, 1000 + Math.round(123_456 / rate))
  })

  t.test('accepts the maximum of a wallet, with an exact total', async t => {
    const emulate = startEmulator(t)
    await booked(emulate, { amount: MAX })
    await booked(emulate, { amount: MAX, currency: 'INR' })
    const { items, total_balance_usd: total } = await wallets(emulate)
    t.strictSame(items.map(({ balance }) => balance), [MAX, MAX])
    t.ok(Number.isSafeInteger(total) && total > MAX)
    t.match(await booked(emulate, { amount: MAX, entry_type: 'debit' }), { balance: 0 })
  })
})

t.test('refuses', async t => {
  const emulate = startEmulator(t)
  await booked(emulate, { amount: 500 })
  await booked(emulate, { amount: 50, idempotency_key: 'used' })
  const REQUEST = 'INVALID_REQUEST_PARAMETERS'
  const BODY = 'INVALID_REQUEST_BODY'
  const cases: Array<[what: string, entry: unknown, status: number, code: string, message: RegExp, path: string]> = [
    ['a debit over the balance', { entry_type: 'debit', amount: 551 }, 400, 'INSUFFICIENT_WALLET_FUNDS', /^Insufficient funds in wallet \(the wallet holds \$5\.50, and the debit needs \$5\.51\)$/, 'amount'],
    ['a debit of an empty wallet', { entry_type: 'debit', currency: 'INR', amount: 1 }, 400, 'INSUFFICIENT_WALLET_FUNDS', /holds ₹0\.00/, 'amount'],
    ['an amount of 0', { amount: 0 }, 422, REQUEST, /^amount must be from 1 to 1000000000000000 minor units/, 'amount'],
    ['a negative amount', { amount: -5, entry_type: 'debit' }, 422, REQUEST, /^amount must be from 1/, 'amount'],
    ['an amount over the limit', { amount: MAX + 1 }, 422, REQUEST, /^amount must be from 1/, 'amount'],
    ['an amount over int64', { amount: 1e30 }, 422, REQUEST, /^amount must be from 1/, 'amount'],
    ['a balance over the limit', { amount: MAX }, 422, REQUEST, /^the wallet holds \$5\.50 and can't hold more than \$10,000,000,000,000\.00$/, 'amount'],
    ['another currency', { currency: 'EUR' }, 422, REQUEST, /^currency must be USD or INR: a customer has no wallet in EUR$/, 'currency'],
    ['an empty key', { idempotency_key: '' }, 422, REQUEST, /^idempotency_key must have 1 to 255 characters/, 'idempotency_key'],
    ['a long key', { idempotency_key: 'k'.repeat(256) }, 422, REQUEST, /^idempotency_key must have/, 'idempotency_key'],
    ['a used key with another amount', { amount: 51, idempotency_key: 'used' }, 422, REQUEST, /^idempotency_key used was used for a credit of 50 USD: use a different key for this credit of 51 USD$/, 'idempotency_key'],
    ['a used key in the other direction', { amount: 50, entry_type: 'debit', idempotency_key: 'used' }, 422, REQUEST, /use a different key/, 'idempotency_key'],
    ['a used key in another currency', { amount: 50, currency: 'INR', idempotency_key: 'used' }, 422, REQUEST, /use a different key/, 'idempotency_key'],
    ['a long reason', { reason: 'r'.repeat(3001) }, 422, REQUEST, /^reason must not be longer than 3000 characters$/, 'reason'],
    ['half a cent', { amount: 0.5 }, 422, BODY, /amount must be integer/, 'amount'],
    ['an amount in text', { amount: '5' }, 422, BODY, /amount/, 'amount'],
    ['no amount', { amount: null }, 422, BODY, /amount/, 'amount'],
    ['an unknown currency', { currency: 'usd' }, 422, BODY, /currency/, 'currency'],
    ['an unknown direction', { entry_type: 'gift' }, 422, BODY, /entry_type/, 'entry_type'],
    ['a key that is a number', { idempotency_key: 1 }, 422, BODY, /idempotency_key/, 'idempotency_key']
  ]
  for (const [what, entry, status, code, message, path] of cases) {
    t.test(what, async t => {
      const before = emulate.stored()
      const answer = await book(emulate, entry as object)
      const refusal = answer.json as Refusal
      t.strictSame([answer.status, refusal.code, refusal.details?.[0]?.path], [status, code, path], refusal.message)
      t.match(refusal.message, message)
      t.strictSame(emulate.stored(), before, 'nothing was stored')
    })
  }

  t.test('an unknown customer', async t => {
    for (const method of ['GET', 'POST'] as const) {
      const { status, json } = await emulate.call(method, '/customers/cus_nobody/wallets/ledger-entries',
        method === 'POST' ? { body: { entry_type: 'credit', currency: 'USD', amount: 1 } } : {})
      t.match([status, json], [404, { code: 'NOT_FOUND', message: 'Item not found (there is no customer cus_nobody)' }])
    }
    t.equal((await emulate.call('GET', '/customers/cus_nobody/wallets')).status, 404)
  })

  t.test('an invalid list query', async t => {
    for (const query of ['currency=XXX', 'page_size=101', 'page_number=-1']) {
      const { status, json } = await emulate.call('GET', `${ENTRIES}?${query}`)
      t.match([status, json], [422, { code: 'INVALID_QUERY_PARAMS' }], query)
    }
  })
})

t.test('books each entry once', async t => {
  t.test('a repeated key books nothing and returns the first reply', async t => {
    const emulate = startEmulator(t)
    const first = await booked(emulate, { amount: 100, idempotency_key: 'order-7', reason: 'a' })
    await booked(emulate, { amount: 1 })
    t.strictSame(await booked(emulate, { amount: 100, idempotency_key: 'order-7', reason: 'b' }), first)
    t.equal((await entries(emulate)).length, 2)
    t.match((await wallets(emulate)).items[0], { balance: 101 })
  })

  t.test('a key belongs to its customer, and a refused entry does not use it up', async t => {
    const emulate = startEmulator(t)
    await booked(emulate, { amount: 100, idempotency_key: 'k' })
    const { balance } = await booked(emulate, { amount: 3, idempotency_key: 'k' }, '/customers/cus_grace/wallets/ledger-entries')
    t.equal(balance, 3)
    const debit = { amount: 150, entry_type: 'debit', idempotency_key: 'later' }
    t.equal((await book(emulate, debit)).status, 400)
    await booked(emulate, { amount: 50 })
    t.equal((await booked(emulate, debit)).balance, 0)
  })

  t.test('simultaneous debits succeed only up to the balance', async t => {
    const emulate = startEmulator(t)
    await booked(emulate, { amount: 1000 })
    const answers = await Promise.all(Array.from({ length: 8 }, () => book(emulate, { amount: 300, entry_type: 'debit' })))
    t.strictSame(answers.map(({ status }) => status).sort(), [200, 200, 200, 400, 400, 400, 400, 400])
    t.match((await wallets(emulate)).items[0], { balance: 100 })
    const same = await Promise.all(Array.from({ length: 4 }, () => booked(emulate, { amount: 7, idempotency_key: 'once' })))
    t.strictSame(same.map(({ balance }) => balance), [107, 107, 107, 107])
  })

  t.test('balances follow from each other in the order of booking, even when the clock was set back', async t => {
    const emulate = startEmulator(t)
    await booked(emulate, { amount: 10 })
    await emulate.call('POST', '/_emulator/clock', { body: { now: '2020-01-01T00:00:00Z' } })
    t.match(await booked(emulate, { amount: 5 }), { balance: 15, updated_at: /^2020-01-01T/ })
    t.strictSame((await entries(emulate)).map(({ after_balance: balance }) => balance), [15, 10])
  })
})
