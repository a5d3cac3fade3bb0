/**
 * What people type, as the API takes it: amounts in major units, percentages, times in UTC, metadata and headers by lines.
 * Only the way of writing is dealt with here, with the digits that a currency has; what may be said is for the API to decide.
 */
import { ApiError, invalid, type Violation } from '../../errors.js'
import { formatTime, parseTime } from '../../rules/calendar.js'
import { decimal, minorUnits } from '../../rules/decimal.js'
import { MAX_TOTAL_MINOR } from '../../rules/money.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { Json } from './client-code.js'
import type { Form } from './form.js'

export interface Reading {
  /** An amount of a currency in minor units; undefined where nothing was typed. `path` is the API's, if not the name. */
  amount (name: string, currency: string, path?: string): number | undefined
  /** `5.4` per cent as 540 basis points. */
  basisPoints (name: string): number | undefined
  /** A time as RFC 3339; what is none stays as it is, for the API to refuse. */
  time (name: string): string | undefined
  metadata (name: string): Record<string, Json>
  /** Throws INVALID_REQUEST_PARAMETERS with everything that could not be read. */
  check (): void
}

export function readingOf (form: Form, sandbox: Sandbox): Reading {
  const violations: Violation[] = []
  const unreadable = (path: string, message: string): undefined => { violations.push({ path, message }) }
  return {
    amount (name, currency, path = name) {
      const typed = form.given(name)
      if (typed === undefined) return undefined
      const exponent = exponentOf(currency, sandbox)
      return minorUnits(typed, exponent) ?? unreadable(path, `must be an amount of ${currency}: ${howToWrite(exponent)}`)
    },
    basisPoints (name) {
      const typed = form.given(name)
      if (typed === undefined) return undefined
      return minorUnits(typed, 2) ?? unreadable(name, 'must be a percentage with at most 2 decimals, such as 5.4')
    },
    time (name) {
      const typed = form.given(name)
      return typed !== undefined && LOCAL_TIME.test(typed) ? `${typed.length === 16 ? `${typed}:00` : typed}Z` : typed
    },
    metadata (name) {
      const read = readMetadata(form.text(name))
      return typeof read === 'string' ? (unreadable(name, read), {}) : read
    },
    check () {
      const [first] = violations
      if (first === undefined) return
      throw new ApiError('INVALID_REQUEST_PARAMETERS', { violations, message: `${first.path} ${first.message}` })
    }
  }
}

export function exponentOf (currency: string, { reference }: Sandbox): number {
  return reference.currencies[currency]?.exponent ?? 2
}

function howToWrite (exponent: number): string {
  const most = decimal(MAX_TOTAL_MINOR, exponent)
  if (exponent === 0) return `a whole number from 0 to ${most}, such as 2000`
  return `a number from 0 to ${most} with at most ${exponent} decimals, such as ${decimal(1999, exponent)}`
}

/** An amount as it is typed. */
export function typedAmount (minor: number | null | undefined, currency: string, sandbox: Sandbox): string {
  return minor == null ? '' : decimal(minor, exponentOf(currency, sandbox))
}

/** What `datetime-local` sends, with or without seconds. */
const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?$/

/** As `datetime-local` shows it; seconds where there are any. */
export function typedTime (iso: string | null | undefined): string {
  const us = iso == null ? null : parseTime(iso)
  if (us === null) return ''
  return formatTime(us).slice(0, 19).replace(/:00$/, '')
}

/** `name: value` in each line; undefined for none. Throws INVALID_REQUEST_PARAMETERS for a line that is no header. */
export function readHeaders (text: string): Record<string, string> | undefined {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  if (lines.length === 0) return undefined
  return Object.fromEntries(lines.map(line => {
    const at = Math.max(line.indexOf(':'), 0)
    const name = line.slice(0, at).trim()
    if (/^\S+$/.test(name)) return [name, line.slice(at + 1).trim()]
    const message = `${JSON.stringify(line.slice(0, 100))} is no header: write a name, a colon and a value on each line`
    throw invalid('headers', message)
  }))
}

const PLAIN_KEY = /^[^\s={"'][^=\n]*$/

/** Lines of `key=value`, or a JSON object, which can hold everything. What is wrong with it, where it is neither. */
export function readMetadata (text: string): Record<string, Json> | string {
  if (text.startsWith('{')) {
    try {
      return JSON.parse(text) as Record<string, Json> // begins with a brace, so it is an object
    } catch {
      return 'must be lines of key=value, or a JSON object; what begins with { must be one'
    }
  }
  const pairs = new Map<string, string>()
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const at = line.indexOf('=')
    if (at < 1) return `must be lines of key=value, or a JSON object: line ${index + 1} has no key and =`
    const key = line.slice(0, at).trim()
    if (pairs.has(key)) return `must name each key once: ${key} is there twice`
    pairs.set(key, line.slice(at + 1).trim())
  }
  return Object.fromEntries(pairs)
}

/** As it is read again. */
export function typedMetadata (metadata: Readonly<Record<string, unknown>> | null | undefined): string {
  const entries = Object.entries(metadata ?? {})
  const isPlain = entries.every(([key, value]) => PLAIN_KEY.test(key) && key === key.trim() &&
    typeof value === 'string' && !/[\r\n]/.test(value) && value === value.trim())
  return isPlain ? entries.map(([key, value]) => `${key}=${String(value)}`).join('\n') : JSON.stringify(metadata, null, 2)
}
