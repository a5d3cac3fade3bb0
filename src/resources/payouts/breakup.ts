/** The entries of the ledger in a payout: their totals by type, and each with its value in the payout's currency. */
import { cumulativeValues } from '../../rules/payouts.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { PaidEntry, Payout } from './store.js'

export interface TypeTotal {
  event_type: string
  total: number
}

/**
 * The totals by type, in the order of their first entry. `unattributed` is the difference to the amount of the payout, such as
 * its fee.
 */
export function breakup (
  { payout_id: id, currency, amount }: Pick<Payout, 'payout_id' | 'currency' | 'amount'>, { payouts, reference }: Sandbox
): TypeTotal[] {
  const valueOf = cumulativeValues(currency, reference.currencies)
  const totals = new Map(payouts.sumsByType(id, currency)
    .map(({ event_type: type, sum, first }) => [type, { total: sum, first }]))
  for (const { event_type: type, currency: from, signed, seq } of payouts.foreignEntries(id, currency)) {
    const { total, first } = totals.get(type) ?? { total: 0, first: seq }
    totals.set(type, { total: total + valueOf(signed, from), first: Math.min(first, seq) })
  }
  const rows = [...totals].sort(([, one], [, other]) => one.first - other.first)
    .map(([type, { total }]) => ({ event_type: type, total }))
  const sum = rows.reduce((all, { total }) => all + total, 0)
  return sum === amount ? rows : [...rows, { event_type: 'unattributed', total: amount - sum }]
}

export interface ValuedEntry extends PaidEntry {
  /** In the payout's currency. */
  value: number
}

/** A page of the entries of a payout. */
export function valuedEntries (
  { payout_id: id, currency }: Payout, limit: number, offset: number, { payouts, reference }: Sandbox
): ValuedEntry[] {
  const valueOf = cumulativeValues(currency, reference.currencies, payouts.sumsOfFirst(id, offset))
  return payouts.entries(id, limit, offset).map(entry => ({ ...entry, value: valueOf(entry.signed, entry.currency) }))
}
