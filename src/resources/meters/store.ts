/** The store of meters, with their filters compiled. */
import { matcher, type Aggregation, type Matches, type MeterFilter } from '../../rules/metering.js'
import { createSingle } from '../../store/cache.js'
import type { Database } from '../../store/database.js'
import { fromJson, toJson } from '../../store/json.js'
import type { MetersRow } from '../../store/rows.gen.js'

export type Meter = Omit<MetersRow, 'seq' | 'aggregation' | 'filter' | 'archived'> & {
  aggregation: Aggregation
  filter: MeterFilter | null
  archived: boolean
}

/** A meter with its compiled filter. */
export interface CompiledMeter extends Meter {
  matches: Matches
}

export interface MetersStore {
  find (meterId: string): CompiledMeter | undefined
  insert (meter: Meter): void
  setArchived (meterId: string, archived: boolean, updatedAt: number): void
  /** Newest first. */
  list (filter: { archived: boolean }, limit: number, offset: number): Meter[]
  /** The meters of an event name, including archived ones: live subscriptions still use them. */
  ofEvent (eventName: string): readonly CompiledMeter[]
}

const COLUMNS = ['meter_id', 'name', 'description', 'event_name', 'measurement_unit', 'aggregation', 'filter', 'archived',
  'created_at', 'updated_at'] as const

interface Known {
  byId: Map<string, CompiledMeter>
  byEvent: Map<string, CompiledMeter[]>
}

export function metersStore (database: Database): MetersStore {
  const columns = COLUMNS.join(', ')
  const all = database.prepare<[], MetersRow>(`SELECT ${columns} FROM meters ORDER BY seq`)
  const insert = database.prepare(`INSERT INTO meters (${columns}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const setArchived = database.prepare('UPDATE meters SET archived = ?, updated_at = ? WHERE meter_id = ?')
  const list = database.prepare<[number, number, number], MetersRow>(
    `SELECT ${columns} FROM meters WHERE archived = ? ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?`)

  const known = createSingle<Known>(database, () => {
    const meters = all.all().map(row => compiled(read(row)))
    const byEvent = new Map<string, CompiledMeter[]>()
    for (const meter of meters) {
      const same = byEvent.get(meter.event_name)
      if (same === undefined) byEvent.set(meter.event_name, [meter])
      else same.push(meter)
    }
    return { byId: new Map(meters.map(meter => [meter.meter_id, meter])), byEvent }
  })

  return {
    find: meterId => known.get().byId.get(meterId),
    insert (meter) {
      known.clear()
      const { aggregation, filter, archived, ...rest } = meter
      const row = { ...rest, aggregation: JSON.stringify(aggregation), filter: toJson(filter), archived: Number(archived) }
      insert.run(...COLUMNS.map(column => row[column]))
    },
    setArchived (meterId, archived, updatedAt) {
      known.clear()
      setArchived.run(Number(archived), updatedAt, meterId)
    },
    list: ({ archived }, limit, offset) => list.all(Number(archived), limit, offset).map(read),
    ofEvent: eventName => known.get().byEvent.get(eventName) ?? []
  }
}

function read (row: Omit<MetersRow, 'seq'>): Meter {
  return { ...row, aggregation: JSON.parse(row.aggregation), filter: fromJson(row.filter), archived: row.archived === 1 }
}

function compiled (meter: Meter): CompiledMeter {
  return { ...meter, matches: matcher(meter.filter) }
}
