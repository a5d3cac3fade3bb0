/**
 * Webhook endpoints in fixtures files. An endpoint with an `at` receives the scenario's events from then on. Other endpoints
 * receive only events after the scenario.
 */
import type { FixturesItems } from '../../fixtures/document.js'
import { ALONE, type FixturesParts, type HistoryPart } from '../../fixtures/part.js'
import { webhooks as handlers } from './routes.js'

const webhooks: HistoryPart<FixturesItems['Webhook']> = {
  what: 'webhook endpoint',
  rank: 80,
  id: { field: 'id', isTaken: (id, { webhooks }) => webhooks.find(id) !== undefined },
  isFirst: ({ at }) => at !== undefined,
  happen ({ at, id: chosenId, secret, ...body }, context) {
    const { ids, webhooks } = context.sandbox
    const { id } = ids.choosing('whk', chosenId, () => handlers['POST /webhooks']({ ...ALONE, body, context }))
    const endpoint = webhooks.find(id)
    if (secret !== undefined && endpoint !== undefined) webhooks.update({ ...endpoint, secret })
    return id
  }
}

export const fixtures: FixturesParts = { webhooks }
