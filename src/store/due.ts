/**
 * Stores the jobs of a sandbox. A job runs for a subject at a time of the sandbox's clock. Jobs are rows, so they survive a
 * restart. A subject has at most one job of each kind. A job that fails is set aside with its error until it is added again.
 */
import type { Database, Statement } from './database.js'
import type { DueJobsRow } from './rows.gen.js'

export type DueJob = DueJobsRow

export type DueState = 'waiting' | 'failed'

export interface DueFilter {
  kind?: string
  subject_id?: string
}

/** Conditions that match the partial indexes. */
const STATES: Record<DueState, string> = { waiting: 'failed_at IS NULL', failed: 'failed_at IS NOT NULL' }

export interface DueJobs {
  /** Adds a job that is due at `dueAt` (microseconds), or reschedules the subject's job of this kind, even if it failed. */
  add (dueAt: number, kind: string, subjectId: string): void
  /** Sets when the subject's jobs of these kinds are due; null removes a job. Writes only the jobs that change. */
  plan (subjectId: string, times: Readonly<Record<string, number | null>>): void
  /** Removes the jobs of a subject, or its job of one kind. */
  remove (subjectId: string, kind?: string): void
  find (kind: string, subjectId: string): DueJob | undefined
  /** The first waiting job that is due at `byUs` or earlier. */
  next (byUs: number): DueJob | undefined
  /** The time of the first waiting job in microseconds; undefined if there is none. */
  firstDueAt (): number | undefined
  done (job: DueJob): void
  /** Marks a job as failed, so that it does not run again. */
  setAside (job: DueJob, failedAt: number, error: string): void
  /** Ordered by due time. */
  list (state: DueState, filter: DueFilter, limit: number, offset: number): DueJob[]
  /** The number of waiting jobs. */
  count (): number
  countFailed (): number
  /** Calls `listener` whenever a job is added. */
  watch (listener: () => void): void
}

/** `rankOf` returns the rank of a kind. Jobs that are due at the same time run in the order of their ranks. */
export function dueJobs (database: Database, rankOf: (kind: string) => number): DueJobs {
  const add = database.prepare(`INSERT INTO due_jobs (due_at, rank, kind, subject_id) VALUES (?, ?, ?, ?)
    ON CONFLICT (subject_id, kind) DO UPDATE
    SET due_at = excluded.due_at, rank = excluded.rank, failed_at = NULL, error = NULL`)
  const removeAll = database.prepare('DELETE FROM due_jobs WHERE subject_id = ?')
  const removeOne = database.prepare('DELETE FROM due_jobs WHERE subject_id = ? AND kind = ?')
  const find = database.prepare<[string, string], DueJob>('SELECT * FROM due_jobs WHERE subject_id = ? AND kind = ?')
  const ofSubject = database.prepare<[string], DueJob>('SELECT * FROM due_jobs WHERE subject_id = ?')
  const next = database.prepare<[number], DueJob>(
    'SELECT * FROM due_jobs WHERE failed_at IS NULL AND due_at <= ? ORDER BY due_at, rank, seq LIMIT 1')
  const first = database.prepare<[], number>(
    'SELECT due_at FROM due_jobs WHERE failed_at IS NULL ORDER BY due_at LIMIT 1').pluck()
  const done = database.prepare('DELETE FROM due_jobs WHERE seq = ?')
  const setAside = database.prepare('UPDATE due_jobs SET failed_at = ?, error = ? WHERE seq = ?')
  const count = database.prepare<[], number>('SELECT count(*) FROM due_jobs WHERE failed_at IS NULL').pluck()
  const countFailed = database.prepare<[], number>('SELECT count(*) FROM due_jobs WHERE failed_at IS NOT NULL').pluck()
  const lists = new Map<string, Statement<unknown[], DueJob>>()
  let added = () => {}

  function listOf (state: DueState, { kind, subject_id: subjectId }: DueFilter, limit: number, offset: number): DueJob[] {
    const given = Object.entries({ kind, subject_id: subjectId }).filter(([, value]) => value !== undefined)
    const conditions = [STATES[state], ...given.map(([column]) => `${column} = ?`)].join(' AND ')
    const statement = lists.get(conditions) ??
      database.prepare<unknown[], DueJob>(`SELECT * FROM due_jobs WHERE ${conditions}
        ORDER BY due_at, rank, seq LIMIT ? OFFSET ?`)
    lists.set(conditions, statement)
    return statement.all(...given.map(([, value]) => value), limit, offset)
  }

  function addJob (dueAt: number, kind: string, subjectId: string): void {
    add.run(dueAt, rankOf(kind), kind, subjectId)
    added()
  }

  return {
    add: addJob,
    plan (subjectId, times) {
      const stored = ofSubject.all(subjectId)
      for (const [kind, dueAt] of Object.entries(times)) {
        const job = stored.find(other => other.kind === kind)
        if (dueAt !== null) {
          if (job === undefined || !isPlanned(job, dueAt, rankOf(kind))) addJob(dueAt, kind, subjectId)
        } else if (job !== undefined) done.run(job.seq)
      }
    },
    remove (subjectId, kind) {
      if (kind === undefined) removeAll.run(subjectId)
      else removeOne.run(subjectId, kind)
    },
    find: (kind, subjectId) => find.get(subjectId, kind),
    next: byUs => next.get(byUs),
    firstDueAt: () => first.get(),
    done: ({ seq }) => { done.run(seq) },
    setAside: ({ seq }, failedAt, error) => { setAside.run(failedAt, error, seq) },
    list: listOf,
    count: () => count.get() ?? 0,
    countFailed: () => countFailed.get() ?? 0,
    watch: listener => { added = listener }
  }
}

/** Whether adding the job again would not change it. */
function isPlanned (job: DueJob, dueAt: number, rank: number): boolean {
  return job.due_at === dueAt && job.rank === rank && job.failed_at === null
}
