/** The control operation of meters: their usage by day. */
import type { ControlHandlers } from '../../contract/handlers.js'
import { invalidQuery } from '../../errors.js'
import { formatTime, parseTime } from '../../rules/calendar.js'
import { mergeUsage, type UsageTotal } from '../../rules/metering.js'
import { DAY_US, dayOf } from '../usage/days.js'
import { findMeter } from './rules.js'

const DAYS_DEFAULT = 30
const DAYS_MAX = 366

export const meterControls = {
  'GET /_emulator/meters/{id}/days': ({ path, query, context }) => {
    const { meter_id: id, aggregation: { type } } = findMeter(path.id, context)
    const to = query.to === undefined ? dayOf(context.now) : dayNumber('to', query.to)
    const from = query.from === undefined ? to - DAYS_DEFAULT + 1 : dayNumber('from', query.from)
    if (to - from >= DAYS_MAX) throw invalidQuery('from', `must be at most ${DAYS_MAX} days before to`)
    const days = new Map<number, UsageTotal & { events: number }>()
    for (const { day, events, ...total } of context.sandbox.usage.days(id, from, to, query.customer_id)) {
      const before = days.get(day)
      days.set(day, before === undefined
        ? { events, ...total }
        : { events: before.events + events, ...mergeUsage(type, before, total) })
    }
    return {
      from: dayText(from),
      to: dayText(to),
      is_complete: context.sandbox.usage.findCounting(id) === undefined,
      items: [...days].map(([day, { events, quantity }]) => ({ day: dayText(day), events, units: quantity ?? '0' }))
    }
  }
} satisfies ControlHandlers

function dayNumber (name: string, text: string): number {
  const us = parseTime(`${text}T00:00:00Z`)
  if (us === null) throw invalidQuery(name, 'must be a day, such as 2026-04-01')
  return dayOf(us)
}

function dayText (day: number): string {
  return formatTime(day * DAY_US).slice(0, 10)
}
