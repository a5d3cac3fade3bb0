/**
 * Matches calls against patterns and lists the differences. A primitive must be equal. An object must have at least the given
 * fields. A list must have the same length, and each item must match. `{"$any": true}` matches any value that is present,
 * `{"$regex": "^a"}` text that the expression finds, and `{"$contains": …}` a list with a matching item or text with that part.
 * Pure.
 */
import { ApiError } from '../errors.js'
import { maskedJson, withoutSecrets } from './secrets.js'

/** A difference between a call and a pattern: the path, and descriptions of both values. */
export interface Difference {
  path: string
  expected: string
  actual: string
}

/** Adds differences to `found`. An absent value is undefined. */
export type Check = (actual: unknown, path: string, found: Difference[]) => void

const DEPTH_MAX = 32
const NODES_MAX = 1000
const REGEX_MAX = 200
const DIFFERENCES_MAX = 100

/** Compiles a pattern. `place` is its path in the request, for errors. Throws INVALID_REQUEST_PARAMETERS. */
export function compilePattern (pattern: unknown, place: string): Check {
  let nodes = 0

  function compile (part: unknown, at: string, depth: number): Check {
    nodes++
    if (nodes > NODES_MAX) throw refused(place, `has more than ${NODES_MAX} values: name only what matters`)
    if (depth > DEPTH_MAX) throw refused(at, `is nested deeper than ${DEPTH_MAX} levels`)
    if (Array.isArray(part)) return items(part.map((item, index) => compile(item, `${at}[${index}]`, depth + 1)))
    if (typeof part !== 'object' || part === null) return equal(part)
    const entries = Object.entries(part)
    const [operator] = entries.find(([name]) => name.startsWith('$')) ?? []
    if (operator === undefined) return fields(entries.map(([name, inner]) => [name, compile(inner, `${at}.${name}`, depth + 1)]))
    const argument: unknown = entries[0]?.[1]
    if (entries.length > 1) throw refused(at, `has other fields beside ${operator}: use an operator alone`)
    switch (operator) {
      case '$any':
        if (argument === true) return present
        throw refused(`${at}.$any`, 'must be true')
      case '$regex': return text(argument, `${at}.$regex`)
      case '$contains': return contains(argument, compile(argument, `${at}.$contains`, depth + 1))
      default: throw refused(at, `has the unknown operator ${operator}: use $any, $regex or $contains`)
    }
  }

  return compile(pattern, place, 0)
}

function refused (path: string, message: string): ApiError {
  return new ApiError('INVALID_REQUEST_PARAMETERS', { message: `${path} ${message}`, violations: [{ path, message }] })
}

function differ (found: Difference[], path: string, expected: string, actual: unknown): void {
  if (found.length < DIFFERENCES_MAX) found.push({ path, expected, actual: describeValue(actual) })
}

function equal (expected: unknown): Check {
  return (actual, path, found) => { if (actual !== expected) differ(found, path, describeValue(expected), actual) }
}

const present: Check = (actual, path, found) => { if (actual === undefined) differ(found, path, 'any value', actual) }

function fields (checks: ReadonlyArray<readonly [string, Check]>): Check {
  return (actual, path, found) => {
    if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) {
      return differ(found, path, 'an object', actual)
    }
    for (const [name, check] of checks) {
      check(Object.hasOwn(actual, name) ? (actual as Record<string, unknown>)[name] : undefined, inside(path, name), found)
    }
  }
}

function items (checks: readonly Check[]): Check {
  return (actual, path, found) => {
    if (!Array.isArray(actual)) return differ(found, path, `a list of ${checks.length}`, actual)
    if (actual.length !== checks.length) differ(found, path, `a list of ${checks.length}`, actual)
    checks.slice(0, actual.length).forEach((check, index) => { check(actual[index], `${path}[${index}]`, found) })
  }
}

function contains (argument: unknown, check: Check): Check {
  return (actual, path, found) => {
    if (typeof actual === 'string' && typeof argument === 'string') {
      if (!actual.includes(argument)) differ(found, path, `text that contains ${describeValue(argument)}`, actual)
      return
    }
    if (!Array.isArray(actual)) return differ(found, path, 'a list', actual)
    const fits = actual.some((item, index) => {
      const differences: Difference[] = []
      check(item, `${path}[${index}]`, differences)
      return differences.length === 0
    })
    if (!fits) differ(found, path, `a list with an item that matches ${describeValue(argument)}`, actual)
  }
}

function text (source: unknown, place: string): Check {
  if (typeof source !== 'string') throw refused(place, 'must be text')
  if (source.length > REGEX_MAX) throw refused(place, `must not be longer than ${REGEX_MAX} characters`)
  const expression = regex(source, place)
  return (actual, path, found) => {
    const isText = typeof actual === 'string' || typeof actual === 'number' || typeof actual === 'boolean'
    if (!isText || !expression.test(String(actual))) differ(found, path, `text that matches /${source}/`, actual)
  }
}

function regex (source: string, place: string): RegExp {
  try {
    return new RegExp(source, 'u')
  } catch (error) {
    throw refused(place, `is not a valid regular expression: ${(error as Error).message.slice(0, 200)}`)
  }
}

function inside (path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

const SHOWN_MAX = 200
const NAMES_SHOWN = 8

/** Characters that are read beyond the limit, so that a secret at the limit is recognised. */
const MARGIN = 200

/** Describes a value with secrets masked. Lists and objects are summarised, because they may be large. */
export function describeValue (value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return JSON.stringify(withoutSecrets(value.slice(0, SHOWN_MAX + MARGIN))).slice(0, SHOWN_MAX)
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value !== 'object' || value === null) return JSON.stringify(maskedJson(value))
  const names = Object.keys(value)
  const more = names.length > NAMES_SHOWN ? ', …' : ''
  return `an object with ${names.slice(0, NAMES_SHOWN).join(', ').slice(0, SHOWN_MAX) || 'no fields'}${more}`
}
