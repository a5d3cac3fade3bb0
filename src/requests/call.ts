/**
 * Presents logged calls: id, operation, parameters, bodies as JSON, the reason of a refusal, and ignored fields. Everything is
 * computed when the log is read, and secrets are masked here.
 */
import { contract, type Operation } from '../contract/load.js'
import { unknownFields } from '../contract/unknown-fields.js'
import type { Violation } from '../errors.js'
import { base62, fromBase62 } from '../rules/base62.js'
import { RANDOM_DIGITS, TIME_DIGITS, idFloor } from '../rules/ids.js'
import { whenAnswered } from './advice.js'
import { replyText, requestText } from './bodies.js'
import type { LoggedCall, Refusal } from './log.js'
import { withoutCardNumbers } from '../rules/card-numbers.js'
import {
  isSecretName, maskedHeader, maskedJson, maskedText, maskedUrl, shortened, withoutSecrets, type Hide
} from './secrets.js'

const PREFIX = 'req'

/** The id of a call. It encodes the time and the number, so that it does not need to be stored. */
export function callId ({ at, seq }: Pick<LoggedCall, 'at' | 'seq'>): string {
  return idFloor(PREFIX, at) + base62(seq, RANDOM_DIGITS)
}

/** The number in an id; null if `id` is not the id of a call. */
export function seqOf (id: string): number | null {
  const start = PREFIX.length + 1
  if (!id.startsWith(`${PREFIX}_`) || id.length !== start + TIME_DIGITS + RANDOM_DIGITS) return null
  return fromBase62(id.slice(start + TIME_DIGITS))
}

/** The reason of a refusal. */
export interface Explanation extends Refusal {
  details: Violation[]
  /** All cases in which the API returns this code. */
  when: string | null
}

/** `POST /payments`, or `POST /{link}` for a hosted page; null if there is no route. */
export function operationName (call: LoggedCall): string | null {
  const operation = call.operation ?? withoutRoute(call)
  return operation?.name ?? (call.page === null ? null : `${call.method} ${call.page}`)
}

/** Operations that answer 501 have no route of their own. */
function withoutRoute ({ status, method, url, page }: LoggedCall): Operation | null {
  if (status !== 501 || page !== null) return null
  const segments = pathOf(url).split('/')
  return contract().operations.find(operation => {
    const wanted = operation.path.split('/')
    return operation.method === method && wanted.length === segments.length &&
      wanted.every((segment, index) => segment.startsWith('{') || segment === segments[index])
  }) ?? null
}

export function pathOf (url: string): string {
  return url.split('?', 1)[0] ?? ''
}

/** The path with its query. */
export function shownUrl ({ url }: LoggedCall, hide?: Hide): string {
  return maskedUrl(url, hide)
}

/** The URL that a page redirected to; null if it did not redirect. */
export function shownLocation ({ location }: LoggedCall): string | null {
  return location === null ? null : maskedUrl(location)
}

export function shownParameters ({ params }: LoggedCall): Record<string, string> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => name !== '*')
    .map(([name, value]) => [name, isSecretName(name) ? shortened(value) : withoutSecrets(value)]))
}

/** Headers by lower-case name. Repeated headers are joined. */
export function shownHeaders ({ headers }: LoggedCall, hide: Hide = withoutSecrets): Record<string, string> {
  const shown = new Map<string, string>()
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const sent = headers[index]?.toLowerCase() ?? ''
    const value = maskedHeader(sent, headers[index + 1] ?? '', hide)
    const name = hide(sent)
    const earlier = shown.get(name)
    shown.set(name, earlier === undefined ? value : `${earlier}, ${value}`)
  }
  return Object.fromEntries(shown)
}

/** Parses JSON; undefined if the text is not JSON. */
function parsed (text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The body of the request with secrets masked; undefined if there was none or it was not JSON. */
export function requestJson ({ bodies }: LoggedCall, hide?: Hide): unknown {
  return maskedJson(parsed(requestText(bodies)), hide)
}

export interface ShownBody {
  /** The length of the whole body in characters. */
  length: number
  truncated: boolean
  /** The body, if it is JSON and not truncated. */
  json: unknown
  /** The beginning of the body, if it is truncated or not JSON. */
  text: string | null
}

/** The body of a call that is repeated. */
export interface SentBody {
  text: string
  /** Whether `text` is the exact body: false if a secret was masked or the body was not text. */
  isExact: boolean
}

/** The whole body of the request with secrets masked. */
export function sentBody ({ bodies }: LoggedCall): SentBody {
  const text = requestText(bodies)
  const value = parsed(text)
  const shown = value === undefined ? maskedText(text) : JSON.stringify(maskedJson(value))
  const isExact = shown === (value === undefined ? text : JSON.stringify(value)) && !/[\0\uFFFD]/.test(text)
  return { text: isExact ? text : shown, isExact }
}

/** The operations that were called, sorted. */
export function operationsOf (calls: readonly LoggedCall[]): string[] {
  return [...new Set(calls.map(operationName).filter(name => name !== null))].sort()
}

export const BODY_SHOWN_MAX = 8 * 1024

/** A body with secrets masked, truncated to BODY_SHOWN_MAX; null if it is empty. */
export function shownBody (text: string): ShownBody | null {
  if (text === '') return null
  const { length } = text
  if (length > BODY_SHOWN_MAX) return { length, truncated: true, json: null, text: beginning(text) }
  const value = parsed(text)
  return value === undefined
    ? { length, truncated: false, json: null, text: maskedText(text) }
    : { length, truncated: false, json: maskedJson(value), text: null }
}

/** Characters that are read beyond the limit, so that a secret at the limit is recognised. */
const MARGIN = 1024

/** Never ends with half a surrogate pair. */
function beginning (text: string): string {
  return maskedText(text.slice(0, BODY_SHOWN_MAX + MARGIN)).slice(0, BODY_SHOWN_MAX).toWellFormed()
}

/** The error of a reply, with the cases of its code; null for a success. */
export function explanationOf ({ status, bodies, refusal }: LoggedCall): Explanation | null {
  const said = refusal ?? (status >= 400 ? refusalIn(replyText(bodies)) : null)
  if (said === null) return null
  const details = (said.details ?? [])
    .map(({ path, message }) => ({ path: withoutSecrets(path), message: withoutSecrets(message) }))
  return { code: said.code, message: withoutSecrets(said.message), details, when: whenAnswered(said.code) }
}

function refusalIn (text: string): Refusal | null {
  const reply = parsed(text) as Partial<Refusal> | undefined
  return reply?.code === undefined || reply.message === undefined ? null : reply as Refusal
}

/** The paths of fields that the contract does not define, or that did not apply. */
export function ignoredFields (call: LoggedCall): string[] {
  if (call.operation === null) return []
  return [...unknownFields(call.operation, parsed(requestText(call.bodies))), ...call.ignored ?? []].map(withoutCardNumbers)
}

/** The `payment_id` of the reply or the body; null if neither has one. */
export function namedPayment ({ bodies }: LoggedCall): string | null {
  return paymentIn(parsed(replyText(bodies))) ?? paymentIn(parsed(requestText(bodies)))
}

function paymentIn (value: unknown): string | null {
  const { payment_id: id } = (value ?? {}) as { payment_id?: unknown }
  return typeof id === 'string' ? withoutSecrets(id) : null
}

/** Whether the call contains an id anywhere. */
export function mentions ({ url, bodies, location }: LoggedCall, id: string): boolean {
  return url.includes(id) || location?.includes(id) === true ||
    requestText(bodies).includes(id) || replyText(bodies).includes(id)
}
