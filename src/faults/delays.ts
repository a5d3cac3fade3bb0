/** How long a fault keeps a call waiting: exactly so long, evenly spread, as latencies are spread, or as a list says. */
import type { components } from '../contract/control-types.gen.js'
import { invalid } from '../errors.js'

export type FaultDelay = components['schemas']['FaultDelay']

/** What the schema allows, and so also the most that chance may make of it. */
export const DELAY_MAX_MS = 300_000

/** Throws INVALID_REQUEST_PARAMETERS for a range that ends before it begins. */
export function checkDelay (delay: FaultDelay): void {
  if (typeof delay === 'number') return
  if ('min' in delay && delay.min > delay.max) throw invalid('delay_ms', 'delay_ms.min must not be over delay_ms.max')
  if (!('p50' in delay)) return
  if (delay.p50 === 0) throw invalid('delay_ms', 'delay_ms.p50 must be at least 1')
  if (delay.p50 > delay.p99) throw invalid('delay_ms', 'delay_ms.p50 must not be over delay_ms.p99')
}

/** How often the normal distribution's standard deviation goes into the distance from its median to the 99th percentile. */
const DEVIATIONS_TO_P99 = 2.3263

/** Gives the next delay with each call. `chance` gives numbers from 0 up to, but not, 1. */
export function delays (delay: FaultDelay, chance: () => number): () => number {
  if (typeof delay === 'number') return () => delay
  if ('min' in delay) return () => Math.round(delay.min + (delay.max - delay.min) * chance())
  if ('list' in delay) {
    let next = 0
    return () => delay.list[next++ % delay.list.length] ?? 0
  }
  // The logarithm of a latency is about normally distributed: most are near the median, and few are very long.
  const spread = Math.log(delay.p99 / delay.p50) / DEVIATIONS_TO_P99
  return () => Math.min(DELAY_MAX_MS, Math.round(delay.p50 * Math.exp(spread * normal(chance))))
}

/** A normally distributed number of mean 0 and deviation 1, by Box and Muller. */
function normal (chance: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance())
}
