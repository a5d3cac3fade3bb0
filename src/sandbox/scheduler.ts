/**
 * Decides when jobs are performed: when the sandbox's clock has reached them by itself, for which a timer waits, and on the way
 * of a clock that is moved. Both are pieces of the sandbox's work, so they never happen at once, and other requests are answered
 * between their slices.
 */
import { clearTimeout, setImmediate, setTimeout } from 'node:timers' // not the globals, which a test may have replaced
import { elapsedMs } from './clock.js'
import { ApiError } from '../errors.js'
import { STEPS_MAX, emptyTally, performDue, setAside, type Jobs, type Run, type Tally } from './jobs.js'
import type { Sandbox } from './sandbox.js'
import type { Progress, Steps } from './work.js'

export interface Move {
  /** Where to, in microseconds, once the moves before this one are made. May throw an ApiError. */
  target (now: number): number
  /** Whether the clock stands still afterwards; as before unless given. */
  frozen?: boolean | undefined
  /** What links in events begin with. */
  baseUrl: string
}

/** What has happened on the way. */
export interface Moved extends Pick<Tally, 'performed' | 'failed' | 'kinds'> {
  /** What fell due so often that the move was ended there. */
  endedBy: string | null
}

export interface Scheduler {
  /** Begins to wait; from then on it notices by itself what is added, and a clock that is moved. */
  start (): void
  /** Looks anew for what is due: other rows have taken the place of those that it knows. */
  restart (): void
  /** Moves the clock. What falls due on the way happens at its own instant. Rejects with INTERRUPTED, or a database's error. */
  move (move: Move): Promise<Moved>
  /** Performs a job that was set aside, now. */
  retry (kind: string, subjectId: string): Promise<void>
  stop (): void
}

export interface SchedulerOptions {
  sandbox: Sandbox
  jobs: Jobs
  /** What links in events begin with that no request has caused. */
  baseUrl (): string
  report (error: unknown): void
}

/** The longest wait, so that a computer's clock that is set forward, as after a sleep, is noticed. */
const LOOK_EVERY_MS = 60_000
/** After a failure of the database, the first wait and the longest. */
const RESTS_MS = { first: 250, longest: 30_000 }

export function createScheduler ({ sandbox, jobs, baseUrl, report }: SchedulerOptions): Scheduler {
  const { clock, due, work } = sandbox
  let timer: NodeJS.Timeout | undefined
  let isStarted = false
  let isWaking = false
  let failures = 0
  let restsUntilMs = 0

  /** In a turn of its own: jobs are added within a transaction, many at once, and are not stored yet. */
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
    if (!isStarted || work.isBusy()) return // wakes when that has ended
    try {
      const waitMs = untilDueMs()
      if (waitMs === undefined) return
      if (waitMs > LOOK_EVERY_MS) wakeIn(LOOK_EVERY_MS, wake)
      else wakeIn(Math.max(waitMs, restsUntilMs - elapsedMs(), 0), perform)
    } catch (error) {
      rest(error)
      wakeIn(restsUntilMs - elapsedMs(), wake)
    }
  }

  function wakeIn (ms: number, act: () => void): void {
    timer = setTimeout(act, ms).unref()
  }

  /** Undefined where nothing will be due by itself. */
  function untilDueMs (): number | undefined {
    const dueAt = due.firstDueAt()
    if (dueAt === undefined) return undefined
    const waitMs = Math.ceil((dueAt - clock.now()) / 1000)
    return waitMs > 0 && clock.state().frozen_at !== null ? undefined : waitMs
  }

  function perform (): void {
    if (work.isBusy()) return
    const run = beginRun(baseUrl())
    work.run('due', () => catchUp(run)).then(() => { failures = 0 }, rest).finally(() => { reportErrors(run) })
  }

  /** Reported once, not every time that it fails again. */
  function rest (error: unknown): void {
    if (error instanceof ApiError) return // abandoned
    if (failures === 0) report(error)
    restsUntilMs = elapsedMs() + Math.min(RESTS_MS.first * 2 ** failures, RESTS_MS.longest)
    failures++
  }

  function beginRun (links: string): Run {
    return { sandbox, jobs, baseUrl: links, tally: emptyTally() }
  }

  function * catchUp (run: Run): Steps<void> {
    for (;;) {
      const tooOften = yield * performDue(run, clock.now)
      if (tooOften === undefined) return
      setAside(tooOften, new Error(`it fell due ${STEPS_MAX} times in a row`), clock.now(), run)
    }
  }

  function * moveSteps ({ target, frozen }: Move, run: Run, progress: Progress): Steps<Moved> {
    const from = clock.now()
    const to = target(from)
    const tooOften = yield * performDue(run, () => to, instant => {
      if (instant > clock.now()) clock.moveTo(instant, { from })
      progress.done++
    })
    // A clock that runs may have passed the target by now. It does not go back unless that was asked for.
    if (tooOften === undefined) clock.moveTo(to < from ? to : Math.max(to, clock.now()), { from, frozen })
    const { performed, failed, kinds } = run.tally
    return { performed, failed, kinds, endedBy: tooOften?.subject_id ?? null }
  }

  function * retrySteps (kind: string, subjectId: string, run: Run): Steps<void> {
    due.add(clock.now(), kind, subjectId)
    yield * catchUp(run)
  }

  function reportErrors ({ tally }: Run): void {
    for (const error of tally.errors) report(error)
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
    move (move) {
      const run = beginRun(move.baseUrl)
      return work.run('clock', progress => moveSteps(move, run, progress)).finally(() => { reportErrors(run) })
    },
    retry (kind, subjectId) {
      const run = beginRun(baseUrl())
      return work.run('due', () => retrySteps(kind, subjectId, run)).finally(() => { reportErrors(run) })
    },
    stop () {
      isStarted = false
      clearTimeout(timer)
    }
  }
}
