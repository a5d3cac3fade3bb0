/**
 * Delivers to one endpoint. Each endpoint has its own queue, so that an endpoint that hangs does not delay others. A queue sends
 * due deliveries in the order of their due times, up to a limit in parallel and within the endpoint's rate limit.
 */
import { clearTimeout, setTimeout } from 'node:timers' // not the globals, which a test may have replaced
import { attempt, recordAttempt, type AttemptContext } from './attempt.js'
import { createDueDeliveries, type DueDeliveries } from './due-deliveries.js'
import type { Endpoint } from './endpoint.js'
import type { FaultKind, Faults } from './faults.js'
import { createShuffle } from './shuffle.js'
import type { Delivery } from './store.js'

export interface EndpointQueue {
  /** Sends the deliveries that are due. */
  wake (): void
  /** The number of deliveries that are queued, in progress or held back. */
  busy (): number
  close (): void
}

/** Parallel attempts to one endpoint. */
const ATTEMPTS_MAX = 16
/** How long a delivery waits if its outcome could not be stored. */
const STORAGE_RETRY_MS = 5000
const TIMER_MAX_MS = 2 ** 31 - 1

export function createEndpointQueue (webhookId: string, context: AttemptContext, faults: Faults): EndpointQueue {
  const { sandbox: { outbox, clock, webhooks }, steady, stop, isHeld, report } = context
  const due = createDueDeliveries(webhookId, outbox)
  const shuffle = createShuffle(sendShuffled)
  let inProgress = 0
  let timer: NodeJS.Timeout | undefined
  let nextFreeUs = 0

  function wake (): void {
    clearTimeout(timer)
    try {
      poll()
    } catch (error) {
      report(error)
    }
  }

  function poll (): void {
    for (;;) {
      if (inProgress >= ATTEMPTS_MAX || stop.aborted || isHeld()) return
      const endpoint = webhooks.find(webhookId)
      if (endpoint === undefined || endpoint.disabled) return due.clear()
      const pauseUs = endpoint.rate_limit === null ? 0 : nextFreeUs - steady.now()
      if (pauseUs > 0) return wakeIn(pauseUs)
      const polledAt = clock.now()
      const delivery = due.claim(polledAt)
      if (delivery === undefined) return wakeWhenDue(polledAt)
      begin(delivery, endpoint)
      // Measured after the start, so that no two attempts start closer together than the limit allows.
      if (endpoint.rate_limit !== null) nextFreeUs = steady.now() + 1e6 / endpoint.rate_limit
    }
  }

  function wakeIn (us: number): void {
    timer = setTimeout(wake, Math.min(Math.ceil(us / 1000), TIMER_MAX_MS)).unref()
  }

  /** `polledAt` is the time at which nothing was due. Deliveries that became due since then wake the queue at once. */
  function wakeWhenDue (polledAt: number): void {
    const dueAt = clock.state().frozen_at !== null ? undefined : outbox.firstDueAfter(webhookId, polledAt)
    if (dueAt !== undefined) wakeIn(Math.max(dueAt - clock.now(), 0))
  }

  function begin (delivery: Delivery, endpoint: Endpoint): void {
    const fault = faults.take(webhookId, outbox.eventOf(delivery).type)
    switch (fault?.kind) {
      case 'drop': return change(delivery, 'dropped', null)
      case 'delay': return change(delivery, 'waiting', clock.now() + fault.delayMs * 1000)
      case 'shuffle': return shuffle.hold(delivery, fault.isLast)
      default: deliver(delivery, endpoint, fault?.kind ?? null)
    }
  }

  async function deliver (delivery: Delivery, endpoint: Endpoint, fault: FaultKind | null): Promise<void> {
    inProgress++
    await send(delivery, endpoint, fault, context, due)
    inProgress--
    wake()
  }

  function change ({ seq, tries }: Delivery, state: 'dropped' | 'waiting', dueAt: number | null): void {
    store(seq, () => { outbox.setState(seq, state, tries, dueAt) }, context, due).then(wake)
  }

  async function sendShuffled (delivery: Delivery): Promise<void> {
    if (stop.aborted) return
    const endpoint = webhooks.find(webhookId)
    const isWanted = endpoint?.disabled === false && outbox.deliveryBySeq(delivery.seq)?.state === 'waiting'
    if (endpoint !== undefined && isWanted) await deliver(delivery, endpoint, 'shuffle')
    else due.release(delivery.seq)
  }

  return {
    wake,
    busy: () => due.count(),
    close () {
      clearTimeout(timer)
      shuffle.close()
    }
  }
}

/**
 * Makes one attempt, or two for the fault `duplicate`, and stores their outcomes. Stores nothing once the emulator closes:
 * attempts in progress are repeated after the next start.
 */
async function send (
  delivery: Delivery, endpoint: Endpoint, fault: FaultKind | null, context: AttemptContext, due: DueDeliveries
): Promise<void> {
  const { sandbox, stop, report } = context
  try {
    const event = sandbox.outbox.eventOf(delivery)
    const ended = [await attempt(event, delivery, endpoint, fault, context)]
    if (fault === 'duplicate' && !stop.aborted) ended.push(await attempt(event, delivery, endpoint, fault, context))
    if (stop.aborted) return
    await store(delivery.seq, () => { for (const each of ended) recordAttempt(delivery.seq, each, sandbox) }, context, due)
  } catch (error) {
    report(error)
  }
}

/** Stores a change of a delivery and then releases it, or a while later if the change could not be stored. */
function store (seq: number, write: () => void, { sandbox, report }: AttemptContext, due: DueDeliveries): Promise<void> {
  return new Promise(resolve => {
    sandbox.batch.run(write, error => {
      if (error === undefined) {
        due.release(seq)
      } else {
        report(error)
        setTimeout(() => { due.release(seq) }, STORAGE_RETRY_MS).unref()
      }
      resolve()
    })
  })
}
