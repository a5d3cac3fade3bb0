/** Handlers of the operations under /meters. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { notFound } from '../../errors.js'
import { beginCounting } from '../usage/days.js'
import { decideMeter, findMeter } from './rules.js'
import { meterResponse } from './view.js'

export const meters = {
  'GET /meters': ({ query, context }) => {
    const { limit, offset, filter: { archived = false } } = paging(query)
    return { items: context.sandbox.meters.list({ archived }, limit, offset).map(meter => meterResponse(meter, context)) }
  },

  'POST /meters': ({ body, context }) => {
    const meter = decideMeter(body, context)
    context.sandbox.meters.insert(meter)
    beginCounting(meter.meter_id, context)
    return meterResponse(meter, context)
  },

  'GET /meters/{id}': ({ path, context }) => meterResponse(findMeter(path.id, context), context),

  'DELETE /meters/{id}': ({ path, context }) => {
    const { meter_id: id, archived } = findMeter(path.id, context)
    if (archived) throw notFound('meter', `${id} that is not archived`, 'id')
    context.sandbox.meters.setArchived(id, true, context.now)
  },

  'POST /meters/{id}/unarchive': ({ path, context }) => {
    const { meter_id: id, archived } = findMeter(path.id, context)
    if (archived) context.sandbox.meters.setArchived(id, false, context.now)
  }
} satisfies Handlers
