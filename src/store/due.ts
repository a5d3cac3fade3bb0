/**
 * The jobs of a sandbox: what is to happen to a subject at a time of its clock. They are rows, so a restart loses none. A subject
 * has at most one job of a kind. A job that failed is set aside with its error and keeps its place until it is added again.
 */
import type { Database, Statement } from './database.js'
import type { DueJobsRow } from './rows.gen.js'

export type DueJob = DueJobsRow

export type DueState = 'waiting' | 'failed'

export interface DueFilter {
  kind?: string
  subject_id?: string
}

/** In words that SQLite finds in the indexes of one state. */
const STATES: Record<DueState, string> = { waiting: 'failed_at IS NULL', failed: 'failed_at IS NOT NULL' }

export interface DueJobs {
  /** `dueAt` in microseconds. Moves the subject's job of this kind if there is one, also one that failed. */
  add (dueAt: number, kind: string, subjectId: string): void
  /** Removes the jobs of a subject, or its job of one kind. */
  remove (subjectId: string, kind?: string): void
  find (kind: string, subjectId: string): DueJob | undefined
  /** The waiting job that is first, if it is due by then. */
  next (byUs: number): DueJob | undefined
  /** When the first job is due; undefined if none waits. */
  firstDueAt (): number | undefined
  done (job: DueJob): void
  /** Keeps a job that failed from being tried again. */
  setAside (job: DueJob, failedAt: number, error: string): void
  /** In the order in which they are due. */
  list (state: DueState, filter: DueFilter, limit: number, offset: number): DueJob[]
  /** How many jobs wait. */
  count (): number
  countFailed (): number
  /** `listener` is called whenever a job was added. */
  watch (listener: () => void): void
}

/** `rankOf` gives the rank of a kind: which job is first of those that are due at the same instant. */
export function dueJobs (database: Database, rankOf: (kind: string) => number): DueJobs {
  const add = database.prepare(`INSERT INTO due_jobs (due_at, rank, kind, subject_id) VALUES (?, ?, ?, ?)
    ON CONFLICT (subject_id, kind) DO UPDATE
    SET due_at = excluded.due_at, rank = excluded.rank, failed_at = NULL, error = NULL`)
  const removeAll = database.prepare('DELETE FROM due_jobs WHERE subject_id = ?')
  const removeOne = database.prepare('DELETE FROM due_jobs WHERE subject_id = ? AND kind = ?')
  const find = database.prepare<[string, string], DueJob>('SELECT * FROM due_jobs WHERE subject_id = ? AND kind = ?')
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

  return {
    add (dueAt, kind, subjectId) {
      add.run(dueAt, rankOf(kind), kind, subjectId)
      added()
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
