/** Handlers of the operations under /blocklist. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import type { Context } from '../../sandbox/sandbox.js'
import { cancelNow } from '../subscriptions/change.js'
import { changedNote, checkFilter, decideBlock, decideNote, findBlocking, findEntry, type BlockDecision } from './rules.js'
import { blockResponse, entryDetails, entryResponse, noteResponse } from './view.js'

export const blocklistHandlers = {
  'GET /blocklist/customers': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    checkFilter(filter)
    return { items: context.sandbox.blocklist.list(filter, limit, offset).map(entry => entryResponse(entry, context)) }
  },

  'POST /blocklist/customers': ({ body, context }) => {
    const decision = decideBlock(body, context)
    block(decision, context)
    return blockResponse(decision, context)
  },

  'GET /blocklist/customers/{entry_id}': ({ path, context }) => entryDetails(findEntry(path.entry_id, context), context),

  'DELETE /blocklist/customers/{entry_id}': ({ path, context }) => {
    const { entry_id: entryId } = findBlocking(path.entry_id, context)
    context.sandbox.blocklist.unblock(entryId, context.now)
  },

  'POST /blocklist/customers/{entry_id}/notes': ({ path, body, context }) => {
    const note = decideNote(findEntry(path.entry_id, context), body.note, context)
    context.sandbox.blocklist.insertNote(note)
    return noteResponse(note)
  },

  'PATCH /blocklist/customers/{entry_id}/notes/{note_id}': ({ path, body, context }) => {
    const note = changedNote(findEntry(path.entry_id, context), path.note_id, body.note, context)
    context.sandbox.blocklist.updateNote(note)
    return noteResponse(note)
  }
} satisfies Handlers

function block ({ entry, isNew, cancelled }: BlockDecision, context: Context): void {
  const { sandbox, now } = context
  if (isNew) sandbox.blocklist.insert(entry)
  const changes = { cancel_reason: 'cancelled_by_merchant' as const, cancelled_at: now }
  for (const id of cancelled) {
    const subscription = sandbox.subscriptions.find(id)
    if (subscription !== undefined) cancelNow(subscription, changes, context)
  }
}
