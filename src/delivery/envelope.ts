/** The body of a webhook: compact JSON with the keys of every object in alphabetical order, as the real API writes it. */
import { formatTime } from '../rules/calendar.js'
import type { EventType, PayloadType } from './catalogue.js'

export interface Envelope {
  business_id: string
  /** When it happened, in microseconds. */
  timestamp: number
  type: EventType
  payload_type: PayloadType
  /** The object as the API shows it. */
  data: object
}

/** The bytes that are signed and sent; `JSON.stringify(JSON.parse(body))` gives them back unchanged. */
export function envelopeBody (envelope: Envelope): string {
  return JSON.stringify(envelopeObject(envelope))
}

/** The same as an object. */
export function envelopeObject ({ business_id: businessId, timestamp, type, payload_type: payloadType, data }: Envelope): object {
  return sorted({ business_id: businessId, data: { ...data, payload_type: payloadType }, timestamp: formatTime(timestamp), type })
}

/** A copy with sorted keys. Keys that are whole numbers come first whatever we do: so does JSON.parse put them. */
function sorted<Value> (value: Value): Value
function sorted (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(item => sorted(item))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1).map(([key, inner]) => [key, sorted(inner)]))
}
