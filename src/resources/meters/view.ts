/** Meters in the API's shape. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Meter } from './store.js'

export function meterResponse (meter: Meter, { sandbox }: Context): Required<Schemas['MeterResponse']> {
  return {
    id: meter.meter_id,
    business_id: sandbox.business.business_id,
    name: meter.name,
    description: meter.description,
    event_name: meter.event_name,
    measurement_unit: meter.measurement_unit,
    aggregation: meter.aggregation,
    filter: meter.filter,
    created_at: formatTime(meter.created_at),
    updated_at: formatTime(meter.updated_at)
  }
}
