/** Meters of a fixtures file. */
import type { FixturesItems } from '../../fixtures/document.js'
import { creationAndChange, type DataPart, type FixturesParts } from '../../fixtures/part.js'
import { decideMeter } from './rules.js'

const meters: DataPart<FixturesItems['Meter']> = {
  what: 'meter',
  rank: 25,
  id: { field: 'id', isTaken: (id, { meters }) => meters.find(id) !== undefined },
  references: ['meter_id'],
  insert (item, context) {
    const decided = decideMeter(item, context)
    const meter = { ...decided, meter_id: item.id ?? decided.meter_id, ...creationAndChange(item, context.now) }
    context.sandbox.meters.insert(meter)
    return meter.meter_id
  }
}

export const fixtures: FixturesParts = { meters }
