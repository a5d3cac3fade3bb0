/**
 * Parses typed values into those of the API: amounts in major units, percentages, times in UTC, metadata and headers by lines.
 * Only the format is checked here, with the decimals of the currency. The API decides which values are valid.
 */
import { ApiError, invalid, type Violation } from '../../errors.js'
import { formatTime, parseTime } from '../../rules/calendar.js'
import { decimal, minorUnits } from '../../rules/decimal.js'
import { MAX_TOTAL_MINOR } from '../../rules/money.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { Json, JsonObject } from './code/call.js'
import type { Form } from './form.js'

export interface Reading {
  /** An amount in minor units; undefined if the field is empty. `path` is the path in the API, if it is not the name. */
  amount (name: string, currency: string, path?: string): number | undefined
  /** A percentage in basis points: `5.4` is 540. */
  basisPoints (name: string): number | undefined
  /** A time in RFC 3339; other texts are passed on for the API to refuse. */
  time (name: string): string | undefined
  metadata (name: string): Record<string, Json>
  /** A JSON object; empty if the field is. */
  json (name: string): JsonObject
  /** Throws INVALID_REQUEST_PARAMETERS with every value that could not be parsed. */
  check (): void
}

export function readingOf (form: Form, sandbox: Sandbox): Reading {
  const violations: Violation[] = []
  const reject = (path: string, message: string): undefined => { violations.push({ path, message }) }
  return {
    amount (name, currency, path = name) {
      const typed = form.given(name)
      if (typed === undefined) return undefined
      const exponent = exponentOf(currency, sandbox)
      return minorUnits(typed, exponent) ?? reject(path, `must be an amount of ${currency}: ${formatOf(exponent)}`)
    },
    basisPoints (name) {
      const typed = form.given(name)
      if (typed === undefined) return undefined
      return minorUnits(typed, 2) ?? reject(name, 'must be a percentage with at most 2 decimals, such as 5.4')
    },
    time (name) {
      const typed = form.given(name)
      return typed !== undefined && LOCAL_TIME.test(typed) ? `${typed.length === 16 ? `${typed}:00` : typed}Z` : typed
    },
    metadata (name) {
      const read = readMetadata(form.text(name))
      return typeof read === 'string' ? (reject(name, read), {}) : read
    },
    json (name) {
      const text = form.text(name)
      const read = text === '' ? {} : readJson(text)
      return read ?? reject(name, 'must be a JSON object, such as { "short_link": true }') ?? {}
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

function formatOf (exponent: number): string {
  const most = decimal(MAX_TOTAL_MINOR, exponent)
  if (exponent === 0) return `a whole number from 0 to ${most}, such as 2000`
  return `a number from 0 to ${most} with at most ${exponent} decimals, such as ${decimal(1999, exponent)}`
}

/** An amount as the value of a text field. */
export function typedAmount (minor: number | null | undefined, currency: string, sandbox: Sandbox): string {
  return minor == null ? '' : decimal(minor, exponentOf(currency, sandbox))
}

/** The value of a `datetime-local` field, with or without seconds. */
const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?$/

/** A time as the value of a `datetime-local` field, without seconds if they are 0. */
export function typedTime (iso: string | null | undefined): string {
  const us = iso == null ? null : parseTime(iso)
  if (us === null) return ''
  return formatTime(us).slice(0, 19).replace(/:00$/, '')
}

/** Parses lines of `name: value`; undefined without lines. Throws INVALID_REQUEST_PARAMETERS for an invalid line. */
export function readHeaders (text: string): Record<string, string> | undefined {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  if (lines.length === 0) return undefined
  return Object.fromEntries(lines.map(line => {
    const at = Math.max(line.indexOf(':'), 0)
    const name = line.slice(0, at).trim()
    if (/^\S+$/.test(name)) return [name, line.slice(at + 1).trim()]
    const message = `${JSON.stringify(line.slice(0, 100))} is not a header: write a name, a colon and a value on each line`
    throw invalid('headers', message)
  }))
}

function readJson (text: string): JsonObject | null {
  try {
    return text.startsWith('{') ? JSON.parse(text) as JsonObject : null // begins with a brace, so it is an object
  } catch {
    return null
  }
}

const PLAIN_KEY = /^[^\s={"'][^=\n]*$/

/** Parses lines of `key=value`, or a JSON object. Returns an error message if the text is neither. */
export function readMetadata (text: string): Record<string, Json> | string {
  if (text.startsWith('{')) {
    try {
      return JSON.parse(text) as Record<string, Json> // begins with a brace, so it is an object
    } catch {
      return 'must be lines of key=value, or a valid JSON object if it begins with {'
    }
  }
  const pairs = new Map<string, string>()
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const at = line.indexOf('=')
    if (at < 1) return `must be lines of key=value, or a JSON object: line ${index + 1} has no key and =`
    const key = line.slice(0, at).trim()
    if (pairs.has(key)) return `must not repeat a key: ${key} appears twice`
    pairs.set(key, line.slice(at + 1).trim())
  }
  return Object.fromEntries(pairs)
}

/** Metadata as the value of a text field, which `readMetadata` parses. */
export function typedMetadata (metadata: Readonly<Record<string, unknown>> | null | undefined): string {
  const entries = Object.entries(metadata ?? {})
  const isPlain = entries.every(([key, value]) => PLAIN_KEY.test(key) && key === key.trim() &&
    typeof value === 'string' && !/[\r\n]/.test(value) && value === value.trim())
  return isPlain ? entries.map(([key, value]) => `${key}=${String(value)}`).join('\n') : JSON.stringify(metadata, null, 2)
}
