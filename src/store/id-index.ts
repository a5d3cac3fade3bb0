/**
 * An index of ids that programs choose, for tables that grow by millions of rows. In a unique index, each random id changes
 * another page, which made storing events ten times slower. Here, the hashes of each 8,192 ids are together, so that new ids
 * change few pages. Bloom filters in memory, with four bytes for each id, say in which parts an id may be.
 *
 * Rows are numbered in the order of their insertion. The filters of complete parts are stored, and others after each million
 * rows. The hashes of later rows are read again when the filter is first needed.
 */
import { createBloomFilter, filterWords, hashOf, type BloomFilter } from '../rules/bloom.js'
import { createSingle } from './cache.js'
import type { Database } from './database.js'

export interface IdIndex {
  /** The number of the row with this id. `isRow` returns whether a row with the same hash has it. */
  find (id: string, isRow: (seq: number) => boolean): number | undefined
  /** Adds the id of a new row, whose number is higher than all before. */
  add (id: string, seq: number): void
}

const RUN_BITS = 13
/**
 * Filters end at 2 ** 13, 2 ** 15 and so on to 2 ** 21 ids, and have 2 ** 22 ids each after that, so that a small database needs
 * little memory, and a large one has few filters. Each filter costs every new id a look into memory.
 */
const SMALLEST_BITS = 13
const GROWTH_BITS = 2
const GROWN_BITS = 21
const LARGEST_BITS = 22
/** The rows after which the filter of a growing part is stored: a number of whole runs. */
const STORED_EACH = 2 ** 20

/** The rows of a filter: from `first` to before `first + capacity`. */
interface Range {
  first: number
  capacity: number
}

/** The range of a row. */
export function rangeOf (seq: number): Range {
  if (seq < 2 ** SMALLEST_BITS) return { first: 0, capacity: 2 ** SMALLEST_BITS }
  if (seq < 2 ** GROWN_BITS) {
    const growths = Math.floor((Math.log2(seq) - SMALLEST_BITS) / GROWTH_BITS)
    const first = 2 ** (SMALLEST_BITS + growths * GROWTH_BITS)
    return { first, capacity: first * (2 ** GROWTH_BITS - 1) }
  }
  const capacity = 2 ** LARGEST_BITS
  return { first: 2 ** GROWN_BITS + Math.floor((seq - 2 ** GROWN_BITS) / capacity) * capacity, capacity }
}

interface Part extends Range {
  filter: BloomFilter
}

export function idIndex (database: Database, storedEach = STORED_EACH): IdIndex {
  const insert = database.prepare('INSERT INTO event_ids (run, hash, seq) VALUES (?, ?, ?)')
  const inRun = database.prepare<[number, number], number>('SELECT seq FROM event_ids WHERE run = ? AND hash = ?').pluck()
  const lastRun = database.prepare<[], number>('SELECT run FROM event_ids ORDER BY run DESC LIMIT 1').pluck()
  const hashes = database.prepare<[number, number], number>('SELECT hash FROM event_ids WHERE run >= ? AND run < ?').pluck()
  const stored = database.prepare<[number], { bits: Buffer, until_seq: number }>(
    'SELECT bits, until_seq FROM event_filters WHERE first_seq = ?')
  const store = database.prepare(`INSERT INTO event_filters (first_seq, bits, until_seq) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET bits = excluded.bits, until_seq = excluded.until_seq`)
  const parts = createSingle(database, () => readParts())

  function readParts (): Part[] {
    const found: Part[] = []
    const last = lastRun.get() ?? -1
    let seq = 0
    while (runOf(seq) <= last) {
      const range = rangeOf(seq)
      found.push({ ...range, filter: readFilter(range) })
      seq = range.first + range.capacity
    }
    return found
  }

  function readFilter ({ first, capacity }: Range): BloomFilter {
    const known = stored.get(first)
    const isUsable = known?.bits.length === filterWords(capacity) * 4
    const filter = isUsable
      ? createBloomFilter(capacity, new Uint32Array(Uint8Array.from(known.bits).buffer))
      : createBloomFilter(capacity)
    const from = isUsable ? known.until_seq : first
    for (const hash of hashes.iterate(runOf(from), runOf(first + capacity))) filter.add(hash)
    return filter
  }

  /** The part that a new row belongs to. Stores the filter of the rows before, if it is time. */
  function partFor (seq: number): Part {
    const all = parts.get()
    const last = all.at(-1)
    const isFull = last === undefined || seq >= last.first + last.capacity
    if (last !== undefined && (isFull || (seq % storedEach === 0 && seq > last.first))) {
      store.run(last.first, Buffer.from(last.filter.bits.buffer), seq)
    }
    if (!isFull) return last
    const range = rangeOf(seq)
    const part = { ...range, filter: createBloomFilter(range.capacity) }
    all.push(part)
    return part
  }

  return {
    find (id, isRow) {
      const hash = hashOf(id)
      const all = parts.get()
      for (let index = all.length - 1; index >= 0; index--) { // repeated ids are mostly recent
        const part = all[index]
        if (part?.filter.has(hash) !== true) continue
        for (let run = runOf(part.first + part.capacity - 1); run >= runOf(part.first); run--) {
          const seq = inRun.all(run, hash).find(isRow)
          if (seq !== undefined) return seq
        }
      }
      return undefined
    },
    add (id, seq) {
      const hash = hashOf(id)
      partFor(seq).filter.add(hash)
      insert.run(runOf(seq), hash, seq)
    }
  }
}

function runOf (seq: number): number {
  return Math.floor(seq / 2 ** RUN_BITS)
}
