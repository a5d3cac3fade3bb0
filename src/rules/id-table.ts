/**
 * Finds the runs of rows that may contain an id, by its hash. A hash table with 32 bits of the hash and 16 bits of the number of
 * the run. Among ten million ids, one new id in 400 is taken for a known one. The table has parts that grow one by one, so that
 * no call has to copy all of it.
 */
export interface IdTable {
  /** Adds the hash of an id in a run. */
  add (hash: number, run: number): void
  /** Adds runs of `length` short hashes each, with 0 for a row that does not exist. */
  addRuns (first: number, length: number, hashes: Int32Array): void
  /** The runs that may contain an id with this hash: these, and those whose numbers are higher by multiples of `RUNS`. */
  runsOf (hash: number): readonly number[]
}

/** The numbers of runs that the table distinguishes. */
export const RUNS = 2 ** 16

/**
 * Few, so that the objects of all parts stay in the processor's cache and a search reads memory once. A part of ten million ids
 * grows in a few milliseconds.
 */
const PARTS = 128
const SMALLEST = 8
const GROWTH = 1.3
const LOAD_MAX = 0.8
const NONE: readonly number[] = []

/** Open addressing with linear probing. The places of hashes are in their order, so that a part grows from front to back. */
interface Part {
  /** Short hashes; 0 marks an empty place. */
  hashes: Int32Array
  runs: Uint16Array
  count: number
}

/** The 32 bits of a hash that the table uses. Never 0. */
export function shortHash (hash: number): number {
  return (hash | 0) === 0 ? 1 : hash | 0
}

/** Creates a table with space for `expected` hashes and a few more. */
export function createIdTable (expected = 0): IdTable {
  const length = Math.ceil(expected / PARTS / LOAD_MAX * 1.05) + SMALLEST
  const parts = Array.from({ length: PARTS }, () => partOf(length, 0))

  return {
    add (hash, run) {
      const short = shortHash(hash)
      put(partWithSpace(parts, short & (PARTS - 1), 1), short, run)
    },

    addRuns (first, length, hashes) {
      const { sorted, runs, starts } = sortedByPart(first, length, hashes)
      for (let index = 0; index < PARTS; index++) {
        const [from = 0, end = 0] = starts.subarray(index, index + 2)
        const part = partWithSpace(parts, index, end - from)
        for (let place = from; place < end; place++) put(part, sorted[place] ?? 0, runs[place] ?? 0)
      }
    },

    runsOf (hash) {
      const short = shortHash(hash)
      const part = parts[short & (PARTS - 1)]
      if (part === undefined) return NONE
      const { hashes, runs } = part
      let found: number[] | undefined
      for (let place = firstPlace(short, hashes.length); ;) {
        const other = hashes[place]
        if (other === 0) return found ?? NONE
        if (other === short) (found ??= []).push(runs[place] ?? 0)
        if (++place === hashes.length) place = 0
      }
    }
  }
}

function partOf (length: number, count: number): Part {
  return { hashes: new Int32Array(length), runs: new Uint16Array(length), count }
}

/** A part, with space for more hashes. */
function partWithSpace (parts: Part[], index: number, more: number): Part {
  const part = parts[index] ?? partOf(SMALLEST, 0)
  part.count += more
  if (part.count <= part.hashes.length * LOAD_MAX) return part
  const length = Math.max(part.hashes.length * GROWTH, part.count / LOAD_MAX)
  return (parts[index] = copied(part, Math.ceil(length)))
}

function copied ({ hashes, runs, count }: Part, length: number): Part {
  const part = partOf(length, count)
  for (let place = 0; place < hashes.length; place++) {
    const short = hashes[place] ?? 0
    if (short !== 0) put(part, short, runs[place] ?? 0)
  }
  return part
}

/** The place where the search for a hash begins. */
function firstPlace (short: number, length: number): number {
  return Math.floor((short >>> 0) * (length / 2 ** 32))
}

/** Uses the first empty place. */
function put ({ hashes, runs }: Part, short: number, run: number): void {
  let place = firstPlace(short, hashes.length)
  while (hashes[place] !== 0) {
    if (++place === hashes.length) place = 0
  }
  hashes[place] = short
  runs[place] = run
}

/** The hashes of runs, sorted by part: adding part by part uses memory that is in the processor's cache. */
function sortedByPart (first: number, length: number, hashes: Int32Array) {
  const starts = new Uint32Array(PARTS + 1)
  for (let row = 0; row < hashes.length; row++) {
    const short = hashes[row] ?? 0
    const next = (short & (PARTS - 1)) + 1
    if (short !== 0) starts[next] = (starts[next] ?? 0) + 1
  }
  for (let index = 1; index <= PARTS; index++) starts[index] = (starts[index] ?? 0) + (starts[index - 1] ?? 0)
  const ends = starts.slice()
  const sorted = new Int32Array(starts[PARTS] ?? 0)
  const runs = new Uint16Array(sorted.length)
  for (let row = 0, run = first; row < hashes.length; run++) {
    for (const end = row + length; row < end; row++) {
      const short = hashes[row] ?? 0
      if (short === 0) continue
      const index = short & (PARTS - 1)
      const place = ends[index] ?? 0
      sorted[place] = short
      runs[place] = run
      ends[index] = place + 1
    }
  }
  return { sorted, runs, starts }
}

const FNV_PRIME = 0x01000193
const FNV_BASIS = 0x811c9dc5
/** Another odd factor, so that two texts with the same first hash differ in the second. */
const OTHER_PRIME = 0x85ebca6b
const HIGH_BITS = 20

/**
 * The hash of a text, an unsigned integer of 52 bits. Its low 32 bits are FNV-1a, and the high ones a hash like it with another
 * factor. All bits are then mixed. Among ten million texts, two have the same hash once in a hundred cases.
 */
export function hashOf (text: string): number {
  let low = FNV_BASIS
  let high = FNV_BASIS
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    low = Math.imul(low ^ code, FNV_PRIME)
    high = Math.imul(high ^ code, OTHER_PRIME)
  }
  return (mixed(high) >>> (32 - HIGH_BITS)) * 2 ** 32 + (mixed(low) >>> 0)
}

/** The final step of MurmurHash3, in which every bit affects all others. */
function mixed (hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35)
  return mix ^ (mix >>> 16)
}
