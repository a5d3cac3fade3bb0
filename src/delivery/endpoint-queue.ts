/**
 * Delivers to one endpoint. Each endpoint has its own queue, so that an endpoint that hangs does not delay others. A queue sends
 * due deliveries in the order of their due times, up to a limit in parallel and within the endpoint's rate limit.
 */
import { clearTimeout, setTimeout } from 'node:timers' // not the globals, which a test may have replaced
import type { Endpoint } from './endpoint.js'
import { attempt, recordAttempt, type AttemptContext, type Ended } from './attempt.js'
import type { Fault, FaultKind, Faults } from './faults.js'
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
/** Rows that are read in one query. */
const PAGE_ROWS = 64
/** How long shuffled deliveries wait for further ones. */
const SHUFFLE_TIMEOUT_MS = 1000
/** How long a delivery waits if its outcome could not be stored. */
const STORAGE_RETRY_MS = 5000
const TIMER_MAX_MS = 2 ** 31 - 1

export function createEndpointQueue (webhookId: string, context: AttemptContext, faults: Faults): EndpointQueue {
  const { sandbox, steady, stop, isHeld, report } = context
  const { outbox, clock, webhooks } = sandbox
  /** Deliveries that are queued, in progress, or held back to be shuffled. */
  const claimed = new Set<number>()
  let queue: number[] = []
  let inProgress = 0
  let held: Delivery[] = []
  let timer: NodeJS.Timeout | undefined
  let shuffleTimer: NodeJS.Timeout | undefined
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
      if (endpoint === undefined || endpoint.disabled) return forgetQueue()
      const pauseUs = endpoint.rate_limit === null ? 0 : nextFreeUs - steady.now()
      if (pauseUs > 0) return wakeIn(pauseUs)
      const polledAt = clock.now()
      const delivery = next(polledAt)
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

  function forgetQueue (): void {
    for (const seq of queue) claimed.delete(seq)
    queue = []
  }

  /** The next delivery that is due at `byUs` or earlier and still waits. */
  function next (byUs: number): Delivery | undefined {
    for (;;) {
      if (queue.length === 0) refill(byUs)
      const seq = queue.shift()
      if (seq === undefined) return undefined
      const delivery = outbox.deliveryBySeq(seq)
      if (delivery?.state === 'waiting' && delivery.due_at !== null && delivery.due_at <= byUs) return delivery
      claimed.delete(seq)
    }
  }

  function refill (byUs: number): void {
    const due = outbox.due(webhookId, byUs, PAGE_ROWS + claimed.size)
    queue = due.map(({ seq }) => seq).filter(seq => !claimed.has(seq))
    for (const seq of queue) claimed.add(seq)
  }

  function begin (delivery: Delivery, endpoint: Endpoint): void {
    const fault = faults.take(webhookId, outbox.eventOf(delivery).type)
    switch (fault?.kind) {
      case 'drop': return drop(delivery)
      case 'delay': return delay(delivery, fault)
      case 'shuffle': return hold(delivery, fault)
      default: deliver(delivery, endpoint, fault?.kind ?? null)
    }
  }

  async function deliver (delivery: Delivery, endpoint: Endpoint, fault: FaultKind | null): Promise<void> {
    inProgress++
    try {
      const event = outbox.eventOf(delivery)
      const ended = [await attempt(event, delivery, endpoint, fault, context)]
      if (fault === 'duplicate' && !stop.aborted) ended.push(await attempt(event, delivery, endpoint, fault, context))
      await record(delivery, ended)
    } catch (error) {
      report(error)
    }
    inProgress--
    wake()
  }

  /** Records nothing once the emulator closes: attempts in progress are repeated after the next start. */
  function record ({ seq }: Delivery, ended: readonly Ended[]): Promise<void> {
    if (stop.aborted) return Promise.resolve()
    return change(seq, () => { for (const each of ended) recordAttempt(seq, each, sandbox) })
  }

  function change (seq: number, write: () => void): Promise<void> {
    return new Promise(resolve => {
      sandbox.batch.run(write, error => {
        if (error === undefined) {
          claimed.delete(seq)
        } else {
          report(error)
          setTimeout(() => { claimed.delete(seq) }, STORAGE_RETRY_MS).unref()
        }
        resolve()
      })
    })
  }

  function drop (delivery: Delivery): void {
    change(delivery.seq, () => { outbox.setState(delivery.seq, 'dropped', delivery.tries, null) }).then(wake)
  }

  function delay (delivery: Delivery, { delayMs }: Fault): void {
    const dueAt = clock.now() + delayMs * 1000
    change(delivery.seq, () => { outbox.setState(delivery.seq, 'waiting', delivery.tries, dueAt) }).then(wake)
  }

  /** Holds deliveries back until the last one arrives or none arrives for a while. Then sends them one by one, last first. */
  function hold (delivery: Delivery, { isLast }: Fault): void {
    held.push(delivery)
    clearTimeout(shuffleTimer)
    if (isLast) release()
    else shuffleTimer = setTimeout(() => { release() }, SHUFFLE_TIMEOUT_MS).unref()
  }

  async function release (): Promise<void> {
    const deliveries = held.reverse()
    held = []
    for (const delivery of deliveries) {
      if (stop.aborted) return
      const endpoint = webhooks.find(webhookId)
      const isWanted = endpoint?.disabled === false && outbox.deliveryBySeq(delivery.seq)?.state === 'waiting'
      if (endpoint !== undefined && isWanted) await deliver(delivery, endpoint, 'shuffle')
      else claimed.delete(delivery.seq)
    }
  }

  return {
    wake,
    busy: () => claimed.size,
    close () {
      clearTimeout(timer)
      clearTimeout(shuffleTimer)
    }
  }
}
