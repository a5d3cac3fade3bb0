/**
 * Decides when jobs run: when the sandbox's clock reaches them, for which a timer waits, and while the clock is moved. Both are
 * part of the sandbox's work, so they never run at the same time, and requests are answered between their slices.
 */
import { clearTimeout, setImmediate, setTimeout } from 'node:timers' // not the globals, which a test may have replaced
import { elapsedMs } from './clock.js'
import { ApiError } from '../errors.js'
import { STEPS_MAX, emptyTally, performDue, setAside, type Jobs, type Run, type Tally } from './jobs.js'
import type { Sandbox } from './sandbox.js'
import type { Progress, Steps } from './work.js'

export interface Move {
  /** Returns the target in microseconds. Called after the moves before this one. May throw an ApiError. */
  target (now: number): number
  /** Called at the start and after each job. Returns whether the move ends at this time. */
  isOver? (): boolean
  /** Whether the clock is frozen afterwards. Defaults to the current state. */
  frozen?: boolean | undefined
  /** The beginning of links in events. */
  baseUrl: string
}

/** The jobs that ran during a move. */
export interface Moved extends Pick<Tally, 'performed' | 'failed' | 'kinds'> {
  /** The subject with too many jobs, at which the move stopped; null if the move is complete. */
  endedBy: string | null
}

export interface Scheduler {
  /** Starts to wait for jobs. Wakes when a job is added or the clock moves. */
  start (): void
  /** Checks again for due jobs, after rows were replaced. */
  restart (): void
  /** Moves the clock. Each job on the way runs at the time at which it is due. Rejects with INTERRUPTED or a database error. */
  move (move: Move): Promise<Moved>
  /** Runs a job that was set aside. */
  retry (kind: string, subjectId: string): Promise<void>
  stop (): void
}

export interface SchedulerOptions {
  sandbox: Sandbox
  jobs: Jobs
  /** The beginning of links in events that no request caused. */
  baseUrl (): string
  report (error: unknown): void
}

/** The longest wait, so that a jump of the computer's clock, such as after sleep, is noticed. */
const POLL_EVERY_MS = 60_000
/** Backoff after a database failure. */
const BACKOFF_MS = { first: 250, longest: 30_000 }

export function createScheduler ({ sandbox, jobs, baseUrl, report }: SchedulerOptions): Scheduler {
  const { clock, due, work } = sandbox
  let timer: NodeJS.Timeout | undefined
  let isStarted = false
  let isWaking = false
  let failures = 0
  let backoffUntilMs = 0

  /** Deferred, because jobs are added inside a transaction that is not committed yet. */
  function wakeSoon (): void {
    if (isWaking || !isStarted) return
    isWaking = true
    setImmediate(() => {
      isWaking = false
      wake()
    })
  }

  function wake (): void {
    clearTimeout(timer)
    if (!isStarted || work.isBusy()) return // wakes when the work has ended
    try {
      const waitMs = untilDueMs(sandbox)
      if (waitMs === undefined) return
      if (waitMs > POLL_EVERY_MS) wakeIn(POLL_EVERY_MS, wake)
      else wakeIn(Math.max(waitMs, backoffUntilMs - elapsedMs(), 0), perform)
    } catch (error) {
      backOff(error)
      wakeIn(backoffUntilMs - elapsedMs(), wake)
    }
  }

  function wakeIn (ms: number, act: () => void): void {
    timer = setTimeout(act, ms).unref()
  }

  function perform (): void {
    if (!work.isBusy()) runSteps('due', baseUrl(), catchUp).then(() => { failures = 0 }, backOff)
  }

  /** Reports the first failure only, and waits longer after each. */
  function backOff (error: unknown): void {
    if (error instanceof ApiError) return // abandoned
    if (failures === 0) report(error)
    backoffUntilMs = elapsedMs() + Math.min(BACKOFF_MS.first * 2 ** failures, BACKOFF_MS.longest)
    failures++
  }

  /** Runs steps as work of the sandbox, and reports what failed in them. */
  function runSteps<Result> (kind: 'clock' | 'due', links: string, steps: (run: Run, progress: Progress) => Steps<Result>) {
    const run: Run = { sandbox, jobs, baseUrl: links, tally: emptyTally() }
    return work.run(kind, progress => steps(run, progress)).finally(() => {
      for (const error of run.tally.errors) report(error)
    })
  }

  return {
    start () {
      isStarted = true
      due.watch(wakeSoon)
      clock.watch(wakeSoon)
      work.watch(wakeSoon)
      wake()
    },
    restart: wakeSoon,
    move: move => runSteps('clock', move.baseUrl, (run, progress) => moveSteps(move, run, progress)),
    retry: (kind, subjectId) => runSteps('due', baseUrl(), run => retrySteps(kind, subjectId, run)),
    stop () {
      isStarted = false
      clearTimeout(timer)
    }
  }
}

/** How long until something is due by itself; undefined if nothing will be. */
function untilDueMs ({ clock, due }: Sandbox): number | undefined {
  const dueAt = due.firstDueAt()
  if (dueAt === undefined) return undefined
  const waitMs = Math.ceil((dueAt - clock.now()) / 1000)
  return waitMs > 0 && clock.state().frozen_at !== null ? undefined : waitMs
}

/** Performs everything that is due now. */
function * catchUp (run: Run): Steps<void> {
  const { clock } = run.sandbox
  for (;;) {
    const tooOften = yield * performDue(run, clock.now)
    if (tooOften === undefined) return
    setAside(tooOften, new Error(`it fell due ${STEPS_MAX} times in a row`), clock.now(), run)
  }
}

/** Moves the clock, and performs what falls due on the way. */
function * moveSteps ({ target, isOver, frozen }: Move, run: Run, progress: Progress): Steps<Moved> {
  const { clock, sender } = run.sandbox
  const from = clock.now()
  const to = target(from)
  let isStopped = isOver?.() === true
  let end = isStopped ? from : to
  const tooOften = yield * performDue(run, () => end, {
    prepare: instant => sender.keepData(instant),
    begin (instant) {
      if (instant > clock.now()) clock.moveTo(instant, { from })
      progress.done++
    },
    end (instant) {
      if (isStopped || isOver?.() !== true) return
      isStopped = true
      end = instant // the other jobs of the instant run too
    }
  })
  // A running clock may have passed the target by now. It goes back only if the target was in the past.
  if (tooOften === undefined) clock.moveTo(end < from ? end : Math.max(end, clock.now()), { from, frozen })
  const { performed, failed, kinds } = run.tally
  return { performed, failed, kinds, endedBy: tooOften?.subject_id ?? null }
}

/** Makes a job that was set aside due again, and performs it. */
function * retrySteps (kind: string, subjectId: string, run: Run): Steps<void> {
  const { clock, due } = run.sandbox
  due.add(clock.now(), kind, subjectId)
  yield * catchUp(run)
}
