/** Waiting until nothing is due or under way, so that a test need not sleep. */
import { setTimeout as wait } from 'node:timers/promises'
import { ApiError } from '../errors.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { components } from '../contract/control-types.gen.js'

const LOOK_EVERY_MS = 5

/** What is left to be done later, once nothing is to be done now. Rejects with NOT_IDLE when that takes too long. */
export async function whenIdle (
  { clock, due, outbox, sender, work, isOpen }: Sandbox, timeoutMs: number
): Promise<components['schemas']['Idle']> {
  const patience = AbortSignal.timeout(timeoutMs)
  for (;;) {
    if (!isOpen()) throw new ApiError('NOT_IDLE', { because: 'it is closing' })
    const jobDueAt = due.firstDueAt()
    const isJobDue = jobDueAt !== undefined && jobDueAt <= clock.now()
    const deliveries = sender.busy()
    if (!isJobDue && !work.isBusy() && deliveries === 0) return { waiting: outbox.countWaiting(), due_later: due.count() }
    if (patience.aborted) throw notIdle(deliveries, timeoutMs)
    await wait(LOOK_EVERY_MS)
  }
}

function notIdle (deliveries: number, timeoutMs: number): ApiError {
  const busyWith = deliveries > 0
    ? `${deliveries} or more deliveries are due or under way`
    : 'something is due, or the clock is being moved'
  return new ApiError('NOT_IDLE', {
    because: `after ${timeoutMs} ms ${busyWith}: look at GET /_emulator/deliveries, or wait longer with timeout_ms`
  })
}
