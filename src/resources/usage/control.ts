/** The control operation that creates usage: many events, or a sum, at any time. */
import type { ControlHandlers } from '../../contract/handlers.js'
import type { components } from '../../contract/control-types.gen.js'
import { doesNotExist, invalid, invalidBody } from '../../errors.js'
import { MUST_BE_A_TIME, formatTime, parseTime } from '../../rules/calendar.js'
import { decimalOf, formatDecimal, parseDecimal, type Decimal } from '../../rules/exact-decimal.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { UsageEvent } from '../events/store.js'
import { recordEvents } from './record.js'

type Use = components['schemas']['Use']

export const usageControls = {
  'POST /_emulator/usage': ({ body, context }) => {
    const { sandbox } = context
    const events = decideUsage(body, context)
    return {
      ingested_count: recordEvents(events, context),
      usage: sandbox.usage.ofCustomer(body.customer_id).map(counter => ({
        subscription_id: counter.subscription_id,
        meter_id: counter.meter_id,
        consumed_units: counter.quantity ?? '0',
        start_date: formatTime(counter.start_at),
        end_date: formatTime(counter.end_at)
      }))
    }
  }
} satisfies ControlHandlers

/** Decides the events. Throws an ApiError for the first rule that the request breaks. Writes nothing. */
function decideUsage (body: Use, context: Context): UsageEvent[] {
  const { customer_id: customerId, event_name: name, count = 1, metadata = {} } = body
  const { sandbox, now } = context
  if (sandbox.customers.find(customerId) === undefined) throw doesNotExist('Customer', customerId, 'customer_id')
  const to = body.to === undefined ? now : time('to', body.to)
  const from = body.from === undefined ? to : time('from', body.from)
  if (from > to) throw invalid('from', `from must not be after to, which is ${formatTime(to)}`)
  const parts = body.sum === undefined ? null : { key: keyOf(body, context), values: partsOf(body.sum, count) }
  return Array.from({ length: count }, (_, index) => ({
    event_id: sandbox.ids.next('evt', now),
    customer_id: customerId,
    event_name: name,
    timestamp: from + Math.floor((to - from) * index / count),
    metadata: parts === null
      ? Object.keys(metadata).length === 0 ? null : metadata
      : { ...metadata, [parts.key]: parts.values[index] ?? 0 }
  }))
}

function time (path: string, text: string): number {
  const us = parseTime(text)
  if (us === null) throw invalidBody(path, MUST_BE_A_TIME)
  return us
}

function keyOf ({ key, event_name: name }: Use, { sandbox }: Context): string {
  if (key !== undefined) return key
  const keys = new Set(sandbox.meters.ofEvent(name).flatMap(({ aggregation }) => aggregation.key ?? []))
  const [only] = keys
  if (only !== undefined && keys.size === 1) return only
  throw invalid('key', `key must name the metadata key of the numbers: the meters of ${name} take ` +
    (keys.size === 0 ? 'none' : [...keys].join(' and ')))
}

/** Numbers that add up to a sum exactly, as equal as its decimals allow. */
function partsOf (sum: number | string, count: number): number[] {
  const decimal = typeof sum === 'number' ? decimalOf(sum) : parseDecimal(sum)
  if (decimal === null) throw invalid('sum', 'sum must be a decimal number, such as 10.75')
  const part = decimal.digits / BigInt(count)
  const last = decimal.digits - part * BigInt(count - 1)
  const equal = numberOf({ ...decimal, digits: part })
  return [...Array.from({ length: count - 1 }, () => equal), numberOf({ ...decimal, digits: last })]
}

function numberOf (decimal: Decimal): number {
  const text = formatDecimal(decimal)
  const number = Number(text)
  if (Number.isFinite(number) && formatDecimal(decimalOf(number)) === text) return number
  throw invalid('sum', `sum has more digits than an event can hold: ${text} does not fit into a number`)
}
