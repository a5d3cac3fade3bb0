/** Formats and parses times. The API writes RFC 3339 in UTC with microseconds; the code uses integer microseconds since 1970. */

export const US_PER_MS = 1000
const US_PER_SECOND = 1_000_000

/** The example that error messages show. */
export const SAMPLE_TIME = '2026-01-31T12:00:00Z'

/** The error for text that `parseTime` can't read. It follows the name of a field. */
export const MUST_BE_A_TIME = `must be an RFC 3339 time, such as ${SAMPLE_TIME}`

/** `2026-09-01T10:20:30.123456Z` */
export function formatTime (us: number): string {
  const second = Math.floor(us / US_PER_SECOND)
  if (second !== latest.second) latest = { second, text: new Date(second * 1000).toISOString().slice(0, -'000Z'.length) }
  return `${latest.text}${String(us - second * US_PER_SECOND).padStart(6, '0')}Z`
}

/** The latest second that was formatted, because many times in a row are of the same second. */
let latest = { second: 0, text: '1970-01-01T00:00:00.' }

export function formatOptionalTime (us: number | null): string | null {
  return us === null ? null : formatTime(us)
}

const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'
] as const

/** A date in UTC to show on a page: `4 March 2027`. Creating an Intl.DateTimeFormat would take 30 ms. */
export function formatDay (us: number): string {
  const date = new Date(us / US_PER_MS)
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`
}

const TIME = /^(\d{4}-\d{2}-\d{2})[Tt]((?:[01]\d|2[0-3]):\d{2}:\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/

/**
 * Parses an RFC 3339 time with any offset and precision into microseconds. Null for anything else, including leap seconds.
 * Digits beyond the microsecond are truncated. So are fractions of a second after 2255, where microseconds exceed the safe
 * integers.
 */
export function parseTime (text: string): number | null {
  const match = TIME.exec(text)
  if (match === null) return null
  const [, date, time, decimals = '', zone = 'Z'] = match
  const ms = Date.parse(`${date}T${time}${zone.toUpperCase()}`)
  if (Number.isNaN(ms) || !isDay(date)) return null
  const us = ms * US_PER_MS + Number(decimals.padEnd(6, '0').slice(0, 6))
  return Number.isSafeInteger(us) ? us : ms * US_PER_MS
}

/** Whether a date exists. Date.parse accepts 30 February as 2 March. */
function isDay (date = ''): boolean {
  return new Date(date).toISOString().startsWith(date)
}
