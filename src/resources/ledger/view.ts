/** Entries of the ledger in the API's shape. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { LedgerEntry } from './store.js'

export function ledgerEntry (
  entry: LedgerEntry, { sandbox }: Pick<Context, 'sandbox'>
): Required<Schemas['BalanceLedgerEntryResponse']> {
  return {
    id: entry.entry_id,
    business_id: sandbox.business.business_id,
    event_type: entry.event_type,
    amount: entry.amount,
    currency: entry.currency,
    is_credit: entry.is_credit,
    before_balance: entry.before_balance,
    after_balance: entry.after_balance,
    usd_equivalent_amount: entry.usd_equivalent_amount,
    description: entry.description,
    reference_object_id: entry.reference_object_id,
    payout_id: entry.payout_id,
    created_at: formatTime(entry.created_at)
  }
}
