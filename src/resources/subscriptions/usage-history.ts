/** `GET /subscriptions/{subscription_id}/usage-history`: the usage of each cycle, with the current one, newest first. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError } from '../../errors.js'
import { MUST_BE_A_TIME, formatTime, parseTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { findMeter } from '../meters/rules.js'
import type { CycleFilter, ReportedMeter, UsageCycle } from '../usage/store.js'
import { currentCycle } from './metering.js'
import type { Subscription } from './store.js'

export interface HistoryQuery {
  start_date?: string | null
  end_date?: string | null
  meter_id?: string | null
}

/** The cycles that a query selects. Throws an ApiError for an invalid time, and for an unknown meter. */
export function usageHistory (
  subscription: Subscription, { start_date: from = null, end_date: to = null, meter_id: meterId = null }: HistoryQuery,
  context: Context
): Array<Schemas['UsageHistoryItem']> {
  const { sandbox } = context
  const filter: CycleFilter = {
    ...(from === null ? {} : { start: time('start_date', from) }), ...(to === null ? {} : { end: time('end_date', to) })
  }
  if (meterId !== null) findMeter(meterId, context, 'meter_id')
  const current = currentCycle(subscription, sandbox)
  const cycles = [
    ...(current !== null && isSelected(current, filter) ? [current] : []),
    ...sandbox.usage.cycles(subscription.subscription_id, filter)
  ]
  if (meterId === null) return cycles.map(historyItem)
  return cycles
    .map(cycle => ({ ...cycle, meters: cycle.meters.filter(meter => meter.meter_id === meterId) }))
    .filter(({ meters }) => meters.length > 0)
    .map(historyItem)
}

function time (name: string, text: string): number {
  const us = parseTime(text)
  if (us !== null) return us
  throw new ApiError('INVALID_REQUEST_PARAMETERS', { status: 400, path: name, message: `${name} ${MUST_BE_A_TIME}` })
}

function isSelected ({ start_at: start, end_at: end }: UsageCycle, filter: CycleFilter): boolean {
  return end > (filter.start ?? -Infinity) && start < (filter.end ?? Infinity)
}

function historyItem ({ start_at: start, end_at: end, meters }: UsageCycle): Required<Schemas['UsageHistoryItem']> {
  return { start_date: formatTime(start), end_date: formatTime(end), meters: meters.map(meterUsage) }
}

function meterUsage ({ meter_id: id, currency, ...usage }: ReportedMeter): Required<Schemas['MeterUsageItem']> {
  return { id, currency: currency as Schemas['Currency'], ...usage }
}
