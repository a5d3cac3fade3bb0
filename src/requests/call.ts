/**
 * A logged call as people and tests may see it: with an id, its operation and parameters, its bodies as JSON, why it was refused,
 * and what of its body nobody has read. Everything is worked out here, when somebody looks, and every secret is hidden here.
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

/** The id of a call: its time and its number, so that none needs to be kept. */
export function callId ({ at, seq }: Pick<LoggedCall, 'at' | 'seq'>): string {
  return idFloor(PREFIX, at) + base62(seq, RANDOM_DIGITS)
}

/** The number in an id; null for what is no id of a call. */
export function seqOf (id: string): number | null {
  const start = PREFIX.length + 1
  if (!id.startsWith(`${PREFIX}_`) || id.length !== start + TIME_DIGITS + RANDOM_DIGITS) return null
  return fromBase62(id.slice(start + TIME_DIGITS))
}

/** Why a call was refused. */
export interface Explanation extends Refusal {
  details: Violation[]
  /** When this code is answered, whatever the case. */
  when: string | null
}

/** `POST /payments`, `POST /{link}` for a hosted page; null for what has no route. */
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

/** Where a page has led to; null where it has led nowhere. */
export function shownLocation ({ location }: LoggedCall): string | null {
  return location === null ? null : maskedUrl(location)
}

export function shownParameters ({ params }: LoggedCall): Record<string, string> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => name !== '*')
    .map(([name, value]) => [name, isSecretName(name) ? shortened(value) : withoutSecrets(value)]))
}

/** By lower-case name; what came several times is joined. */
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

/** The JSON of a text; undefined for what is none. */
function parsed (text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The body that was sent, without its secrets; undefined where there was none, or where it was no JSON. */
export function requestJson ({ bodies }: LoggedCall, hide?: Hide): unknown {
  return maskedJson(parsed(requestText(bodies)), hide)
}

export interface ShownBody {
  /** How long the whole is, in characters. */
  length: number
  truncated: boolean
  /** The body, where it is JSON and is not truncated. */
  json: unknown
  /** Its beginning, where it is not. */
  text: string | null
}

/** Of a call that is to be made again. */
export interface SentBody {
  text: string
  /** Whether these are the very bytes: not where something had to be hidden, or was no text. */
  isExact: boolean
}

/** The body as it was sent, without its secrets, whole. */
export function sentBody ({ bodies }: LoggedCall): SentBody {
  const text = requestText(bodies)
  const value = parsed(text)
  const shown = value === undefined ? maskedText(text) : JSON.stringify(maskedJson(value))
  const isExact = shown === (value === undefined ? text : JSON.stringify(value)) && !/[\0\uFFFD]/.test(text)
  return { text: isExact ? text : shown, isExact }
}

/** Every operation that was called, in the order of the alphabet. */
export function operationsOf (calls: readonly LoggedCall[]): string[] {
  return [...new Set(calls.map(operationName).filter(name => name !== null))].sort()
}

export const BODY_SHOWN_MAX = 8 * 1024

/** A body without its secrets, as far as it is shown; null for an empty one. */
export function shownBody (text: string): ShownBody | null {
  if (text === '') return null
  const { length } = text
  if (length > BODY_SHOWN_MAX) return { length, truncated: true, json: null, text: beginning(text) }
  const value = parsed(text)
  return value === undefined
    ? { length, truncated: false, json: null, text: maskedText(text) }
    : { length, truncated: false, json: maskedJson(value), text: null }
}

/** So much more is looked at, so that a secret is seen whole that ends behind what is shown. */
const MARGIN = 1024

/** Never half a character. */
function beginning (text: string): string {
  return maskedText(text.slice(0, BODY_SHOWN_MAX + MARGIN)).slice(0, BODY_SHOWN_MAX).toWellFormed()
}

/** What a reply with an error says, and when its code is answered; null for a success. */
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

/** Where the body has fields that the contract does not know, or that did not apply. */
export function ignoredFields (call: LoggedCall): string[] {
  if (call.operation === null) return []
  return [...unknownFields(call.operation, parsed(requestText(call.bodies))), ...call.ignored ?? []].map(withoutCardNumbers)
}

/** The payment that the reply or the body names; null where neither does. */
export function namedPayment ({ bodies }: LoggedCall): string | null {
  return paymentIn(parsed(replyText(bodies))) ?? paymentIn(parsed(requestText(bodies)))
}

function paymentIn (value: unknown): string | null {
  const { payment_id: id } = (value ?? {}) as { payment_id?: unknown }
  return typeof id === 'string' ? withoutSecrets(id) : null
}

/** Whether an id (of a payment, a customer, …) stands anywhere in the call. */
export function mentions ({ url, bodies, location }: LoggedCall, id: string): boolean {
  return url.includes(id) || location?.includes(id) === true ||
    requestText(bodies).includes(id) || replyText(bodies).includes(id)
}
