/** Checks that a program made the expected calls: counts matching calls and lists the differences of the closest ones. */
import { contract } from '../contract/load.js'
import { invalid } from '../errors.js'
import { isNear } from '../rules/near.js'
import { withinTime } from './bounded.js'
import { callId, operationName, pathOf, requestJson, shownHeaders, shownUrl } from './call.js'
import type { LoggedCall } from './log.js'
import { withoutSecrets, withoutUrlSecrets } from './secrets.js'
import { compilePattern, describeValue, type Check, type Difference } from './match.js'

/** The expected call. Omitted properties match anything. */
export interface Question {
  method?: string
  /** A pattern for the path. The query is compared only if the pattern is text with a `?`. */
  path?: unknown
  operation?: string
  /** Patterns, see match.ts. */
  body?: unknown
  headers?: Record<string, unknown>
  /** `422`, or a class such as `4xx`. */
  status?: number | string
  count?: number | { min?: number, max?: number }
}

export interface NearMiss {
  request_id: string
  differences: Difference[]
}

export interface Verdict {
  verified: boolean
  /** The number of matching calls. */
  count: number
  /** The ids of the latest matching calls, newest first. */
  requests: string[]
  near_misses: NearMiss[]
  /** The result as a sentence that a test can print. */
  message: string
}

const TIME_MAX_MS = 1000
const REQUESTS_SHOWN_MAX = 100
const NEAR_MISSES_MAX = 5
const DIFFERENCES_SHOWN_MAX = 20
/** The distance of a call of another operation, larger than any distance within an operation. */
const OTHER_CALL = 1000

/** Compares calls, newest first, with the expected one. Throws INVALID_REQUEST_PARAMETERS for an invalid question. */
export function verify (calls: readonly LoggedCall[], question: Question): Verdict {
  const { min, max } = countsOf(question.count)
  if (question.operation !== undefined) checkOperation(question.operation)
  const compare = comparison(question)
  const done = withinTime(TIME_MAX_MS, () => calls.map(call => ({ call, ...compare(call) })))
  if (done === null) {
    throw invalid('body', `Comparing took longer than ${TIME_MAX_MS} ms and was stopped: use simpler regular expressions`)
  }
  const fitting = done.result.filter(({ differences }) => differences.length === 0)
  const count = fitting.length
  const verified = count >= min && count <= max
  const nearMisses: NearMiss[] = verified || count > max
    ? []
    : done.result.filter(({ differences }) => differences.length > 0)
      .sort((one, other) => one.distance - other.distance) // stable, so that of equally close calls the newest is first
      .slice(0, NEAR_MISSES_MAX)
      .map(({ call, differences }) =>
        ({ request_id: callId(call), differences: differences.slice(0, DIFFERENCES_SHOWN_MAX).map(masked) }))
  return {
    verified,
    count,
    requests: fitting.slice(0, REQUESTS_SHOWN_MAX).map(({ call }) => callId(call)),
    near_misses: nearMisses,
    message: withoutSecrets(sentence(question, { min, max }, count, nearMisses, calls.length))
  }
}

/** Masks card numbers, which are compared but never shown. */
function masked ({ path, expected, actual }: Difference): Difference {
  return { path: withoutSecrets(path), expected: withoutSecrets(expected), actual: withoutSecrets(actual) }
}

interface Counts { min: number, max: number }

function countsOf (count: Question['count'] = { min: 1 }): Counts {
  if (typeof count === 'number') return { min: count, max: count }
  const { min = count.max === undefined ? 1 : 0, max = Infinity } = count
  if (min <= max) return { min, max }
  throw invalid('count', 'count.min must not be larger than count.max')
}

/**
 * Throws INVALID_REQUEST_PARAMETERS for a misspelt operation of the API. Otherwise a test that expects no call of it would
 * always succeed. Other names may belong to hosted pages.
 */
function checkOperation (operation: string): void {
  const names: string[] = contract().operations.map(({ name }) => name)
  if (names.includes(operation)) return
  const given = plain(operation)
  const meant = names.find(name => plain(name) === given) ?? names.find(name => isNear(plain(name), given))
  if (meant === undefined) return
  throw invalid('operation', `operation ${operation} does not exist: did you mean ${meant}?`)
}

/** Removes case, parameter names and a trailing slash. */
function plain (name: string): string {
  return name.toLowerCase().replace(/\{[^{}]*\}/g, '{}').replace(/\/$/, '')
}

function comparison (question: Question): (call: LoggedCall) => { distance: number, differences: Difference[] } {
  const { method, operation, status } = question
  const path = question.path === undefined ? null : compilePattern(question.path, 'path')
  const withQuery = typeof question.path === 'string' && question.path.includes('?')
  const body = question.body === undefined ? null : compilePattern(question.body, 'body')
  const headers = Object.entries(question.headers ?? {}).map(([name, pattern]): [string, Check] =>
    [name.toLowerCase(), compilePattern(pattern, `headers.${name}`)])

  return call => {
    const differences: Difference[] = []
    const expect = (fits: boolean, place: string, expected: string, actual: unknown) => {
      if (!fits) differences.push({ path: place, expected, actual: describeValue(actual) })
    }
    if (method !== undefined) expect(call.method === method.toUpperCase(), 'method', method.toUpperCase(), call.method)
    if (operation !== undefined) {
      const name = operationName(call)
      expect(name === operation, 'operation', operation, name ?? `${call.method} ${shownUrl(call)}`)
    }
    const url = shownUrl(call, withoutUrlSecrets)
    path?.(withQuery ? url : pathOf(url), 'path', differences)
    if (differences.length > 0) return { distance: OTHER_CALL + differences.length, differences }

    if (status !== undefined) expect(hasStatus(call, String(status)), 'status', String(status), call.status)
    if (headers.length > 0) {
      const shown = shownHeaders(call, withoutUrlSecrets)
      for (const [name, check] of headers) {
        check(Object.hasOwn(shown, name) ? shown[name] : undefined, `headers.${name}`, differences)
      }
    }
    body?.(requestJson(call, withoutUrlSecrets), 'body', differences)
    return { distance: differences.length, differences }
  }
}

/** Whether a call has a status (`422`) or one of a class (`4xx`). */
export function hasStatus ({ status }: Pick<LoggedCall, 'status'>, wanted: string): boolean {
  return wanted.endsWith('xx') ? String(status).startsWith(wanted.slice(0, 1)) : String(status) === wanted
}

function sentence (
  question: Question, { min, max }: Counts, count: number, [closest]: readonly NearMiss[], looked: number
): string {
  const what = described(question)
  if (count >= min && count <= max) return `${what}: ${times(count)}, as expected`
  const wanted = min === max ? `exactly ${times(min)}` : count > max ? `at most ${times(max)}` : `at least ${times(min)}`
  const fact = `Expected ${what} ${wanted}, found ${times(count)} in ${looked} ${looked === 1 ? 'call' : 'calls'}`
  if (closest === undefined) return fact
  const differing = closest.differences.slice(0, 3)
    .map(({ path, expected, actual }) => `${path}: expected ${expected}, was ${actual}`).join('; ')
  const more = closest.differences.length > 3 ? `; and ${closest.differences.length - 3} more` : ''
  return `${fact}. The closest, ${closest.request_id}, differs in ${differing}${more}`
}

/** `POST /payments with this body and status 200` */
function described ({ operation, method, path, body, headers, status }: Question): string {
  const place = typeof path === 'string' ? path : path === undefined ? null : 'such a path'
  const call = operation ?? ([method?.toUpperCase(), place].filter(part => part != null).join(' ') || 'a call')
  const parts = [
    ...(body === undefined ? [] : ['this body']),
    ...(headers === undefined ? [] : ['these headers']),
    ...(status === undefined ? [] : [`status ${status}`])
  ]
  return parts.length === 0 ? call : `${call} with ${parts.join(' and ')}`
}

function times (count: number): string {
  return count === 1 ? 'once' : `${count} times`
}
