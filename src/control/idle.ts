/** Waits until no job or delivery is due or in progress, so that tests do not need to sleep. */
import { setTimeout as wait } from 'node:timers/promises'
import { ApiError } from '../errors.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { components } from '../contract/control-types.gen.js'

const POLL_EVERY_MS = 5

/** Resolves with the counts of jobs and deliveries that are due later. Rejects with NOT_IDLE after the timeout. */
export async function whenIdle (
  { clock, due, outbox, sender, work, isOpen }: Sandbox, timeoutMs: number
): Promise<components['schemas']['Idle']> {
  const deadline = AbortSignal.timeout(timeoutMs)
  for (;;) {
    if (!isOpen()) throw new ApiError('NOT_IDLE', { because: 'it is closing' })
    const jobDueAt = due.firstDueAt()
    const isJobDue = jobDueAt !== undefined && jobDueAt <= clock.now()
    const deliveries = sender.busy()
    if (!isJobDue && !work.isBusy() && deliveries === 0) return { waiting: outbox.countWaiting(), due_later: due.count() }
    if (deadline.aborted) throw notIdle(deliveries, timeoutMs)
    await wait(POLL_EVERY_MS)
  }
}

function notIdle (deliveries: number, timeoutMs: number): ApiError {
  const busyWith = deliveries > 0
    ? `${deliveries} or more deliveries are due or in progress`
    : 'a job is due, or the clock is being moved'
  return new ApiError('NOT_IDLE', {
    because: `after ${timeoutMs} ms ${busyWith}: see GET /_emulator/deliveries, or wait longer with timeout_ms`
  })
}
