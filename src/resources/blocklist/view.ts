/** Entries of the blocklist in the API's shape. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { BlockDecision } from './rules.js'
import type { BlocklistEntry, BlocklistNote } from './store.js'

type BlockedCustomer = Required<Schemas['BlockedCustomer']>

/** An entry in a list. The name is that of the customer today. */
export function entryResponse (entry: BlocklistEntry, { sandbox }: Context): BlockedCustomer {
  return {
    id: entry.entry_id,
    created_at: formatTime(entry.created_at),
    customer_id: entry.customer_id,
    customer_email: entry.email,
    customer_name: sandbox.customers.find(entry.customer_id)?.name ?? '',
    identifier: entry.identifier,
    source: entry.source,
    blocked_by_email: entry.blocked_by_email,
    reason: entry.reason,
    unblocked_at: entry.unblocked_at === null ? null : formatTime(entry.unblocked_at),
    notes: null,
    cancelled_subscription_ids: null,
    remaining_subscription_ids: null,
    subscriptions_swept: null
  }
}

/** One entry, with its notes. */
export function entryDetails (entry: BlocklistEntry, context: Context): BlockedCustomer {
  return { ...entryResponse(entry, context), notes: context.sandbox.blocklist.notesOf(entry.entry_id).map(noteResponse) }
}

/** The reply that blocks a customer. */
export function blockResponse ({ entry, cancelled, remaining }: BlockDecision, context: Context): BlockedCustomer {
  return {
    ...entryResponse(entry, context),
    cancelled_subscription_ids: cancelled,
    remaining_subscription_ids: remaining,
    subscriptions_swept: remaining.length === 0
  }
}

export function noteResponse (note: BlocklistNote): Required<Schemas['BlockedCustomerNote']> {
  return {
    id: note.note_id,
    created_at: formatTime(note.created_at),
    note: note.note,
    author_email: note.author_email,
    updated_at: note.updated_at === null ? null : formatTime(note.updated_at)
  }
}
