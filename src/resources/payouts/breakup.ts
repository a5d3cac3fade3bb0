/** The entries of the ledger in a payout: their totals by type, and each with its value in the payout's currency. */
import { cumulativeValues, scaledValues, totalOf } from '../../rules/payouts.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { merged } from '../ledger/store.js'
import type { PaidEntry, Payout } from './store.js'

export interface TypeTotal {
  event_type: string
  total: number
}

type Split = Pick<Payout, 'payout_id' | 'currency' | 'amount'>

/**
 * The totals by type, in the order of their first entry. `unattributed` is the difference to the amount of the payout, such as
 * its fee.
 */
export function breakup (payout: Split, sandbox: Sandbox): TypeTotal[] {
  const rows = totalsByType(payout, sandbox)
  const sum = sumOf(rows)
  return sum === payout.amount ? rows : [...rows, { event_type: 'unattributed', total: payout.amount - sum }]
}

/** The breakup as the sandbox's contract has it. In the older one, the totals are scaled to the amount of the payout. */
export function servedBreakup (payout: Payout, sandbox: Sandbox): TypeTotal[] {
  if (sandbox.contract === 'newest') return breakup(payout, sandbox)
  const rows = totalsByType(payout, sandbox)
  const scaled = scaledValues({ total: sumOf(rows), amount: payout.amount })
  return rows.map(({ event_type: type, total }) => ({ event_type: type, total: scaled(total) }))
}

function sumOf (rows: readonly TypeTotal[]): number {
  return rows.reduce((sum, { total }) => sum + total, 0)
}

function totalsByType ({ payout_id: id, currency }: Split, { payouts, ledger, reference }: Sandbox): TypeTotal[] {
  const valueOf = cumulativeValues(currency, reference.currencies)
  const own = payouts.claims(id).filter(claimed => claimed.currency === currency)
  const totals = new Map(merged(own.flatMap(range => ledger.sumsOfRange(currency, range)))
    .map(({ event_type: type, sum, first }) => [type, { total: sum, first }]))
  for (const { event_type: type, currency: from, signed, seq } of payouts.foreignEntries(id, currency)) {
    const { total, first } = totals.get(type) ?? { total: 0, first: seq }
    totals.set(type, { total: total + valueOf(signed, from), first: Math.min(first, seq) })
  }
  return [...totals].sort(([, one], [, other]) => one.first - other.first)
    .map(([type, { total }]) => ({ event_type: type, total }))
}

export interface ValuedEntry extends PaidEntry {
  /** In the payout's currency. */
  value: number
}

/** A page of the entries of a payout. In the older contract, their values are scaled to the amount of the payout. */
export function valuedEntries (payout: Payout, limit: number, offset: number, sandbox: Sandbox): ValuedEntry[] {
  const { payout_id: id, currency } = payout
  const { payouts, reference: { currencies } } = sandbox
  const earlier = payouts.sumsOfFirst(id, offset)
  const valueOf = cumulativeValues(currency, currencies, earlier)
  const before = totalOf([...earlier].map(([from, balance]) => ({ currency: from, balance })), currency, currencies)
  const served = sandbox.contract === 'newest'
    ? (value: number) => value
    : scaledValues({ total: sumOf(totalsByType(payout, sandbox)), amount: payout.amount }, before)
  return payouts.entries(id, limit, offset).map(entry => ({ ...entry, value: served(valueOf(entry.signed, entry.currency)) }))
}
