/**
 * Group commit: the changes that arrive in one turn of the event loop share one SQLite transaction, and their replies go out after
 * its COMMIT, so that an answered request is on disk. This is what lifts the throughput: a COMMIT costs more than a payment.
 * Each change runs in a savepoint of its own: one that throws takes back its own rows and nobody else's. Handlers know nothing
 * of all this; they are synchronous functions that read, decide and write.
 */
import type { Database } from './database.js'

export interface Turn {
  /**
   * Runs `change` within this turn's transaction. `done` hears once: the error that `change` threw, or its result after
   * COMMIT, or the error that kept the transaction from being stored.
   */
  run<Result> (change: () => Result, done: (error: unknown, result?: Result) => void): void
}

interface Entry {
  change: () => unknown
  done: (error: unknown, result?: never) => void
  error: unknown
  result: unknown
}

export function createTurn (database: Database): Turn {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const rollback = database.prepare('ROLLBACK')
  const savepoint = database.prepare('SAVEPOINT change')
  const release = database.prepare('RELEASE change')
  const rollbackChange = database.prepare('ROLLBACK TO change')
  let entries: Entry[] = []

  function attempt (entry: Entry): void {
    savepoint.run()
    try {
      entry.result = entry.change()
    } catch (error) {
      entry.error = error ?? new Error('a change was refused without a reason')
      rollbackChange.run()
    }
    release.run()
  }

  function flush (): void {
    const turn = entries
    entries = []
    try {
      begin.run()
      for (const entry of turn) attempt(entry)
      commit.run()
    } catch (error) {
      if (database.inTransaction) rollback.run()
      for (const entry of turn) entry.error ??= error
    }
    for (const { done, error, result } of turn) error === undefined ? done(undefined, result as never) : done(error)
  }

  return {
    run (change, done) {
      if (entries.length === 0) setImmediate(flush)
      entries.push({ change, done, error: undefined, result: undefined })
    }
  }
}
