/**
 * How many calls each caller may make: the documented tiers, counted in a second and in a minute at once. A window begins with
 * the first call in it and lasts its whole length. It is real time that counts, because clients wait in real time.
 */
import type { Clock } from './clock.js'
import { SetupError } from '../errors.js'

export interface Tier {
  perSecond: number
  perMinute: number
}

/** Of API keys. */
export const TIERS = {
  'tier-0': { perSecond: 40, perMinute: 240 },
  'tier-1': { perSecond: 100, perMinute: 1000 },
  'tier-2': { perSecond: 500, perMinute: 5000 }
} as const satisfies Record<string, Tier>

/** The tier of a name; null for `off`. Throws a SetupError. */
export function parseTier (text: string): Tier | null {
  if (text === 'off') return null
  const known = Object.entries(TIERS).find(([name]) => name === text)
  if (known === undefined) throw new SetupError(`must be off, ${Object.keys(TIERS).join(' or ')}`)
  return known[1]
}

/** Where every account begins. */
export const BASE_TIER: Tier = TIERS['tier-0']

/** Of calls without a valid key, by the address that they come from. */
export const ANONYMOUS_TIER: Tier = { perSecond: 20, perMinute: 100 }

/** What a caller is told of its limit: that of the minute. */
export interface Allowance {
  limit: number
  remaining: number
  resetMs: number
  /** When to try again; null for a call that is allowed. */
  retryMs: number | null
}

export interface Limiter {
  /** Counts a call. One that is refused does not count. */
  count (caller: string, tier: Tier): Allowance
}

interface Window {
  startedUs: number
  calls: number
}

interface Caller {
  second: Window
  minute: Window
}

const SECOND_US = 1_000_000
const MINUTE_US = 60 * SECOND_US
/** Beyond these, the caller who came first is forgotten. */
const CALLERS_MAX = 1000

export function createLimiter (clock: Clock): Limiter {
  const callers = new Map<string, Caller>()

  function callerOf (name: string): Caller {
    const known = callers.get(name)
    if (known !== undefined) return known
    const [oldest] = callers.keys()
    if (callers.size >= CALLERS_MAX && oldest !== undefined) callers.delete(oldest)
    const caller = { second: { startedUs: 0, calls: 0 }, minute: { startedUs: 0, calls: 0 } }
    callers.set(name, caller)
    return caller
  }

  return {
    count (name, { perSecond, perMinute }) {
      const { second, minute } = callerOf(name)
      const now = clock.now()
      const secondLeftUs = leftOf(second, SECOND_US, now)
      const minuteLeftUs = leftOf(minute, MINUTE_US, now)
      const retryUs = minute.calls >= perMinute ? minuteLeftUs : second.calls >= perSecond ? secondLeftUs : null
      if (retryUs === null) {
        second.calls++
        minute.calls++
      }
      return {
        limit: perMinute,
        remaining: perMinute - minute.calls,
        resetMs: minuteLeftUs / 1000,
        retryMs: retryUs === null ? null : retryUs / 1000
      }
    }
  }
}

/** How long the window still lasts; one that has ended, or that a clock set back has not come to yet, begins anew. */
function leftOf (window: Window, lengthUs: number, now: number): number {
  const age = now - window.startedUs
  if (age >= 0 && age < lengthUs) return lengthUs - age
  window.startedUs = now
  window.calls = 0
  return lengthUs
}

/** As they are sent: whole seconds, rounded up, so that who waits so long has waited long enough. */
export function limitHeaders ({ limit, remaining, resetMs, retryMs }: Allowance): Record<string, string> {
  const seconds = (ms: number) => String(Math.ceil(ms / 1000))
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': seconds(resetMs),
    ...(retryMs === null ? {} : { 'retry-after': seconds(retryMs) })
  }
}
