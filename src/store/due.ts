/**
 * Everything that waits for a time: rows with a due time, done in its order when the sandbox's clock has reached it. The
 * clock may
 * run, stand still, or be moved; a restart loses nothing, because what waits is in the database.
 */
import type { Database } from './database.js'
import type { DueJobsRow } from './rows.gen.js'

export type DueJob = DueJobsRow

export interface DueJobs {
  /** `dueAt` in microseconds. */
  add (dueAt: number, kind: string, subjectId: string): void
  /** Takes back what was to happen to a subject. */
  remove (subjectId: string): void
  /** The job that is due first, if it is due by then. */
  next (byUs: number): DueJob | undefined
  /** When the first job is due; undefined if nothing waits. */
  firstDueAt (): number | undefined
  done (job: DueJob): void
  count (): number
  /** `listener` is called whenever something was added. */
  watch (listener: () => void): void
}

export function dueJobs (database: Database): DueJobs {
  const add = database.prepare('INSERT INTO due_jobs (due_at, kind, subject_id) VALUES (?, ?, ?)')
  const remove = database.prepare('DELETE FROM due_jobs WHERE subject_id = ?')
  const next = database.prepare<[number], DueJob>('SELECT * FROM due_jobs WHERE due_at <= ? ORDER BY due_at, seq LIMIT 1')
  const first = database.prepare<[], number>('SELECT due_at FROM due_jobs ORDER BY due_at LIMIT 1').pluck()
  const done = database.prepare('DELETE FROM due_jobs WHERE seq = ?')
  const count = database.prepare<[], number>('SELECT count(*) FROM due_jobs').pluck()
  let added = () => {}
  return {
    add (dueAt, kind, subjectId) {
      add.run(dueAt, kind, subjectId)
      added()
    },
    watch: listener => { added = listener },
    remove: subjectId => { remove.run(subjectId) },
    next: byUs => next.get(byUs),
    firstDueAt: () => first.get(),
    done: job => { done.run(job.seq) },
    count: () => count.get() ?? 0
  }
}
