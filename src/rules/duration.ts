/** Parses durations: `500ms`, `30s`, `15m`, `24h`, `7d`. */

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Returns milliseconds, or null if `text` is not a duration. */
export function parseDuration (text: string): number | null {
  const match = /^(\d{1,9}|\d{1,13}(?=ms))(ms|s|m|h|d)$/.exec(text.trim())
  if (match === null) return null
  const [, count, unit = ''] = match
  return Number(count) * (UNIT_MS[unit] ?? 0)
}
