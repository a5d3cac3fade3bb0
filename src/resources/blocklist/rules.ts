/** The rules of the blocklist. A block applies to an e-mail address, and so to all customers that have it. */
import type { Schemas } from '../../contract/operations.js'
import { doesNotExist, invalid, invalidQuery, notFound } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Customer } from '../customers/store.js'
import type { BlocklistEntry, BlocklistFilter, BlocklistNote } from './store.js'

type BlockRequest = Schemas['CreateBlockedCustomerRequest']

/** One call cancels at most this many subscriptions. The real limit is not documented. */
const SWEEP_MAX = 100
const TEXT_MAX = 5000
const FILTER_MAX = 500

export interface BlockDecision {
  entry: BlocklistEntry
  /** False if the e-mail address was blocked before. */
  isNew: boolean
  /** The ids of the subscriptions to cancel now. */
  cancelled: string[]
  /** The ids of those that the next call cancels. */
  remaining: string[]
}

/** Decides a block. Repeating it for a blocked customer changes no entry, but cancels further subscriptions. */
export function decideBlock (body: BlockRequest, context: Context): BlockDecision {
  const { sandbox, now } = context
  const { customer, identifier } = blockedCustomer(body, context)
  if (body.reason != null) checkText('reason', body.reason)
  const existing = sandbox.blocklist.findBlocked(customer.email)
  const open = sandbox.blocklist.subscriptionsOf(customer.email)
  return {
    entry: existing ?? {
      entry_id: sandbox.ids.next('blk', now),
      customer_id: customer.customer_id,
      email: customer.email,
      identifier,
      source: body.source ?? 'api',
      blocked_by_email: null,
      reason: body.reason ?? null,
      created_at: now,
      unblocked_at: null
    },
    isNew: existing === undefined,
    cancelled: open.slice(0, SWEEP_MAX),
    remaining: open.slice(SWEEP_MAX)
  }
}

/** The id has priority over the e-mail address, as the contract says. */
function blockedCustomer (body: BlockRequest, { sandbox }: Context): { customer: Customer, identifier: string } {
  const { customer_id: id, email } = body as { customer_id?: string | null, email?: string | null }
  if (id != null) {
    const customer = sandbox.customers.find(id)
    if (customer === undefined) throw doesNotExist('Customer', id, 'customer_id')
    return { customer, identifier: id }
  }
  const customer = sandbox.customers.findByEmail(email ?? '')
  if (customer === undefined) throw invalid('email', `email must belong to a customer: no customer has ${email}`)
  return { customer, identifier: customer.email }
}

/** Throws NOT_FOUND. */
export function findEntry (entryId: string, { sandbox }: Context): BlocklistEntry {
  const entry = sandbox.blocklist.find(entryId)
  if (entry === undefined) throw notFound('blocklist entry', entryId, 'entry_id')
  return entry
}

/** Throws NOT_FOUND if there is no such entry, or if it no longer blocks the customer. */
export function findBlocking (entryId: string, context: Context): BlocklistEntry {
  const entry = findEntry(entryId, context)
  if (entry.unblocked_at !== null) throw notFound('blocked customer', entryId, 'entry_id')
  return entry
}

export function decideNote ({ entry_id: entryId }: BlocklistEntry, text: string, { sandbox, now }: Context): BlocklistNote {
  checkText('note', text)
  return {
    note_id: sandbox.ids.next('bln', now), entry_id: entryId, note: text, author_email: null, created_at: now, updated_at: null
  }
}

export function changedNote (
  { entry_id: entryId }: BlocklistEntry, noteId: string, text: string, { sandbox, now }: Context
): BlocklistNote {
  const note = sandbox.blocklist.findNote(entryId, noteId)
  if (note === undefined) throw notFound('note', noteId, 'note_id')
  checkText('note', text)
  return { ...note, note: text, updated_at: now }
}

function checkText (path: string, text: string): void {
  if (text.trim() === '') throw invalid(path, `${path} must not be empty`)
  if (text.length > TEXT_MAX) throw invalid(path, `${path} must not be longer than ${TEXT_MAX} characters`)
}

/** SQLite treats a NUL character as the end of a text. */
export function checkFilter (filter: BlocklistFilter): void {
  for (const path of ['identifier', 'blocked_by_email'] as const) {
    const text = filter[path] ?? ''
    if (text.length > FILTER_MAX) throw invalidQuery(path, `must not be longer than ${FILTER_MAX} characters`)
    if (text.includes('\0')) throw invalidQuery(path, 'must not contain a NUL character')
  }
}
