/**
 * Counts calls for rate limits. Each caller has a limit per second and per minute (the documented tiers). A window begins with
 * its first call and has a fixed length. Uses real time, because clients wait in real time.
 */
import type { Clock } from './clock.js'
import { SetupError } from '../errors.js'

export interface Tier {
  perSecond: number
  perMinute: number
}

/** The tiers of API keys. */
export const TIERS = {
  'tier-0': { perSecond: 40, perMinute: 240 },
  'tier-1': { perSecond: 100, perMinute: 1000 },
  'tier-2': { perSecond: 500, perMinute: 5000 }
} as const satisfies Record<string, Tier>

/** Returns the tier with this name, or null for `off`. Throws a SetupError for any other text. */
export function parseTier (text: string): Tier | null {
  if (text === 'off') return null
  const known = Object.entries(TIERS).find(([name]) => name === text)
  if (known === undefined) throw new SetupError(`must be off, ${Object.keys(TIERS).join(' or ')}`)
  return known[1]
}

/** The tier of a new account. */
export const BASE_TIER: Tier = TIERS['tier-0']

/** The limit of calls without a valid key, by IP address. */
export const ANONYMOUS_TIER: Tier = { perSecond: 20, perMinute: 100 }

/** The caller's remaining calls in the current minute. */
export interface Allowance {
  limit: number
  remaining: number
  resetMs: number
  /** How long to wait before a retry; null if the call is allowed. */
  retryMs: number | null
}

export interface Limiter {
  /** Counts a call. Refused calls are not counted. */
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
/** If there are more callers, the oldest is removed. */
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

/** The rest of a window. Starts a new one if it has ended, or if it begins in the future because the clock was set back. */
function leftOf (window: Window, lengthUs: number, now: number): number {
  const age = now - window.startedUs
  if (age >= 0 && age < lengthUs) return lengthUs - age
  window.startedUs = now
  window.calls = 0
  return lengthUs
}

/** The headers of a reply. Seconds are rounded up, so that a client that waits this long is not refused again. */
export function limitHeaders ({ limit, remaining, resetMs, retryMs }: Allowance): Record<string, string> {
  const seconds = (ms: number) => String(Math.ceil(ms / 1000))
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': seconds(resetMs),
    ...(retryMs === null ? {} : { 'retry-after': seconds(retryMs) })
  }
}
