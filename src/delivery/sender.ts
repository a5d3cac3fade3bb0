/**
 * Sends what is in the outbox, at its own pace: nothing that a receiver does can delay a reply. It reads what is due, and writes
 * how each try ended in a transaction of its own; if the process dies in between, the try is made again after the next start,
 * with the same webhook-id.
 */
import { setMaxListeners } from 'node:events'
import { setImmediate } from 'node:timers' // not the global, which a test may have replaced
import type { Clock } from '../sandbox/clock.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { Delivering } from './attempt.js'
import { createFaults, type Faults } from './faults.js'
import { createEndpointQueue, type EndpointQueue } from './endpoint-queue.js'
import type { Payloads } from './message.js'
import { createConnections } from './post.js'

export interface SenderOptions {
  sandbox: Sandbox
  payloads: Payloads
  /** The computer's clock, by which what is sent is signed. */
  system: Clock
  /** Never goes back. */
  steady: Clock
  /** How long an endpoint has to answer: connecting and reading together. */
  timeoutMs: number
  report (error: unknown): void
}

export interface Sender {
  payloads: Payloads
  /** What is to go wrong with the next deliveries. */
  faults: Faults
  /** Begins to send; from then on it hears by itself of what is added and of a clock that is moved. */
  start (): void
  /** Gives up what is under way, without a word to the outbox. */
  stop (): void
  /** Gives up what is under way and begins anew: other rows have taken the place of those that it knows. */
  restart (): void
  /** Begins nothing new until it is released. */
  hold (): void
  release (): void
  /** How many deliveries are under way, or due and about to be. */
  busy (): number
}

export function createSender ({ sandbox, payloads, system, steady, timeoutMs, report }: SenderOptions): Sender {
  let stopping = new AbortController()
  let delivering = begin()
  const faults = createFaults()
  const queues = new Map<string, EndpointQueue>()
  let isWaking = false
  let isHeld = false

  function begin (): Delivering {
    stopping = new AbortController()
    setMaxListeners(0, stopping.signal) // every try listens, and Node would warn of a leak from the eleventh on
    const connections = createConnections()
    return { sandbox, payloads, system, steady, timeoutMs, connections, report, stop: stopping.signal, isHeld: () => isHeld }
  }

  function giveUp (): void {
    stopping.abort()
    delivering.connections.close()
    for (const queue of queues.values()) queue.close()
    queues.clear()
  }

  /** In a turn of its own, because what was just added is not committed yet. */
  function wakeSoon (): void {
    if (isWaking) return
    isWaking = true
    setImmediate(() => {
      isWaking = false
      if (stopping.signal.aborted) return
      try {
        wake()
      } catch (error) {
        report(error)
      }
    })
  }

  function wake (): void {
    for (const { webhook_id: id } of sandbox.webhooks.all()) {
      let queue = queues.get(id)
      if (queue === undefined) {
        queue = createEndpointQueue(id, delivering, faults)
        queues.set(id, queue)
      }
      queue.wake()
    }
    dropQueues()
  }

  /** Of endpoints that are gone, once nothing to them is under way. */
  function dropQueues (): void {
    for (const [id, queue] of queues) {
      if (sandbox.webhooks.find(id) !== undefined || queue.busy() > 0) continue
      queue.close()
      queues.delete(id)
    }
  }

  function busy (): number {
    const now = sandbox.clock.now()
    let count = 0
    for (const queue of queues.values()) count += queue.busy()
    for (const { webhook_id: id, disabled } of sandbox.webhooks.all()) {
      if (count === 0 && !disabled) count += sandbox.outbox.due(id, now, 1).length
    }
    return count
  }

  return {
    payloads,
    faults,
    busy,
    start () {
      sandbox.outbox.watch(wakeSoon)
      sandbox.clock.watch(wakeSoon)
      wakeSoon()
    },
    hold () { isHeld = true },
    release () {
      isHeld = false
      wakeSoon()
    },
    stop: giveUp,
    restart () {
      giveUp()
      faults.clear()
      delivering = begin()
      wakeSoon()
    }
  }
}
