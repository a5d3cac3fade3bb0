/** The ledger, refunds, disputes and payouts under random sequences of actions: the money adds up after every step. */
import fc from 'fast-check'
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { numRuns } from '../effort.js'
import { openBank, sold, type Bank, type Dispute, type Entry } from './dispute-calls.js'

type Payment = Required<Schemas['PaymentResponse']>
type Refund = Required<Schemas['RefundListItem']>
type Payout = Required<Schemas['PayoutsResponse']>

const pick = fc.nat(4)

/** Actions on one of the objects that exist so far. Refused requests change nothing. */
const action = fc.oneof(
  fc.record({
    kind: fc.constant('sell' as const),
    price: fc.integer({ min: 500, max: 30_000 }),
    country: fc.constantFrom('US', 'DE', 'ES'),
    currency: fc.constantFrom('USD', 'EUR', 'INR'),
    inclusive: fc.boolean()
  }),
  fc.record({ kind: fc.constant('refund' as const), pick, part: fc.option(fc.integer({ min: 1, max: 20_000 })) }),
  fc.record({ kind: fc.constant('settle refund' as const), pick, status: fc.constantFrom('succeeded', 'failed') }),
  fc.record({
    kind: fc.constant('dispute' as const),
    pick,
    stage: fc.constantFrom('pre_dispute', 'dispute'),
    rdr: fc.boolean(),
    amount: fc.option(fc.integer({ min: 1, max: 20_000 }))
  }),
  fc.record({
    kind: fc.constant('settle dispute' as const),
    pick,
    status: fc.constantFrom('challenged', 'accepted', 'expired', 'cancelled', 'won', 'lost', 'opened')
  }),
  fc.record({
    kind: fc.constant('payout' as const),
    currency: fc.constantFrom('USD', 'EUR', 'INR'),
    amount: fc.option(fc.integer({ min: 1, max: 40_000 }))
  }),
  fc.record({ kind: fc.constant('settle payout' as const), pick, status: fc.constantFrom('in_progress', 'success', 'failed', 'on_hold') }),
  fc.record({ kind: fc.constant('wait' as const), days: fc.constantFrom(0.01, 1, 11) })
)

type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never

const list = async <Item>(bank: Bank, path: string) => (await bank.get<{ items: Item[] }>(`${path}?page_size=100`)).items

async function perform (step: Action, bank: Bank): Promise<unknown> {
  const send = (path: string, body: object) => bank.call('POST', path, { body })
  const one = async (path: string, key: string, index: number) => {
    const items = await list<Record<string, string>>(bank, path)
    return items.length === 0 ? null : items[index % items.length]?.[key] ?? null
  }
  switch (step.kind) {
    case 'sell': return await sold(bank, step)
    case 'wait': return await bank.move({ advance_ms: step.days * 86_400_000 })
    case 'payout': return await send('/_emulator/payouts', {
      currency: step.currency, ignore_threshold: true, ...(step.amount === null ? {} : { amount: step.amount })
    })
    case 'refund': {
      const id = await one('/payments', 'payment_id', step.pick)
      if (id === null) return null
      const { product_cart: cart } = await bank.get<Payment>(`/payments/${id}`)
      const items = step.part === null ? {} : { items: [{ item_id: cart?.[0]?.product_id, amount: step.part, tax_inclusive: true }] }
      return await send('/refunds', { payment_id: id, ...items })
    }
    case 'dispute': {
      const id = await one('/payments', 'payment_id', step.pick)
      const { stage, rdr, amount } = step
      return id !== null && await send(`/_emulator/payments/${id}/dispute`, { stage, rdr, ...(amount === null ? {} : { amount }) })
    }
    case 'settle refund': return await settle('/refunds', 'refund_id', step)
    case 'settle dispute': return await settle('/disputes', 'dispute_id', step)
    case 'settle payout': return await settle('/payouts', 'payout_id', step)
  }
  async function settle (path: string, key: string, { pick, status }: { pick: number, status: string }): Promise<unknown> {
    const id = await one(path, key, pick)
    return id !== null && await send(`/_emulator${path}/${id}/settle`, { status })
  }
}

const signed = ({ is_credit: adds, amount }: Entry) => adds ? amount : -amount

/** Every entry, oldest first. */
async function ledger (bank: Bank): Promise<Entry[]> {
  const all: Entry[] = []
  for (let number = 0; ; number++) {
    const { items } = await bank.get<{ items: Entry[] }>(`/balances/ledger?page_size=100&page_number=${number}`)
    all.push(...items)
    if (items.length < 100) return all.reverse()
  }
}

const sum = (entries: readonly Entry[], ...types: string[]) =>
  entries.filter(({ event_type: type }) => types.includes(type)).reduce((total, entry) => total + signed(entry), 0)

/** Throws if the money does not add up. */
async function check (bank: Bank): Promise<void> {
  const entries = await ledger(bank)
  const demand = (holds: boolean, what: string) => { if (!holds) throw new Error(what) }

  const balances = new Map<string, number>()
  for (const entry of entries) {
    const before = balances.get(entry.currency) ?? 0
    demand(entry.before_balance === before && entry.after_balance === before + signed(entry), `the chain breaks at ${entry.id}`)
    demand(entry.amount > 0, 'an amount is positive')
    balances.set(entry.currency, before + signed(entry))
  }
  const wallets = await bank.get<{ items: Array<{ currency: string, balance: number }> }>('/_emulator/balances')
  for (const { currency, balance } of wallets.items) demand(balance === (balances.get(currency) ?? 0), `the balance in ${currency}`)

  for (const payment of await list<Payment>(bank, '/payments')) {
    const { settlement_amount: gross, settlement_tax: tax, total_amount: total, refunds, disputes } =
      await bank.get<Payment>(`/payments/${payment.payment_id}`)
    const own = (id: string) => entries.filter(({ reference_object_id: reference }) => reference === id)
    const sale = own(payment.payment_id)
    demand(sum(sale, 'payment') === gross && sum(sale, 'tax') === -(tax ?? 0), `the sale ${payment.payment_id}`)
    const returned = [...refunds.map(({ refund_id: id }) => id), ...disputes.map(({ dispute_id: id }) => id)].flatMap(own)
    const taxReturned = sum(returned, 'tax_reversal', 'tax')
    demand(taxReturned >= 0 && taxReturned <= (tax ?? 0), `the tax of ${payment.payment_id} is returned at most once`)
    const live = refunds.filter(({ status }) => status !== 'failed')
    const refunded = live.reduce((amount, refund) => amount + (refund.amount ?? 0), 0)
    const refundedGross = -live.reduce((amount, { refund_id: id }) => amount + sum(own(id), 'refund', 'refund_reversal'), 0)
    demand(refunded <= total && refundedGross >= 0 && refundedGross <= gross, `refunds of ${payment.payment_id}`)
    if (refunded === total) demand(refundedGross === gross && taxReturned === tax, `a full refund of ${payment.payment_id}`)
    for (const { refund_id: id, status } of refunds) {
      if (status === 'failed') demand(own(id).reduce((rest, entry) => rest + signed(entry), 0) === 0, `failed refund ${id}`)
    }
    for (const { dispute_id: id, dispute_status: status, dispute_stage: stage } of disputes) {
      const held = -sum(own(id), 'dispute', 'dispute_reversal')
      const isBack = status === 'dispute_won' || status === 'dispute_cancelled'
      const isLive = status === 'dispute_opened' || status === 'dispute_challenged'
      demand(isBack || (isLive && stage === 'pre_dispute') ? held === 0 : held > 0 && held <= gross, `dispute ${id}: ${status}`)
    }
  }

  const claimed = new Map<string, string>()
  for (const payout of await list<Payout>(bank, '/payouts')) {
    const { payout_id: id, amount, fee, status } = payout
    demand(amount > 0 && fee >= 0, `the amounts of ${id}`)
    const parts = await bank.get<Array<{ event_type: string, total: number }>>(`/payouts/${id}/breakup`)
    demand(parts.reduce((total, part) => total + part.total, 0) === amount, `the breakup of ${id}`)
    const { items } = await bank.get<{ items: Array<{ id: string, payout_currency_amount: number }> }>(
      `/payouts/${id}/breakup/details?page_size=100`)
    const attributed = parts.filter(({ event_type: type }) => type !== 'unattributed').reduce((total, part) => total + part.total, 0)
    if (items.length < 100) {
      demand(items.reduce((total, row) => total + row.payout_currency_amount, 0) === attributed, `the entries of ${id}`)
    }
    for (const row of items) {
      demand(!claimed.has(row.id), `${row.id} is paid out twice`)
      claimed.set(row.id, id)
    }
    const own = entries.filter(({ reference_object_id: reference }) => reference === id)
    const taken = own.reduce((total, entry) => total + signed(entry), 0)
    demand(status === 'failed' ? taken === 0 && items.length === 0 : taken < 0, `payout ${id} is ${status}`)
  }
}

t.test('after any sequence of actions, the money adds up', async t => {
  const bank = await openBank(t)
  await bank.change({ 'ledger.currencies': ['EUR', 'INR'] })
  await bank.done('POST', '/_emulator/snapshots', { name: 'start' })
  const sales = fc.array(action, { minLength: 10, maxLength: 30 })
  await fc.assert(fc.asyncProperty(sales, async steps => {
    await bank.done('POST', '/_emulator/snapshots/start/restore')
    for (const step of steps) await perform(step, bank)
    await check(bank)
  }), { numRuns: numRuns(40) })
  t.pass('in every sequence')
})

t.test('a long story', async t => {
  const bank = await openBank(t)
  await bank.change({ 'payouts.mode': 'auto', 'payouts.threshold': { USD: 0, INR: 0 } })
  const steps = fc.sample(action, { numRuns: 120, seed: 7 })
  for (const [index, step] of steps.entries()) {
    await perform(step, bank)
    if (index % 10 === 9) await check(bank)
  }
  t.ok((await list<Payout>(bank, '/payouts')).length > 0)
  t.ok((await list<Dispute>(bank, '/disputes')).length > 0)
  t.ok((await list<Refund>(bank, '/refunds')).length > 0)
})
