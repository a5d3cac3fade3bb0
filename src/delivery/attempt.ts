/** Makes one attempt to deliver an event to an endpoint, and records its outcome. */
import type { Clock } from '../sandbox/clock.js'
import type { Endpoint } from './endpoint.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { FaultKind } from './faults.js'
import { envelopeAt, signedMessage, type Message } from './message.js'
import type { Payloads } from '../sandbox/sender.js'
import { isDelivered, post, type Connections, type Posted } from './post.js'
import { nextTry } from './schedule.js'
import type { Attempt, Delivery, StoredEvent } from './store.js'

/** The dependencies of an attempt. */
export interface AttemptContext {
  sandbox: Sandbox
  payloads: Payloads
  /** The computer's clock, which signatures use. */
  system: Clock
  /** A monotonic clock. */
  steady: Clock
  timeoutMs: number
  connections: Connections
  /** Aborted when the emulator closes. */
  stop: AbortSignal
  /** Whether new attempts are on hold. */
  isHeld (): boolean
  /** Called with each error that is a bug of the emulator. */
  report (error: unknown): void
}

export interface Ended {
  attempt: Attempt
  isDelivered: boolean
  /** When it ended, by the sandbox's clock. */
  endedAt: number
}

/** Makes signatures that a receiver must refuse. */
const WRONG_SECRET = `whsec_${Buffer.alloc(24, 'not your secret').toString('base64')}`
/** Older than the five minutes that receivers accept. */
const STALE_MS = 10 * 60_000

/** Never throws: errors are part of the outcome. */
export async function attempt (
  event: StoredEvent, delivery: Delivery, endpoint: Endpoint, fault: FaultKind | null, context: AttemptContext
): Promise<Ended> {
  const { sandbox, steady, timeoutMs, connections, stop } = context
  const startedAt = startOf(delivery, sandbox)
  const before = steady.now()
  const message = compose(event, delivery, endpoint, fault, context)
  const outcome = message === null
    ? UNREADABLE
    : await post({ url: endpoint.url, headers: message.headers, body: message.body, timeoutMs, connections, stop })
  const duration = steady.now() - before
  return {
    isDelivered: isDelivered(outcome),
    endedAt: startedAt + (sandbox.clock.state().frozen_at === null ? duration : 0), // no time passes on a frozen clock
    attempt: {
      started_at: startedAt,
      duration_us: duration,
      url: endpoint.url,
      request_headers: message?.headers ?? {},
      request_body: message?.body ?? '',
      response_status: outcome.status,
      response_headers: outcome.headers,
      response_body: outcome.body,
      error: outcome.error,
      fault
    }
  }
}

/** If the clock skipped the due time, the attempt counts as made at that time, and the next one is scheduled from there. */
function startOf ({ due_at: dueAt }: Delivery, { clock }: Sandbox): number {
  return dueAt !== null && clock.skipped(dueAt) ? dueAt : clock.now()
}

const UNREADABLE: Posted = {
  status: null, headers: null, body: null, error: 'the emulator could not create the message; see its output'
}

function compose (
  event: StoredEvent, delivery: Delivery, endpoint: Endpoint, fault: FaultKind | null,
  { sandbox, payloads, system, report }: AttemptContext
): Message | null {
  const nowMs = Math.floor(system.now() / 1000)
  const dueAt = delivery.due_at ?? sandbox.clock.now()
  try {
    return signedMessage(envelopeAt(dueAt, event, payloads, sandbox), endpoint, {
      eventId: event.event_id,
      nowMs: fault === 'stale_timestamp' ? nowMs - STALE_MS : nowMs,
      secret: fault === 'wrong_secret' ? WRONG_SECRET : endpoint.secret
    })
  } catch (error) {
    report(error)
    return null
  }
}

/** Stores the outcome of an attempt and schedules the next one. Runs inside a transaction. */
export function recordAttempt (seq: number, { attempt, isDelivered, endedAt }: Ended, { outbox, settings }: Sandbox): void {
  const delivery = outbox.deliveryBySeq(seq)
  if (delivery === undefined) return
  outbox.addAttempt(seq, attempt)
  const tries = delivery.tries + 1
  if (isDelivered) return outbox.setState(seq, 'succeeded', tries, null)
  if (delivery.state !== 'waiting') return outbox.setState(seq, delivery.state, tries, null)
  const dueAt = delivery.is_retried ? nextTry({ tries, failedAt: endedAt }, settings.retryScheduleUs) : null
  outbox.setState(seq, dueAt === null ? 'failed' : 'waiting', tries, dueAt)
}
