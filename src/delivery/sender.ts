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
import { createEndpointQueues } from './endpoint-queues.js'
import { keepEventData } from './keep.js'
import { createConnections, type ReceiverTrust } from './post.js'

export interface SenderOptions {
  sandbox: Sandbox
  payloads: Payloads
  /** The computer's clock, which signatures use. */
  system: Clock
  /** A monotonic clock. */
  steady: Clock
  /** Timeout of an attempt, including connecting and reading the response. */
  timeoutMs: number
  /** Certificates of receivers. */
  trust: ReceiverTrust
  report (error: unknown): void
}

export function createSender ({ sandbox, payloads, system, steady, timeoutMs, trust, report }: SenderOptions): Sender {
  const faults = createFaults()
  let stopping = new AbortController()
  let isWaking = false
  let isHeld = false
  let context = createContext()
  let queues = createEndpointQueues(context, faults)

  function createContext (): AttemptContext {
    stopping = new AbortController()
    setMaxListeners(0, stopping.signal) // each attempt adds a listener, and Node warns of a leak from the eleventh
    const connections = createConnections(trust)
    return { sandbox, payloads, system, steady, timeoutMs, connections, report, stop: stopping.signal, isHeld: () => isHeld }
  }

  function abortAll (): void {
    stopping.abort()
    context.connections.close()
    queues.close()
  }

  /** Deferred, because new rows are not committed yet. */
  function wakeSoon (): void {
    if (isWaking) return
    isWaking = true
    setImmediate(() => {
      isWaking = false
      if (stopping.signal.aborted) return
      try {
        queues.wake()
      } catch (error) {
        report(error)
      }
    })
  }

  return {
    payloads,
    faults,
    busy: () => queues.busy(),
    keepData: untilUs => keepEventData(untilUs, payloads, sandbox),
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
      queues = createEndpointQueues(context, faults)
      wakeSoon()
    }
  }
}
