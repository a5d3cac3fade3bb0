/**
 * A Bloom filter of the hashes of `hashOf`: it says that a hash was never added, or that it may have been. With 32 bits for each
 * hash, it is wrong about one new hash in 170,000.
 */
export interface BloomFilter {
  readonly bits: Uint32Array
  has (hash: number): boolean
  add (hash: number): void
}

const BITS_EACH = 32
const PROBES = 8
const WORD = 2 ** 32

/** The length of the bits of a filter for this many hashes. */
export function filterWords (capacity: number): number {
  return capacity * BITS_EACH / 32
}

/** Creates a filter for this many hashes, a multiple of 4, or reads one from the bits of an earlier one. */
export function createBloomFilter (capacity: number, bits = new Uint32Array(filterWords(capacity))): BloomFilter {
  const scale = bits.length * 32 / WORD

  return {
    bits,
    has (hash) {
      let place = hash | 0
      const step = stepOf(hash)
      for (let probe = 0; probe < PROBES; probe++) {
        const bit = Math.floor((place >>> 0) * scale)
        if (((bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false
        place = (place + step) | 0
      }
      return true
    },
    add (hash) {
      let place = hash | 0
      const step = stepOf(hash)
      for (let probe = 0; probe < PROBES; probe++) {
        const bit = Math.floor((place >>> 0) * scale)
        bits[bit >>> 5] = (bits[bit >>> 5] ?? 0) | (1 << (bit & 31))
        place = (place + step) | 0
      }
    }
  }
}

/** An odd number that depends on all bits of the hash, so that the places of two hashes differ. */
function stepOf (hash: number): number {
  return mixed(Math.floor(hash / WORD) ^ hash ^ 0x9e3779b9) | 1
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
  return (mixed(high) >>> (32 - HIGH_BITS)) * WORD + (mixed(low) >>> 0)
}

/** The final step of MurmurHash3, in which every bit affects all others. */
function mixed (hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35)
  return mix ^ (mix >>> 16)
}
