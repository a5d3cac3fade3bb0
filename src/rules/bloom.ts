/**
 * A Bloom filter of 32-bit hashes: it says that a hash was never added, or that it may have been. With 16 bits for each hash, it
 * is wrong about one new hash in a thousand.
 */
export interface BloomFilter {
  readonly bits: Uint32Array
  has (hash: number): boolean
  add (hash: number): void
}

const BITS_EACH = 16
const PROBES = 6

/** Creates a filter for this many hashes, a power of two of at least 2, or reads one from the bits of an earlier one. */
export function createBloomFilter (capacity: number, bits = new Uint32Array(capacity * BITS_EACH / 32)): BloomFilter {
  const mask = bits.length * 32 - 1

  return {
    bits,
    has (hash) {
      let place = hash
      const step = stepOf(hash)
      for (let probe = 0; probe < PROBES; probe++) {
        const bit = place & mask
        if (((bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false
        place = (place + step) | 0
      }
      return true
    },
    add (hash) {
      let place = hash
      const step = stepOf(hash)
      for (let probe = 0; probe < PROBES; probe++) {
        const bit = place & mask
        bits[bit >>> 5] = (bits[bit >>> 5] ?? 0) | (1 << (bit & 31))
        place = (place + step) | 0
      }
    }
  }
}

/** An odd number that depends on all bits of the hash, so that the places of two hashes differ. */
function stepOf (hash: number): number {
  return mixed(hash ^ 0x9e3779b9) | 1
}

const FNV_PRIME = 0x01000193
const FNV_BASIS = 0x811c9dc5

/** The hash of a text, an unsigned integer of 32 bits: FNV-1a, whose bits are then mixed. */
export function hashOf (text: string): number {
  let hash = FNV_BASIS
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME)
  return mixed(hash) >>> 0
}

/** The final step of MurmurHash3, in which every bit affects all others. */
function mixed (hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35)
  return mix ^ (mix >>> 16)
}
