/**
 * Group commit: the changes that arrive in one turn of the event loop share one SQLite transaction, and their replies go out
 * after its COMMIT, so that an answered request is on disk. This lifts the throughput: a COMMIT costs more than a payment.
 * A change that throws takes back its own rows and nobody else's. Nearly all throw before their first write; when one does not,
 * the whole turn is rolled back and run again with a savepoint for each change (savepoints for all would cost as much as the
 * writes themselves). Handlers know nothing of all this; they are synchronous functions that read, decide and write.
 */
import { setImmediate } from 'node:timers' // not the global, which a test may have replaced
import type { Database } from './database.js'

export interface Batch {
  /**
   * Runs `change` within this turn's transaction and then calls `done` once: with the error that `change` threw, with its
   * result after COMMIT, or with the error that kept the transaction from being stored. A `done` that throws is reported, and
   * the others are still called.
   */
  run<Result> (change: () => Result, done: (error: unknown, result?: Result) => void): void
  /** Runs `change` at once, in a transaction of its own. If it throws, or the database does, nothing of it is stored. */
  alone<Result> (change: () => Result): Result
  /** Runs `part` of a change in a savepoint. If it throws, its own rows are taken back and no others, and its error is thrown. */
  apart<Result> (part: () => Result): Result
  /** Runs and stores what waits, now: for a database that is about to be closed. Their `done`s are called before it returns. */
  finish (): void
  /** How many rows were written since the database was opened: two equal answers tell that nothing has changed between them. */
  countWrites (): number
}

interface Entry {
  change: () => unknown
  done: (error: unknown, result?: never) => void
  error: unknown
  result: unknown
}

export interface TurnOptions {
  /** Called whenever rows were taken back, so that what was remembered of them can be forgotten. */
  rolledBack (): void
  /** Called before each transaction; throws where nothing may be written any more. */
  check? (): void
  /** Called before each COMMIT, inside the transaction. */
  committing? (): void
  /** Called with whatever a `done` throws. */
  report (error: unknown): void
}

export function createBatch (
  database: Database, { rolledBack, check = () => {}, committing = () => {}, report }: TurnOptions
): Batch {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const rollback = database.prepare('ROLLBACK')
  const savepoint = database.prepare('SAVEPOINT change')
  const release = database.prepare('RELEASE change')
  const rollbackChange = database.prepare('ROLLBACK TO change')
  const savepointPart = database.prepare('SAVEPOINT part')
  const releasePart = database.prepare('RELEASE part')
  const rollbackPart = database.prepare('ROLLBACK TO part')
  const countWrites = database.prepare<[], number>('SELECT total_changes()').pluck()
  let entries: Entry[] = []

  /** Throws when the transaction is gone: on a full or failing disk SQLite rolls it back by itself. */
  function attempt (entry: Entry): void {
    entry.error = undefined
    try {
      entry.result = entry.change()
    } catch (error) {
      entry.error = error ?? new Error('a change was refused without a reason')
    }
    if (!database.inTransaction) throw entry.error ?? new Error('a change ended the transaction that it is part of')
  }

  /** Runs the changes one after the other; false as soon as one has thrown after its first write. */
  function runTogether (batch: readonly Entry[]): boolean {
    return batch.every(entry => {
      const before = countWrites.get()
      attempt(entry)
      return entry.error === undefined || countWrites.get() === before
    })
  }

  function runApart (batch: readonly Entry[]): void {
    for (const entry of batch) {
      savepoint.run()
      attempt(entry)
      if (entry.error !== undefined) {
        rollbackChange.run()
        rolledBack()
      }
      release.run()
    }
  }

  /** After a failure of the database. It may fail in this too, being closed or broken; the callers hear of what came first. */
  function takeBack (): void {
    try {
      if (database.inTransaction) rollback.run()
      rolledBack()
    } catch {}
  }

  /** The rows are stored or not by now; an answer that fails must not cost the others theirs, nor the process its life. */
  function answer ({ done, error, result }: Entry): void {
    try {
      error === undefined ? done(undefined, result as never) : done(error)
    } catch (thrown) {
      report(thrown)
    }
  }

  /** A `done` may add further changes; they are run too. */
  function finish (): void {
    while (entries.length > 0) flush()
  }

  function flush (): void {
    if (entries.length === 0) return // finished before its time
    const batch = entries
    entries = []
    try {
      check()
      begin.run()
      if (!runTogether(batch)) {
        rollback.run()
        rolledBack()
        begin.run()
        runApart(batch)
      }
      committing()
      commit.run()
    } catch (error) {
      for (const entry of batch) entry.error ??= error
      takeBack()
    }
    batch.forEach(answer)
  }

  function alone<Result> (change: () => Result): Result {
    check()
    begin.run()
    try {
      const result = change()
      committing()
      commit.run()
      return result
    } catch (error) {
      takeBack()
      throw error
    }
  }

  function apart<Result> (part: () => Result): Result {
    savepointPart.run()
    try {
      return part()
    } catch (error) {
      if (database.inTransaction) rollbackPart.run() // on a full or failing disk SQLite may have ended the transaction
      rolledBack()
      throw error
    } finally {
      if (database.inTransaction) releasePart.run()
    }
  }

  return {
    alone,
    apart,
    run (change, done) {
      if (entries.length === 0) setImmediate(flush)
      entries.push({ change, done, error: undefined, result: undefined })
    },
    finish,
    countWrites: () => countWrites.get() ?? 0
  }
}
