/** Delays of faults: fixed, uniformly distributed, distributed like latencies, or from a list. */
import type { components } from '../contract/control-types.gen.js'
import { invalid } from '../errors.js'

export type FaultDelay = components['schemas']['FaultDelay']

/** The maximum of the schema. Random delays are limited to it too. */
export const DELAY_MAX_MS = 300_000

/** Throws INVALID_REQUEST_PARAMETERS for an inverted range. */
export function checkDelay (delay: FaultDelay): void {
  if (typeof delay === 'number') return
  if ('min' in delay && delay.min > delay.max) throw invalid('delay_ms', 'delay_ms.min must not exceed delay_ms.max')
  if (!('p50' in delay)) return
  if (delay.p50 === 0) throw invalid('delay_ms', 'delay_ms.p50 must be at least 1')
  if (delay.p50 > delay.p99) throw invalid('delay_ms', 'delay_ms.p50 must not exceed delay_ms.p99')
}

/** The 99th percentile of the standard normal distribution. */
const DEVIATIONS_TO_P99 = 2.3263

/** Returns a function that returns the next delay. `chance` returns random numbers of at least 0 and less than 1. */
export function delays (delay: FaultDelay, chance: () => number): () => number {
  if (typeof delay === 'number') return () => delay
  if ('min' in delay) return () => Math.round(delay.min + (delay.max - delay.min) * chance())
  if ('list' in delay) {
    let next = 0
    return () => delay.list[next++ % delay.list.length] ?? 0
  }
  // Latencies are roughly log-normal: most are near the median, and few are very long.
  const spread = Math.log(delay.p99 / delay.p50) / DEVIATIONS_TO_P99
  return () => Math.min(DELAY_MAX_MS, Math.round(delay.p50 * Math.exp(spread * normal(chance))))
}

/** A random number from the standard normal distribution (Box-Muller transform). */
function normal (chance: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance())
}
