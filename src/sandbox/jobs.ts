/**
 * Runs due jobs in order, each at the time at which it was due. A job that throws is set aside with its error, and the others
 * continue. scheduler.ts and the scenario of a fixtures file decide when to run jobs.
 */
import type { Context, Sandbox } from './sandbox.js'
import type { DueJob } from '../store/due.js'
import { isStorageFailure } from '../store/failures.js'
import type { Steps } from './work.js'

export interface Job {
  /**
   * Jobs that are due at the same time run in the order of their ranks: 1 settlements, 2 usage of the cycle that ends, 3
   * scheduled cancellations, 4 expiries, 5 scheduled changes, 6 renewals, 8 retries of failures, 9 expiring credits and abandoned
   * checkouts. Jobs of one rank run in the order in which they were first added.
   */
  rank: number
  /** Synchronous, like a handler. `now` of its context is the time at which the job was due. */
  run (subjectId: string, context: Context): void
}

/** Jobs by kind. */
export type Jobs = Readonly<Record<string, Job>>

const LAST_RANK = 99

/** Unknown kinds, such as those of another version, run last. */
export function rankIn (jobs: Jobs): (kind: string) => number {
  return kind => jobs[kind]?.rank ?? LAST_RANK
}

/**
 * The most jobs of one subject in a run. A higher number is a mistake, such as a daily renewal over a hundred years, or a job
 * that reschedules itself at the same time.
 */
export const STEPS_MAX = 10_000

/** Counts of a run of jobs. */
export interface Tally {
  performed: number
  /** The number of jobs that were set aside. */
  failed: number
  /** The number of jobs performed by kind. */
  kinds: Map<string, number>
  /** The errors of the jobs that were set aside. */
  errors: JobError[]
  /** The number of jobs by subject. */
  subjects: Map<string, number>
}

export function emptyTally (): Tally {
  return { performed: 0, failed: 0, kinds: new Map(), errors: [], subjects: new Map() }
}

/** The error of a job that was set aside. */
export class JobError extends Error {
  constructor ({ kind, subject_id: subjectId }: DueJob, cause: unknown) {
    super(`${kind} of ${subjectId} failed and was set aside (GET /_emulator/due lists it): ${messageOf(cause)}`, { cause })
    this.name = 'JobError'
  }
}

export interface Run {
  sandbox: Sandbox
  jobs: Jobs
  /** The beginning of links in events. */
  baseUrl: string
  tally: Tally
}

export interface Listeners {
  /** Runs before the first job at each time. */
  prepare? (instant: number): Steps<void>
  /** Called before each job. */
  begin? (instant: number): void
  /** Called after each job. */
  end? (instant: number): void
}

/**
 * Runs the jobs that are due at the time that `until` returns, or earlier, and yields after each. Stops early and returns the
 * next job if its subject has had too many.
 */
export function * performDue (run: Run, until: () => number, { prepare, begin, end }: Listeners = {}): Steps<DueJob | undefined> {
  const { due } = run.sandbox
  let instant = -Infinity
  let prepared = -Infinity
  for (let job = due.next(until()); job !== undefined; job = due.next(until())) {
    const times = (run.tally.subjects.get(job.subject_id) ?? 0) + 1
    if (times > STEPS_MAX) return job
    const at = Math.max(instant, job.due_at)
    if (prepare !== undefined && at > prepared) {
      prepared = at
      yield * prepare(at)
      continue // requests between the slices can have added an earlier job
    }
    run.tally.subjects.set(job.subject_id, times)
    instant = at // time does not go back, even if a job schedules another in the past
    begin?.(instant)
    perform(job, instant, run)
    end?.(instant)
    yield
  }
  return undefined
}

/** Throws only if the database fails. */
function perform (job: DueJob, instant: number, run: Run): void {
  const { sandbox, jobs, baseUrl, tally } = run
  const { kind, subject_id: subjectId } = job
  try {
    sandbox.batch.apart(() => {
      const known = jobs[kind]
      if (known === undefined) throw new Error(`jobs of the kind ${kind} are unknown to this version`)
      sandbox.due.done(job)
      known.run(subjectId, { sandbox, now: instant, baseUrl })
    })
    tally.performed++
    tally.kinds.set(kind, (tally.kinds.get(kind) ?? 0) + 1)
  } catch (error) {
    if (isStorageFailure(error)) throw error
    setAside(job, error, instant, run)
  }
}

const ERROR_CHARACTERS_MAX = 1000

/** Stores a job's error, so that the job does not run again by itself. */
export function setAside (job: DueJob, cause: unknown, instant: number, { sandbox, tally }: Run): void {
  sandbox.due.setAside(job, instant, messageOf(cause).slice(0, ERROR_CHARACTERS_MAX))
  tally.failed++
  tally.errors.push(new JobError(job, cause))
}

function messageOf (cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
