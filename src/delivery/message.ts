/** Builds the message for an event: its current body and the headers with the signature that the official clients verify. */
import { Webhook } from 'standardwebhooks'
import type { Endpoint } from './endpoint.js'
import { VERSION } from '../root.js'
import { SENDER_AGENT } from '../rules/headers.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { Payloads } from '../sandbox/sender.js'
import { PAYLOAD_TYPES } from './catalogue.js'
import { envelopeBody, type Envelope } from './envelope.js'
import type { StoredEvent } from './store.js'

export interface Message {
  headers: Record<string, string>
  body: string
}

/**
 * The event with the data that its subject had at `us`, if a move of the clock kept it, else with its current data. Throws if
 * the data can't be read.
 */
export function envelopeAt (us: number, event: StoredEvent, payloads: Payloads, sandbox: Sandbox): Envelope {
  const { type, subject_id: subjectId, sample, created_at: timestamp } = event
  const data = sample ?? sandbox.outbox.dataAt(event, us) ?? currentData(event, payloads, sandbox)
  if (data === undefined) throw new Error(`there is no data for ${type} of ${subjectId}`)
  return { business_id: sandbox.business.business_id, timestamp, type, payload_type: PAYLOAD_TYPES[type], data }
}

/** The current data of an event's subject. Undefined if there is no such subject. */
export function currentData (
  { type, subject_id: subjectId, base_url: baseUrl }: StoredEvent, payloads: Payloads, sandbox: Sandbox
): object | undefined {
  return payloads[PAYLOAD_TYPES[type]]?.(subjectId, { sandbox, baseUrl, now: sandbox.clock.now() })
}

export interface Signing {
  eventId: string
  /** Time of the computer's clock, not the sandbox's, because receivers compare it with theirs. */
  nowMs: number
  /** The endpoint's secret, or another one for a fault. */
  secret: string
}

export function signedMessage (envelope: Envelope, endpoint: Pick<Endpoint, 'headers'>, signing: Signing): Message {
  const body = envelopeBody(envelope)
  const { eventId, nowMs, secret } = signing
  return {
    body,
    headers: {
      ...Object.fromEntries(Object.entries(endpoint.headers).map(([name, value]) => [name.toLowerCase(), value])),
      'content-type': 'application/json',
      'user-agent': SENDER_AGENT + VERSION,
      'webhook-id': eventId,
      'webhook-timestamp': String(Math.floor(nowMs / 1000)),
      'webhook-signature': new Webhook(secret).sign(eventId, new Date(nowMs), body)
    }
  }
}
