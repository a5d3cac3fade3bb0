/**
 * Finds and masks card numbers in any text: 12 to 19 digits that pass the Luhn check. Spaces, dashes and dots may separate the
 * digits, and URL and JSON escapes are recognised. A single pass finds all of them.
 */

const MIN_DIGITS = 12
const MAX_DIGITS = 19

/** The most characters between two digits of one number. */
const SEPARATORS_MAX = 4

const ESCAPES = ['%20', '%09', '%2d', '%2b', '%2e', '%c2%a0', '%a0', '\\u0020', '\\u00a0', '\\u002d', '\\t']
/** Spaces and dashes of all scripts, `+` and `.`. */
const SEPARATORS = new Set('\t \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f' +
  '\u205f\u3000+-.\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d')

/** Ids and UUIDs that the emulator generates. They can contain digits that look like a card number. */
const ISSUED = /(?<![0-9a-z])(?:[a-z]{2,4}_[0-9a-z]{21}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-z])/gi
const ISSUED_MAX = 36
const PART_OF_ID = /[0-9a-z_-]/i

/** Consecutive digits that may form card numbers. Parallel arrays, because an object for each digit takes ten times as long. */
interface Run {
  values: number[]
  starts: number[]
  ends: number[]
  /** Whether the digit is the first of a group. Card numbers begin and end at group boundaries. */
  isFirst: boolean[]
}

/** The text with every card number masked except its last four digits. */
export function withoutCardNumbers (text: string): string {
  let shown = ''
  let shownTo = 0
  for (const run of runsOf(text)) {
    for (const [first, last] of cardNumbers(run, text)) {
      const lastFour = run.values.slice(Math.max(first, last - 3), last + 1).join('')
      shown += `${text.slice(shownTo, run.starts[first])}•••• ${lastFour}`
      shownTo = run.ends[last] ?? shownTo
    }
  }
  return shownTo === 0 ? text : shown + text.slice(shownTo)
}

/** Whether a JSON number is a card number, or may be one that lost its last digits because it exceeds the safe integers. */
export function isCardNumber (value: number): boolean {
  const whole = Math.trunc(Math.abs(value))
  const digits = String(whole)
  if (!/^\d{12,19}$/.test(digits)) return false
  return !Number.isSafeInteger(whole) || withoutCardNumbers(digits) !== digits
}

function * runsOf (text: string): Generator<Run> {
  let run = emptyRun()
  let end = -1
  let groupLength = 0
  let at = 0
  while (at < text.length) {
    const length = digitLength(text, at)
    if (length === 0) {
      at += escapeLength(text, at) || 1 // skips the whole escape, because its digits belong to no number
      continue
    }
    if (end !== at && !joins(text, end, at, groupLength)) {
      if (run.values.length >= MIN_DIGITS) yield run
      run = emptyRun()
    }
    groupLength = end === at ? groupLength + 1 : 1
    end = at + length
    run.values.push(text.charCodeAt(end - 1) - ZERO)
    run.starts.push(at)
    run.ends.push(end)
    run.isFirst.push(groupLength === 1)
    at = end
  }
  if (run.values.length >= MIN_DIGITS) yield run
}

function emptyRun (): Run {
  return { values: [], starts: [], ends: [], isFirst: [] }
}

const [ZERO, PERCENT, BACKSLASH, SPACE, DASH] = [48, 37, 92, 32, 45]

/** The length of the digit at `at`: 1 for `4`, 3 for `%34`, 6 for `\u0034`. 0 if there is no digit. */
function digitLength (text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit >= ZERO && unit <= ZERO + 9) return 1
  if (unit === PERCENT) return text[at + 1] === '3' && isDigit(text, at + 2) ? 3 : 0
  return unit === BACKSLASH && text.startsWith('\\u003', at) && isDigit(text, at + 5) ? 6 : 0
}

function isDigit (text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit >= ZERO && unit <= ZERO + 9
}

/** Whether the text between two digits may separate groups of one number. */
function joins (text: string, from: number, to: number, groupLength: number): boolean {
  if (from < 0 || to - from > SEPARATORS_MAX * 6) return false
  const unit = text.charCodeAt(from)
  if (to - from === 1 && (unit === SPACE || unit === DASH)) return true // the usual case
  let at = from
  for (let count = 0; at < to && count < SEPARATORS_MAX; count++) {
    const length = separatorLength(text, at)
    const isDot = text[at + length - 1] === '.' || (length === 3 && text[at + 2]?.toLowerCase() === 'e')
    // Versions, IP addresses and decimals have dots after a few digits; card numbers have groups of four or more.
    if (length === 0 || (isDot && groupLength < 4)) return false
    at += length
  }
  return at === to
}

/** The length of the separator at `at`; 0 if there is none. */
function separatorLength (text: string, at: number): number {
  return SEPARATORS.has(text[at] ?? '') ? 1 : escapeLength(text, at)
}

/** The length of the escaped separator at `at`; 0 if there is none. */
function escapeLength (text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit !== PERCENT && unit !== BACKSLASH) return 0
  return ESCAPES.find(escape => text.slice(at, at + escape.length).toLowerCase() === escape)?.length ?? 0
}

/** The first and last index of every card number in a run. Numbers that overlap are merged. */
function cardNumbers (run: Run, text: string): Array<[first: number, last: number]> {
  const found: Array<[number, number]> = []
  for (let first = run.isFirst.indexOf(true); first >= 0; first = run.isFirst.indexOf(true, first + 1)) {
    const last = lastOf(run, first, text)
    if (last === null) continue
    const before = found.at(-1)
    if (before !== undefined && first <= before[1]) before[1] = Math.max(before[1], last)
    else found.push([first, last])
  }
  return found
}

/** The last index of the longest card number that begins at `first`; null if there is none. */
function lastOf ({ values, starts, ends, isFirst }: Run, first: number, text: string): number | null {
  let evenDoubled = 0 // the Luhn sum with the digits at even places doubled
  let oddDoubled = 0
  let longest: number | null = null
  const end = Math.min(values.length, first + MAX_DIGITS)
  for (let last = first; last < end; last++) {
    const digit = values[last] ?? 0
    const doubled = digit > 4 ? 2 * digit - 9 : 2 * digit
    const isEven = (last - first) % 2 === 0
    evenDoubled += isEven ? doubled : digit
    oddDoubled += isEven ? digit : doubled
    const length = last - first + 1
    if (length < MIN_DIGITS || isFirst[last + 1] === false) continue
    const sum = length % 2 === 0 ? evenDoubled : oddDoubled // Luhn doubles every second digit, counted from the end
    // Zeros alone pass the check, but no card has that number.
    if (sum > 0 && sum % 10 === 0 && !isIssued(text, starts[first] ?? 0, ends[last] ?? 0)) longest = last
  }
  return longest
}

function isIssued (text: string, start: number, end: number): boolean {
  if (!PART_OF_ID.test(text[start - 1] ?? '') && !PART_OF_ID.test(text[end] ?? '')) return false // the usual case
  const from = Math.max(0, start - ISSUED_MAX)
  return [...text.slice(from, end + ISSUED_MAX).matchAll(ISSUED)]
    .some(({ 0: id, index }) => from + index <= start && end <= from + index + id.length)
}
