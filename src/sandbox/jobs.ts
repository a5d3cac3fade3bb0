/**
 * Performs the jobs that are due, in their order, each at its own instant. A job that throws is set aside with its error, and the
 * others go on. When this is done is decided elsewhere: scheduler.ts, and the scenario of a fixtures file.
 */
import type { Context, Sandbox } from './sandbox.js'
import type { DueJob } from '../store/due.js'
import { isStorageFailure } from '../store/failures.js'
import type { Steps } from './work.js'

export interface Job {
  /**
   * Of jobs that are due at the same instant, the one with the lowest rank is first: 1 what becomes final, 2 usage that belongs
   * to the cycle that ends, 3 scheduled cancellations, 4 expiries, 5 scheduled changes, 6 renewals, 8 retries of failures, 9
   * links and credits that expire. Jobs of one rank are performed in the order in which they were first added.
   */
  rank: number
  /** Synchronous, like a handler. Its `now` is the instant at which the job was due. */
  run (subjectId: string, context: Context): void
}

/** By kind. */
export type Jobs = Readonly<Record<string, Job>>

const LAST_RANK = 99

/** Kinds that nobody knows, such as those of another version, come last. */
export function rankIn (jobs: Jobs): (kind: string) => number {
  return kind => jobs[kind]?.rank ?? LAST_RANK
}

/**
 * How often one subject may fall due in a run of jobs. More is a mistake, such as a daily renewal over a hundred years, or a job
 * that makes itself due again at the same instant.
 */
export const STEPS_MAX = 10_000

/** What a run of jobs has done so far. */
export interface Tally {
  performed: number
  /** How many were set aside. */
  failed: number
  /** How many of each kind were performed. */
  kinds: Map<string, number>
  /** What is to be reported of those that were set aside. */
  errors: JobError[]
  /** How often each subject fell due. */
  subjects: Map<string, number>
}

export function emptyTally (): Tally {
  return { performed: 0, failed: 0, kinds: new Map(), errors: [], subjects: new Map() }
}

/** Why a job was set aside. */
export class JobError extends Error {
  constructor ({ kind, subject_id: subjectId }: DueJob, cause: unknown) {
    super(`${kind} of ${subjectId} failed and was set aside (GET /_emulator/due lists it): ${messageOf(cause)}`, { cause })
    this.name = 'JobError'
  }
}

export interface Run {
  sandbox: Sandbox
  jobs: Jobs
  /** What links in events begin with. */
  baseUrl: string
  tally: Tally
}

/**
 * Performs everything that is due by the time that `until` gives, and pauses after each job. `begin` is called before each. Ends
 * early, with the job that is next, when its subject has fallen due too often.
 */
export function * performDue (run: Run, until: () => number, begin?: (instant: number) => void): Steps<DueJob | undefined> {
  const { due } = run.sandbox
  let instant = -Infinity
  for (let job = due.next(until()); job !== undefined; job = due.next(until())) {
    const times = (run.tally.subjects.get(job.subject_id) ?? 0) + 1
    if (times > STEPS_MAX) return job
    run.tally.subjects.set(job.subject_id, times)
    instant = Math.max(instant, job.due_at) // time does not go back, also where a job makes another due in the past
    begin?.(instant)
    perform(job, instant, run)
    yield
  }
  return undefined
}

/** Throws only where the database can't store what happens. */
function perform (job: DueJob, instant: number, run: Run): void {
  const { sandbox, jobs, baseUrl, tally } = run
  const { kind, subject_id: subjectId } = job
  try {
    sandbox.batch.apart(() => {
      const known = jobs[kind]
      if (known === undefined) throw new Error(`this version does not know jobs of the kind ${kind}`)
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

/** Keeps a job from being tried again by itself. */
export function setAside (job: DueJob, cause: unknown, instant: number, { sandbox, tally }: Run): void {
  sandbox.due.setAside(job, instant, messageOf(cause).slice(0, ERROR_CHARACTERS_MAX))
  tally.failed++
  tally.errors.push(new JobError(job, cause))
}

function messageOf (cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
