/** Arguments and options of commands. Each has a parser, so that an invalid value is refused before a request is sent. */
import { Argument, Option } from 'commander'
import { PAYLOAD_TYPES } from '../delivery/catalogue.js'
import { SetupError } from '../errors.js'
import { parseGiven } from '../config/table.js'
import { nonEmpty, time, wholeNumber } from '../config/values.js'
import { parseTime } from '../rules/calendar.js'
import { parseDuration } from '../rules/duration.js'
import { isNear } from '../rules/near.js'

/** Throws a SetupError that says which values are valid. */
interface Parse<Value> {
  (text: string): Value
  /** All valid values, if there are few. */
  choices?: readonly string[]
}

const choices = new WeakMap<Option | Argument, readonly string[]>()

/** The valid values of an option or an argument, for completion. Undefined if there are many. */
export function choicesOf (of: Option | Argument): readonly string[] | undefined {
  return choices.get(of)
}

function withChoices<Of extends Option | Argument> (of: Of, parse: Parse<unknown>): Of {
  if (parse.choices !== undefined) choices.set(of, parse.choices)
  return of
}

/** An option such as `--limit <count>`. */
export function option<Value> (flags: string, about: string, parse: Parse<Value>): Option {
  const option = new Option(flags, about)
  return withChoices(option.argParser((text: string) => parseGiven(option.long ?? flags, text, parse)), parse)
}

/** An option that may be repeated. Its value is a list. */
export function repeatable<Value> (flags: string, about: string, parse: Parse<Value>): Option {
  const option = new Option(flags, about)
  return option.argParser((text: string, earlier: Value[] | undefined) =>
    [...earlier ?? [], parseGiven(option.long ?? flags, text, parse)])
}

/** An argument: `<payment_id>`, or `[status]` if it is optional. */
export function argument<Value> (name: string, about: string, parse: Parse<Value>): Argument {
  return withChoices(new Argument(name, about).argParser((text: string) => parseGiven(name, text, parse)), parse)
}

/** The option that limits how many items of a list are printed. */
export function limitOption (): Option {
  return option('--limit <count>', 'how many of the latest to list', wholeNumber(1, 100)).default(20)
}

/** An id. The emulator checks whether it exists. */
export const identifier = nonEmpty

export function oneOf<const Value extends string> (...values: Value[]): Parse<Value> {
  const parse = (text: string): Value => {
    const value = values.find(known => known === text)
    if (value !== undefined) return value
    throw new SetupError(`must be ${alternatives(values)}`)
  }
  return Object.assign(parse, { choices: values })
}

function alternatives (values: readonly string[]): string {
  return values.length === 1 ? `${values[0]}` : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`
}

/** `payment.succeeded` */
export const eventType: Parse<string> = Object.assign((text: string): string => {
  if (Object.hasOwn(PAYLOAD_TYPES, text)) return text
  const meant = Object.keys(PAYLOAD_TYPES).find(type => isNear(type, text))
  throw new SetupError(`must be an event type such as ${meant ?? 'payment.succeeded'}`)
}, { choices: Object.keys(PAYLOAD_TYPES) })

/** `payment.succeeded, payment.failed` */
export function eventTypes (text: string): string[] {
  return text.split(',').map(part => eventType(part.trim()))
}

/** A duration in milliseconds. */
export function durationUpTo (longest: string, shortestMs = 0): Parse<number> {
  const longestMs = parseDuration(longest) ?? 0
  return text => {
    const ms = parseDuration(text)
    if (ms !== null && ms >= shortestMs && ms <= longestMs) return ms
    const least = shortestMs > 0 ? `of at least ${shortestMs}ms and ` : 'of '
    throw new SetupError(`must be a duration such as 500ms, 30s or 15m, ${least}at most ${longest}`)
  }
}

/** Returns the text unchanged if it is a valid time. */
export function timeText (text: string): string {
  time(text)
  return text
}

/** A number greater than 0 and at most 1. */
export function probability (text: string): number {
  const value = Number(text)
  if (/^\d+(?:\.\d+)?$/.test(text) && value > 0 && value <= 1) return value
  throw new SetupError('must be a number greater than 0 and at most 1, such as 0.5')
}

/** A status such as `422`, or a class such as `4xx`. */
export function statusPattern (text: string): string {
  if (/^[1-5](?:\d\d|xx)$/.test(text)) return text
  throw new SetupError('must be a status such as 422, or a class such as 4xx')
}

/** One operation. The emulator checks whether the API has it. */
export function operation (text: string): string {
  if (/^[A-Z]+ \/\S*$/.test(text)) return text
  throw new SetupError("must be an operation, such as 'POST /payments' or 'GET /payments/{payment_id}'")
}

/** One operation, all operations of a method, or all operations. */
export function operations (text: string): string {
  if (/^(?:\*|[A-Z]+ (?:\*|\/\S*))$/.test(text)) return text
  throw new SetupError("must be an operation such as 'POST /payments', or a pattern such as 'POST *' or '*'")
}

/** `POST` */
export function method (text: string): string {
  if (/^[A-Za-z]+$/.test(text)) return text.toUpperCase()
  throw new SetupError('must be a method, such as POST')
}

/** The id of a call in the request log, or a time. */
export function callOrTime (text: string): string {
  if (/^req_\w+$/.test(text) || parseTime(text) !== null) return text
  throw new SetupError('must be the id of a call (req_…), or a time such as 2026-01-31T12:00:00Z')
}

/** `USD` */
export function currencyCode (text: string): string {
  if (/^[A-Z]{3}$/.test(text)) return text
  throw new SetupError('must be a currency code, such as USD')
}

/** `INTERNAL_SERVER_ERROR` */
export function errorCode (text: string): string {
  if (/^[A-Z][A-Z0-9_]{0,99}$/.test(text)) return text
  throw new SetupError('must be a code in capitals, such as INTERNAL_SERVER_ERROR')
}

/** A card number. The emulator checks whether it is a test card. */
export function cardNumber (text: string): string {
  if (/^(?:\d ?){12,19}$/.test(text)) return text
  throw new SetupError('must be the number of a test card, such as 4242424242424242')
}

/** `retry-after: 5` */
export function header (text: string): [name: string, value: string] {
  const at = text.indexOf(':')
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
  throw new SetupError("must be a header such as 'retry-after: 5'")
}

/** Any JSON value. */
export function json (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SetupError('must be JSON, such as {"quantity":2}')
  }
}

export function jsonObject (example: string): Parse<object> {
  return text => {
    try {
      const value: unknown = JSON.parse(text)
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
    } catch {}
    throw new SetupError(`must be a JSON object, such as ${example}`)
  }
}
