/** The rules for creating and finding meters. A meter can't be changed later, only archived. */
import type { Schemas } from '../../contract/operations.js'
import { invalid, notFound } from '../../errors.js'
import { filterDepth, type Aggregation, type MeterFilter } from '../../rules/metering.js'
import { DESCRIPTION_MAX, NAME_MAX, checkLength } from '../../rules/text.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { CompiledMeter, Meter } from './store.js'

type MeterRequest = Schemas['CreateMeterRequest']

const DEPTH_MAX = 3

/** Decides a meter. Throws an ApiError for the first rule that the request breaks. Writes nothing. */
export function decideMeter (body: MeterRequest, { sandbox, now }: Context): Meter {
  for (const field of ['name', 'event_name', 'measurement_unit'] as const) {
    if (body[field].trim() === '') throw invalid(field, `${field} must not be empty`)
  }
  checkLength('name', body.name, NAME_MAX)
  checkLength('description', body.description, DESCRIPTION_MAX)
  return {
    meter_id: sandbox.ids.next('mtr', now),
    name: body.name,
    description: body.description ?? null,
    event_name: body.event_name,
    measurement_unit: body.measurement_unit,
    aggregation: aggregationOf(body),
    filter: filterOf(body),
    archived: false,
    created_at: now,
    updated_at: now
  }
}

function aggregationOf ({ aggregation: { type, key = null } }: MeterRequest): Aggregation {
  if (type === 'count') return { type, key: null }
  if (key === null || key === '') {
    throw invalid('aggregation.key', `aggregation.key must name the metadata key whose numbers ${type} takes`)
  }
  return { type, key }
}

function filterOf ({ filter = null }: MeterRequest): MeterFilter | null {
  if (filter === null) return null
  const depth = filterDepth(filter)
  if (depth <= DEPTH_MAX) return filter
  throw invalid('filter', `filter must be nested at most ${DEPTH_MAX} levels deep, not ${depth}`)
}

/** Throws NOT_FOUND. Archived meters are found. */
export function findMeter (meterId: string, { sandbox }: Context, path = 'id'): CompiledMeter {
  const meter = sandbox.meters.find(meterId)
  if (meter === undefined) throw notFound('meter', meterId, path)
  return meter
}
