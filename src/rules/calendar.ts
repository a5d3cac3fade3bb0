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
  const rest = us - second * US_PER_SECOND
  const ms = Math.floor(rest / US_PER_MS)
  return `${formatSecond(second)}${DIGITS_3[ms] ?? ''}${DIGITS_3[rest - ms * US_PER_MS] ?? ''}Z`
}

const SECONDS_PER_DAY = 86_400
const DIGITS_3 = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, '0'))
const DIGITS_2 = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/** Formats a time up to the decimal point. */
function formatSecond (second: number): string {
  if (second === latest.second) return latest.text
  const day = Math.floor(second / SECONDS_PER_DAY)
  const time = second - day * SECONDS_PER_DAY
  const [hours, minutes] = [Math.floor(time / 3600), Math.floor(time / 60) % 60]
  const text = `${formatDate(day)}T${DIGITS_2[hours] ?? ''}:${DIGITS_2[minutes] ?? ''}:${DIGITS_2[time % 60] ?? ''}.`
  latest = { second, text }
  return text
}

/** The latest second that was formatted, because many times in a row are of the same second. */
let latest = { second: 0, text: '1970-01-01T00:00:00.' }

/** The latest day of each remainder, because times of a few days alternate. */
const latestDays: Array<{ day: number, text: string } | undefined> = []
const DAYS_KEPT = 64

/** Formats a day since 1970. */
function formatDate (day: number): string {
  const place = Math.abs(day % DAYS_KEPT)
  const known = latestDays[place]
  if (known?.day === day) return known.text
  const text = new Date(day * SECONDS_PER_DAY * 1000).toISOString().slice(0, -'T00:00:00.000Z'.length)
  latestDays[place] = { day, text }
  return text
}

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
