/**
 * Sends the deliveries in the outbox in the background, so that a receiver can't delay an API reply. Reads due deliveries, and
 * stores the outcome of each attempt in its own transaction. If the process dies in between, the attempt is repeated after the
 * next start with the same webhook-id.
 */
import { setMaxListeners } from 'node:events'
import { setImmediate } from 'node:timers' // not the global, which a test may have replaced
import type { Clock } from '../sandbox/clock.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { Payloads, Sender } from '../sandbox/sender.js'
import type { AttemptContext } from './attempt.js'
import { createFaults } from './faults.js'
import { createEndpointQueue, type EndpointQueue } from './endpoint-queue.js'
import { createConnections } from './post.js'

export interface SenderOptions {
  sandbox: Sandbox
  payloads: Payloads
  /** The computer's clock, which signatures use. */
  system: Clock
  /** A monotonic clock. */
  steady: Clock
  /** Timeout of an attempt, including connecting and reading the response. */
  timeoutMs: number
  report (error: unknown): void
}

export function createSender ({ sandbox, payloads, system, steady, timeoutMs, report }: SenderOptions): Sender {
  let stopping = new AbortController()
  let context = createContext()
  const faults = createFaults()
  const queues = new Map<string, EndpointQueue>()
  let isWaking = false
  let isHeld = false

  function createContext (): AttemptContext {
    stopping = new AbortController()
    setMaxListeners(0, stopping.signal) // each attempt adds a listener, and Node warns of a leak from the eleventh
    const connections = createConnections()
    return { sandbox, payloads, system, steady, timeoutMs, connections, report, stop: stopping.signal, isHeld: () => isHeld }
  }

  function abortAll (): void {
    stopping.abort()
    context.connections.close()
    for (const queue of queues.values()) queue.close()
    queues.clear()
  }

  /** Deferred, because new rows are not committed yet. */
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
        queue = createEndpointQueue(id, context, faults)
        queues.set(id, queue)
      }
      queue.wake()
    }
    dropQueues()
  }

  /** Removes the queues of deleted endpoints that have no delivery in progress. */
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
    stop: abortAll,
    restart () {
      abortAll()
      faults.clear()
      context = createContext()
      wakeSoon()
    }
  }
}
