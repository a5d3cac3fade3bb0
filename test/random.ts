/** Random choices that a seed repeats. */

export interface Random {
  /** An integer from 0 up to, but not including, `limit`. */
  below (limit: number): number
  /** Whether an event of a probability happens: `chance(0.1)` is true once in ten times. */
  chance (probability: number): boolean
  one <Item>(items: readonly Item[]): Item
  bytes (count: number): Buffer
}

/** The generator is mulberry32. */
export function randomFrom (seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    chance: probability => next() < probability,
    one: <Item>(items: readonly Item[]) => items[below(items.length)] as Item,
    bytes: count => Buffer.from(Array.from({ length: count }, () => below(256)))
  }
}
