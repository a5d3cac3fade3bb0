/** Serializes the body of a webhook: compact JSON with sorted keys, as the real API sends it. */
import { formatTime } from '../rules/calendar.js'
import type { EventType, PayloadType } from './catalogue.js'

export interface Envelope {
  business_id: string
  /** The time of the event in microseconds. */
  timestamp: number
  type: EventType
  payload_type: PayloadType
  /** The object in the API's shape. */
  data: object
}

/** The text that is signed and sent. `JSON.stringify(JSON.parse(body))` returns it unchanged. */
export function envelopeBody (envelope: Envelope): string {
  return JSON.stringify(envelopeObject(envelope))
}

/** The body of a webhook as an object with sorted keys. */
export function envelopeObject ({ business_id: businessId, timestamp, type, payload_type: payloadType, data }: Envelope): object {
  return sorted({ business_id: businessId, data: { ...data, payload_type: payloadType }, timestamp: formatTime(timestamp), type })
}

/** A deep copy with sorted keys. JavaScript always puts integer keys first, and so does JSON.parse. */
function sorted<Value> (value: Value): Value
function sorted (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(item => sorted(item))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1).map(([key, inner]) => [key, sorted(inner)]))
}
