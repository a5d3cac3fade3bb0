/**
 * An index of ids that programs choose, for tables that grow by millions of rows. In a unique index, each random id changes
 * another page, which made storing events ten times slower. Here, the hashes of each 8,192 ids, a run, are together, so that new
 * ids change few pages. A table in memory, with 8 to 10 bytes for each id, says in which run an id may be.
 *
 * Rows are numbered in the order of their insertion. The hashes of complete runs are stored a second time, as one value that is
 * read quickly when the table is first needed.
 */
import { RUNS, createIdTable, hashOf, shortHash, type IdTable } from '../rules/id-table.js'
import { createIndex } from './cache.js'
import type { Database } from './database.js'

/** An id that was searched. */
export interface SoughtId {
  hash: number
  /** The runs that may contain it. */
  runs: readonly number[]
}

/** The id of a new row, whose number is higher than all before. */
export interface NewId {
  hash: number
  seq: number
}

/** Many ids at once take less time, because the processor waits for the memory of several of them together. */
export interface IdIndex {
  seek (ids: readonly string[]): SoughtId[]
  /** The number of the row with an id. `isRow` returns whether a row with the same hash has it. */
  find (sought: SoughtId, isRow: (seq: number) => boolean): number | undefined
  /** Adds the ids of new rows, in the order of their numbers. */
  add (rows: readonly NewId[]): void
}

const RUN_LENGTH = 8192
/** The runs that are added to the table at once. Sorting them together halves the time for ten million ids. */
const READ_AT_ONCE = 256

/** A run that is not complete. */
interface OpenRun {
  run: number
  /** Short hashes by row. Rows that were rolled back can be among them. */
  hashes: Int32Array
}

interface Index {
  table: IdTable
  open: OpenRun
}

export function idIndex (database: Database): IdIndex {
  const insert = database.prepare('INSERT INTO event_ids (run, hash, seq) VALUES (?, ?, ?)')
  const inRun = database.prepare<[number, number], number>('SELECT seq FROM event_ids WHERE run = ? AND hash = ?').pluck()
  const lastRun = database.prepare<[], number>('SELECT run FROM event_ids ORDER BY run DESC LIMIT 1').pluck()
  const rows = database.prepare<[number], [hash: number, seq: number]>('SELECT hash, seq FROM event_ids WHERE run = ?').raw()
  const stored = database.prepare<[number], Buffer>('SELECT hashes FROM event_runs WHERE run = ?').pluck()
  const store = database.prepare(`INSERT INTO event_runs (run, hashes) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET hashes = excluded.hashes`)
  const index = createIndex(database, readIndex)

  function readIndex (): Index {
    const last = lastRun.get() ?? 0
    const table = createIdTable(last * RUN_LENGTH)
    for (let first = 0; first < last; first += READ_AT_ONCE) {
      const count = Math.min(READ_AT_ONCE, last - first)
      const hashes = new Int32Array(count * RUN_LENGTH)
      for (let at = 0; at < count; at++) readRun(first + at, hashes.subarray(at * RUN_LENGTH, (at + 1) * RUN_LENGTH))
      table.addRuns(first, RUN_LENGTH, hashes)
    }
    const open = openRun(last)
    table.addRuns(last, RUN_LENGTH, open.hashes)
    return { table, open }
  }

  function readRun (run: number, hashes: Int32Array): void {
    const bytes = stored.get(run)
    if (bytes === undefined) readRows(run, hashes)
    else new Uint8Array(hashes.buffer, hashes.byteOffset, hashes.byteLength).set(bytes)
  }

  function readRows (run: number, hashes: Int32Array): void {
    for (const [hash, seq] of rows.iterate(run)) hashes[seq % RUN_LENGTH] = shortHash(hash)
  }

  function openRun (run: number): OpenRun {
    const hashes = new Int32Array(RUN_LENGTH)
    readRows(run, hashes)
    return { run, hashes }
  }

  /** The open run, which a new row belongs to. Stores the run before, if that is complete. */
  function openFor (run: number, index: Index): OpenRun {
    if (index.open.run < run) store.run(index.open.run, Buffer.from(index.open.hashes.buffer))
    if (index.open.run !== run) index.open = openRun(run) // a lower one after a rollback
    return index.open
  }

  return {
    seek (ids) {
      const { table } = index.get()
      const hashes = ids.map(hashOf) // all of them first, so that nothing is between the reads of the table
      return hashes.map(hash => ({ hash, runs: table.runsOf(hash) }))
    },
    find ({ hash, runs }, isRow) {
      if (runs.length === 0) return undefined
      const { open: { run: last } } = index.get()
      for (const lowest of runs) {
        for (let run = lowest; run <= last; run += RUNS) {
          const seq = inRun.all(run, hash).find(isRow)
          if (seq !== undefined) return seq
        }
      }
      return undefined
    },
    add (rows) {
      const known = index.get()
      for (const { hash, seq } of rows) insert.run(runOf(seq), hash, seq)
      for (const { hash, seq } of rows) {
        openFor(runOf(seq), known).hashes[seq % RUN_LENGTH] = shortHash(hash)
        known.table.add(hash, runOf(seq))
      }
    }
  }
}

function runOf (seq: number): number {
  return Math.floor(seq / RUN_LENGTH)
}
