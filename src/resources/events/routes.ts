/** Handlers of the operations under /events. */
import type { Handlers } from '../../contract/handlers.js'
import { invalidQuery, notFound } from '../../errors.js'
import { recordEvents } from '../usage/record.js'
import { eventResponse, listEvents } from './list.js'
import { EVENT_ID_MAX, decideEvents } from './rules.js'

export const events = {
  'POST /events/ingest': ({ body, context }) => ({ ingested_count: recordEvents(decideEvents(body.events, context), context) }),

  'GET /events': ({ query, context }) => ({ items: listEvents(query, context).map(event => eventResponse(event, context)) }),

  'GET /events/{event_id}': ({ path: { event_id: id }, context }) => {
    if (id.trim() === '' || id.length > EVENT_ID_MAX) {
      throw invalidQuery('event_id', `must have 1 to ${EVENT_ID_MAX} characters`)
    }
    const event = context.sandbox.events.find(id)
    if (event === undefined) throw notFound('event', id)
    return eventResponse(event, context)
  }
} satisfies Handlers
