/** Finds probable mistakes in calls: values that are accepted and do something else than the program means. */
import type { Operation } from '../contract/load.js'
import type { OperationName } from '../contract/operations.js'
import type { Violation } from '../errors.js'
import { missingScheme } from '../rules/return-url.js'
import { requestText } from './bodies.js'
import { callId, requestJson } from './call.js'
import type { LoggedCall, RequestLog } from './log.js'
import { withoutSecrets } from './secrets.js'
import type { WarningCode } from './warnings.js'

export interface Note extends Violation {
  code: WarningCode
}

/** Fields and parameters with a URL to which the customer is redirected. */
const FOLLOWED = ['return_url', 'cancel_url', 'redirect_url']

/** The notes on a call. `requests` is the log that contains it. */
export function notesOn (call: LoggedCall, requests: RequestLog): Note[] {
  const body = requestJson(call)
  const query = call.url.split('?')[1] ?? ''
  const fields = typeof body === 'object' && body !== null ? body as Record<string, unknown> : {}
  const parameters = new URLSearchParams(query)
  const notes = [
    ...unfollowable(fields, parameters), ...misplacedAmount(call, fields), ...pluses(query),
    ...ignoredParameters(call, parameters), ...deprecated(call), ...browserKey(call), ...repetition(call, requests)
  ]
  return notes.map(note => ({ ...note, path: withoutSecrets(note.path) })) // programs choose the names of parameters
}

function unfollowable (fields: Record<string, unknown>, query: URLSearchParams): Note[] {
  return FOLLOWED.flatMap(path => {
    const given = Object.hasOwn(fields, path) ? fields[path] : query.get(path)
    const message = typeof given === 'string' ? missingScheme(given) : null
    return message === null ? [] : [{ code: 'URL_WITHOUT_SCHEME', path, message }]
  })
}

/** The API ignores the field and refunds the whole payment. */
function misplacedAmount ({ operation }: LoggedCall, fields: Record<string, unknown>): Note[] {
  if (operation?.name !== 'POST /refunds' || !Object.hasOwn(fields, 'amount')) return []
  const message = 'is ignored, so the whole rest is refunded: give the amount in items'
  return [{ code: 'REFUND_AMOUNT_IGNORED', path: 'amount', message }]
}

/** A plus is a space in a query. Notes only values in which a space is improbable: addresses, phone numbers and times. */
function pluses (query: string): Note[] {
  return query.split('&').flatMap(part => {
    const [path = '', value = ''] = part.split('=')
    const isText = /@|%40|^\+\d|\d\+\d\d(?::|%3A)?\d\d$/i.test(value)
    const isProbable = isText && value.includes('+')
    return isProbable ? [{ code: 'UNENCODED_PLUS', path, message: 'has a + that means a space: write it as %2B' }] : []
  })
}

/** The query parameters that an operation does not have: `metadata[key]` belongs to `metadata`. */
export function unknownParameters (operation: Operation, names: Iterable<string>): string[] {
  const known = new Set(operation.query.map(({ name }) => name))
  return [...new Set(names)].filter(name => !known.has(name.split('[', 1)[0] ?? name))
}

const NAMES_MAX = 50

function ignoredParameters ({ operation }: LoggedCall, query: URLSearchParams): Note[] {
  if (operation === null) return []
  return unknownParameters(operation, query.keys()).slice(0, NAMES_MAX)
    .map(path => ({ code: 'IGNORED_QUERY', path, message: 'is ignored: correct its name, or remove it' }))
}

function deprecated ({ operation }: LoggedCall): Note[] {
  if (operation?.isDeprecated !== true) return []
  const message = `${operation.name} is deprecated: use the operation that replaces it`
  return [{ code: 'DEPRECATED_OPERATION', path: '', message }]
}

/** The headers that only browsers send. Node.js sends `sec-fetch-mode`, too. */
const OF_BROWSERS = new Set(['origin', 'sec-fetch-site'])

function browserKey ({ operation, headers }: LoggedCall): Note[] {
  if (operation?.secured !== true) return []
  const names = headers.filter((_name, index) => index % 2 === 0).map(name => name.toLowerCase())
  if (!names.includes('authorization') || !names.some(name => OF_BROWSERS.has(name))) return []
  const message = 'the API key was sent by a browser, where visitors can read it: call the API from your server'
  return [{ code: 'API_KEY_IN_BROWSER', path: '', message }]
}

/** Operations that a program rarely means to repeat with the same body. */
const CREATIONS: ReadonlySet<OperationName> = new Set<OperationName>([
  'POST /payments', 'POST /subscriptions', 'POST /checkouts', 'POST /refunds', 'POST /customers', 'POST /products',
  'POST /discounts', 'POST /webhooks', 'POST /subscriptions/{subscription_id}/charge'
])
const REPEATED_WITHIN_MS = 5000
/** The number of earlier calls that are compared. */
const EARLIER_MAX = 50

/** An equal call that also succeeded, in real time, because with a frozen clock all calls have the same time. */
function repetition (call: LoggedCall, requests: RequestLog): Note[] {
  if (!isCreation(call)) return []
  for (let seq = call.seq - 1; seq > 0 && seq >= call.seq - EARLIER_MAX; seq--) {
    const earlier = requests.find(seq)
    if (earlier === undefined || call.elapsed_ms - earlier.elapsed_ms > REPEATED_WITHIN_MS) return []
    if (!isCreation(earlier) || earlier.url !== call.url || requestText(earlier.bodies) !== requestText(call.bodies)) continue
    const seconds = ((call.elapsed_ms - earlier.elapsed_ms) / 1000).toFixed(1)
    const message = `repeats ${callId(earlier)} after ${seconds} s, and both created something: is a button clicked twice?`
    return [{ code: 'REPEATED_CREATION', path: '', message }]
  }
  return []
}

function isCreation ({ operation, status, isFromDashboard }: LoggedCall): boolean {
  return operation !== null && CREATIONS.has(operation.name) && status < 300 && !isFromDashboard
}
