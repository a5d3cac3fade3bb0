/**
 * Does what is due. In real time a timer waits for the first job of a sandbox; when the clock is moved forward, everything on
 * the way happens in the order of its due time, each at that time.
 */
import { clearTimeout, setTimeout } from 'node:timers' // not the globals, which a test may have replaced
import type { Context, Sandbox } from './sandbox.js'
import type { DueJob } from './store/due.js'

/** What is done for each kind of job; synchronous and atomic, like a handler. */
export type Jobs = Record<string, (subjectId: string, context: Context) => void>

const TIMER_MAX_MS = 2 ** 31 - 1

/** Does everything that is due by `untilUs`, in order. Runs inside a transaction. */
export function runDue (sandbox: Sandbox, jobs: Jobs, untilUs: number, origin: string): void {
  for (let job = sandbox.due.next(untilUs); job !== undefined; job = sandbox.due.next(untilUs)) {
    sandbox.due.done(job)
    perform(job, jobs, { sandbox, now: job.due_at, origin })
  }
}

function perform ({ kind, subject_id: subjectId }: DueJob, jobs: Jobs, context: Context): void {
  const job = jobs[kind]
  if (job === undefined) throw new Error(`nobody does jobs of the kind ${kind}`)
  job(subjectId, context)
}

export interface Scheduler {
  /** Begins to wait; from then on it hears by itself of what is added and of a clock that is moved. */
  start (): void
  stop (): void
}

/** Waits for the first job and does it in a turn of its own. */
export function createScheduler (
  sandbox: Sandbox, jobs: Jobs, origin: () => string, report: (error: unknown) => void
): Scheduler {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  function run (): void {
    sandbox.turn.run(() => runDue(sandbox, jobs, sandbox.clock.now(), origin()), error => {
      if (error !== undefined) report(error)
      else wake()
    })
  }

  function wake (): void {
    clearTimeout(timer)
    const dueAt = isStopped || sandbox.clock.state().frozen_at !== null ? undefined : sandbox.due.firstDueAt()
    if (dueAt === undefined) return
    const delayMs = Math.ceil((dueAt - sandbox.clock.now()) / 1000)
    timer = setTimeout(run, Math.min(Math.max(delayMs, 0), TIMER_MAX_MS)).unref()
  }

  return {
    start () {
      sandbox.due.watch(wake)
      sandbox.clock.watch(wake)
      wake()
    },
    stop () {
      isStopped = true
      clearTimeout(timer)
    }
  }
}
