/**
 * Group commit: the changes that arrive in one turn of the event loop form a batch and share one SQLite transaction. Replies are
 * sent after COMMIT, so an answered request is on disk. Sharing raises throughput, because a COMMIT costs more than a payment.
 *
 * A change that throws rolls back its own rows and no others. Nearly all throw before their first write. If one does not, the
 * whole batch is rolled back and run again with a savepoint for each change; using savepoints always would cost as much as the
 * writes themselves. Handlers do not see any of this: they are synchronous functions that read, decide and write.
 */
import { setImmediate } from 'node:timers' // not the global, which a test may have replaced
import type { CountedDatabase, Database } from './database.js'

export interface Batch {
  /**
   * Runs `change` in the batch's transaction and then calls `done` once: with the error that `change` threw, with its result
   * after COMMIT, or with the error that made the transaction fail. If `done` throws, the error is reported and the other
   * callbacks are still called.
   */
  run<Result> (change: () => Result, done: (error: unknown, result?: Result) => void): void
  /** Runs `change` immediately in its own transaction. If it throws, or COMMIT fails, nothing is stored. */
  alone<Result> (change: () => Result): Result
  /** Runs `part` of a change in a savepoint. If it throws, only its own rows are rolled back, and the error is rethrown. */
  apart<Result> (part: () => Result): Result
  /** Runs and commits the waiting changes before the database is closed. Calls their `done` before it returns. */
  finish (): void
  /** The number of rows written since the database was opened. If it has not changed, neither has the data. */
  countWrites (): number
}

interface Entry {
  change: () => unknown
  done: (error: unknown, result?: never) => void
  error: unknown
  result: unknown
}

export interface BatchOptions {
  /** Called after each rollback, so that caches can be cleared. */
  rolledBack (): void
  /** Called before each transaction. Throws if writes are refused. */
  check? (): void
  /** Called before each COMMIT, inside the transaction. */
  committing? (): void
  /** Called after all callbacks of a batch. */
  answered? (): void
  /** Called with the error if `done` throws. */
  report (error: unknown): void
}

export function createBatch (
  database: CountedDatabase, { rolledBack, check = () => {}, committing = () => {}, answered = () => {}, report }: BatchOptions
): Batch {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const rollback = database.prepare('ROLLBACK')
  const { runTogether, runApart } = changeRunner(database, rolledBack)
  let entries: Entry[] = []

  /** Rolls back after a database failure. Ignores further errors, because callers get the first one. */
  function rollBack (): void {
    try {
      if (database.inTransaction) rollback.run()
      rolledBack()
    } catch {}
  }

  /** An error in one callback must not affect the other callbacks or end the process. */
  function answer ({ done, error, result }: Entry): void {
    try {
      error === undefined ? done(undefined, result as never) : done(error)
    } catch (thrown) {
      report(thrown)
    }
  }

  /** Loops because a callback may add further changes. */
  function finish (): void {
    while (entries.length > 0) flush()
  }

  function flush (): void {
    if (entries.length === 0) return // `finish` has already run them
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
      rollBack()
    }
    batch.forEach(answer)
    answered()
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
      rollBack()
      throw error
    }
  }

  function run<Result> (change: () => Result, done: (error: unknown, result?: Result) => void): void {
    if (entries.length === 0) setImmediate(flush)
    entries.push({ change, done, error: undefined, result: undefined })
  }

  return { run, alone, apart: partRunner(database, rolledBack), finish, countWrites: writeCounter(database) }
}

function writeCounter (database: CountedDatabase): () => number {
  const count = database.prepare<[], number>('SELECT total_changes()').pluck()
  return () => (count.get() ?? 0) + database.countEarlier()
}

/** Runs the changes of a batch inside its transaction. */
function changeRunner (database: CountedDatabase, rolledBack: () => void) {
  const savepoint = database.prepare('SAVEPOINT change')
  const release = database.prepare('RELEASE change')
  const rollbackChange = database.prepare('ROLLBACK TO change')

  /** Throws if the transaction has ended: SQLite rolls it back by itself when the disk is full or fails. */
  function attempt (entry: Entry): void {
    entry.error = undefined
    try {
      entry.result = entry.change()
    } catch (error) {
      entry.error = error ?? new Error('a change was refused without a reason')
    }
    if (!database.inTransaction) throw entry.error ?? new Error('a change ended the transaction that it is part of')
  }

  return {
    /** Runs the changes in order. Stops and returns false if one throws after its first write. */
    runTogether: (batch: readonly Entry[]): boolean => batch.every(entry => {
      const before = database.countWritten()
      attempt(entry)
      return entry.error === undefined || database.countWritten() === before
    }),

    /** Runs each change in a savepoint. */
    runApart (batch: readonly Entry[]): void {
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
  }
}

function partRunner (database: Database, rolledBack: () => void): Batch['apart'] {
  const savepoint = database.prepare('SAVEPOINT part')
  const release = database.prepare('RELEASE part')
  const rollbackPart = database.prepare('ROLLBACK TO part')

  return part => {
    savepoint.run()
    try {
      return part()
    } catch (error) {
      if (database.inTransaction) rollbackPart.run() // SQLite ends the transaction by itself when the disk is full or fails
      rolledBack()
      throw error
    } finally {
      if (database.inTransaction) release.run()
    }
  }
}
