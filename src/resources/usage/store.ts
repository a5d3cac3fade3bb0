/**
 * The store of usage totals: a counter for each meter in the current cycle of a subscription, the closed cycles, and totals by
 * day. Counters and days are updated with every event, so that a renewal does not read the events again.
 */
import type { MeterCharge } from '../../rules/usage.js'
import type { UsageTotal } from '../../rules/metering.js'
import type { Database } from '../../store/database.js'
import type { UsageCountersRow, UsageCyclesRow, UsageDayCountsRow, UsageDaysRow } from '../../store/rows.gen.js'

/** The usage of a customer on a meter in the current cycle of a subscription. */
export type UsageCounter = UsageCountersRow

/** The usage of a meter in a cycle, as it was charged. */
export interface ReportedMeter extends Pick<MeterCharge, 'chargeable_units'> {
  meter_id: string
  name: string
  currency: string
  free_threshold: number
  price_per_unit: string
  consumed_units: string
  /** In minor units. */
  total_price: number
}

/** A cycle, or the part of a cycle that a settlement closed. */
export interface UsageCycle extends Pick<UsageCyclesRow, 'subscription_id' | 'start_at' | 'end_at'> {
  meters: ReportedMeter[]
}

export interface CycleFilter {
  /** Only cycles that end after this time. */
  start?: number
  /** Only cycles that begin before this time. */
  end?: number
}

export type UsageDay = UsageDaysRow

export interface UsageStore {
  /** The counters of the current cycle of a subscription, by meter. */
  open (subscriptionId: string): UsageCounter[]
  ofCustomer (customerId: string): UsageCounter[]
  /** Inserts or replaces a counter. */
  put (counter: UsageCounter): void
  setTotal (subscriptionId: string, meterId: string, total: UsageTotal): void
  remove (subscriptionId: string): void
  insertCycle (cycle: UsageCycle): void
  /** Closed cycles, newest first. */
  cycles (subscriptionId: string, filter: CycleFilter): UsageCycle[]
  findDay (meterId: string, customerId: string, day: number): UsageDay | undefined
  putDay (day: UsageDay): void
  /** How far the days of a meter are counted. Undefined if they are complete. */
  findCounting (meterId: string): UsageDayCountsRow | undefined
  putCounting (counting: UsageDayCountsRow): void
  removeCounting (meterId: string): void
  /** The days of a meter from one day to another, oldest first; of one customer if given. */
  days (meterId: string, from: number, to: number, customerId?: string): UsageDay[]
}

const COUNTER = ['subscription_id', 'meter_id', 'customer_id', 'floor_at', 'start_at', 'end_at', 'since_seq', 'quantity',
  'last_at', 'settled_at', 'settled_units', 'settled_quantity'] as const

export function usageStore (database: Database): UsageStore {
  const columns = COUNTER.join(', ')
  const open = database.prepare<[string], UsageCounter>(
    `SELECT ${columns} FROM usage_counters WHERE subscription_id = ? ORDER BY meter_id`)
  const ofCustomer = database.prepare<[string], UsageCounter>(`SELECT ${columns} FROM usage_counters WHERE customer_id = ?`)
  const put = database.prepare(
    `INSERT INTO usage_counters (${columns}) VALUES (${COUNTER.map(() => '?').join(', ')})
      ON CONFLICT (subscription_id, meter_id) DO UPDATE SET ${assignments(COUNTER.slice(2))}`)
  const setTotal = database.prepare(
    'UPDATE usage_counters SET quantity = ?, last_at = ? WHERE subscription_id = ? AND meter_id = ?')
  const remove = database.prepare('DELETE FROM usage_counters WHERE subscription_id = ?')
  const insertCycle = database.prepare('INSERT INTO usage_cycles (subscription_id, start_at, end_at, meters) VALUES (?, ?, ?, ?)')
  const cycles = database.prepare<[string, number, number], UsageCyclesRow>(`SELECT * FROM usage_cycles
    WHERE subscription_id = ? AND end_at > ? AND start_at < ? ORDER BY end_at DESC, seq DESC`)
  return {
    open: subscriptionId => open.all(subscriptionId),
    ofCustomer: customerId => ofCustomer.all(customerId),
    put: counter => { put.run(...COUNTER.map(column => counter[column])) },
    setTotal: (subscriptionId, meterId, { quantity, last_at: lastAt }) => {
      setTotal.run(quantity, lastAt, subscriptionId, meterId)
    },
    remove: subscriptionId => { remove.run(subscriptionId) },
    insertCycle: ({ subscription_id: id, start_at: start, end_at: end, meters }) => {
      insertCycle.run(id, start, end, JSON.stringify(meters))
    },
    cycles: (subscriptionId, { start = -Infinity, end = Infinity }) =>
      cycles.all(subscriptionId, start, end).map(({ seq: _, meters, ...cycle }) => ({ ...cycle, meters: JSON.parse(meters) })),
    ...daysStore(database)
  }
}

type DaysStore = Pick<UsageStore, 'findDay' | 'putDay' | 'findCounting' | 'putCounting' | 'removeCounting' | 'days'>

function daysStore (database: Database): DaysStore {
  const columns = 'meter_id, customer_id, day, events, quantity, last_at'
  const select = `SELECT ${columns} FROM usage_days WHERE meter_id = ?`
  const find = database.prepare<[string, string, number], UsageDay>(`${select} AND customer_id = ? AND day = ?`)
  const put = database.prepare(`INSERT INTO usage_days (${columns}) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (meter_id, day, customer_id) DO UPDATE SET ${assignments(['events', 'quantity', 'last_at'])}`)
  const findCounting = database.prepare<[string], UsageDayCountsRow>('SELECT * FROM usage_day_counts WHERE meter_id = ?')
  const putCounting = database.prepare(`INSERT INTO usage_day_counts (meter_id, until_seq, stream_id, timestamp, seq)
    VALUES (?, ?, ?, ?, ?) ON CONFLICT (meter_id) DO UPDATE SET ${assignments(['until_seq', 'stream_id', 'timestamp', 'seq'])}`)
  const removeCounting = database.prepare('DELETE FROM usage_day_counts WHERE meter_id = ?')
  const days = database.prepare<[string, number, number], UsageDay>(`${select} AND day >= ? AND day <= ? ORDER BY day`)
  const ofCustomer = database.prepare<[string, number, number, string], UsageDay>(
    `${select} AND day >= ? AND day <= ? AND customer_id = ? ORDER BY day`)
  return {
    findDay: (meterId, customerId, day) => find.get(meterId, customerId, day),
    putDay: ({ meter_id: meterId, customer_id: customerId, day, events, quantity, last_at: lastAt }) => {
      put.run(meterId, customerId, day, events, quantity, lastAt)
    },
    findCounting: meterId => findCounting.get(meterId),
    putCounting: ({ meter_id: meterId, until_seq: untilSeq, stream_id: streamId, timestamp, seq }) => {
      putCounting.run(meterId, untilSeq, streamId, timestamp, seq)
    },
    removeCounting: meterId => { removeCounting.run(meterId) },
    days: (meterId, from, to, customerId) =>
      customerId === undefined ? days.all(meterId, from, to) : ofCustomer.all(meterId, from, to, customerId)
  }
}

/** The columns of an upsert. Not a replacement, because the triggers of the undo log do not notice replaced rows. */
function assignments (columns: readonly string[]): string {
  return columns.map(column => `${column} = excluded.${column}`).join(', ')
}
