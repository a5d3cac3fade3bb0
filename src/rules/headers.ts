/**
 * Custom HTTP headers of a webhook endpoint: which names and values are legal (RFC 9110), which are reserved for the sender, and
 * which are masked when shown. Names are case-insensitive and keep the case in which they were given.
 */
import { ApiError, invalid, type Violation } from '../errors.js'

export type Headers = Readonly<Record<string, string>>

const HEADERS_MAX = 50
const CHARACTERS_MAX = 8192 // many servers limit all headers together to 8 KiB

/** A token: RFC 9110, section 5.6.2. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/
/** Visible characters, with spaces and tabs between them; section 5.5. Each character is sent as one byte. */
const VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/

/** Headers that the sender sets itself, lower case. */
const OWN = new Set(['connection', 'content-length', 'content-type', 'expect', 'host', 'keep-alive', 'te', 'trailer',
  'transfer-encoding', 'upgrade', 'user-agent'])
const OWN_PREFIX = 'webhook-'

/** The beginning of a delivery's `user-agent`. The version follows. */
export const SENDER_AGENT = 'dodo-emulator/'

const SENSITIVE = /authorization|cookie|api-?key|token|secret|password|(?:^|-)auth(?:-|$)/i

/** Throws INVALID_REQUEST_PARAMETERS with a violation for each header that can't be sent. */
export function checkHeaders (headers: Headers): void {
  const violations: Violation[] = []
  const seen = new Set<string>()
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase()
    const message = nameProblem(name, lower) ?? valueProblem(value) ??
      (seen.has(lower) ? 'is given twice: header names are case-insensitive' : null)
    seen.add(lower)
    if (message !== null) violations.push({ path: `headers.${name.slice(0, 100)}`, message })
    if (violations.length === HEADERS_MAX) break // keeps the error short
  }
  const [first] = violations
  if (first === undefined) return
  throw new ApiError('INVALID_REQUEST_PARAMETERS', { violations, message: `${first.path} ${first.message}` })
}

function nameProblem (name: string, lower: string): string | null {
  if (!NAME.test(name)) return "is not a valid header name: use letters, digits and !#$%&'*+-.^_`|~"
  return OWN.has(lower) || lower.startsWith(OWN_PREFIX) ? 'is set by the sender: leave it out' : null
}

function valueProblem (value: string): string | null {
  if (VALUE.test(value)) return null
  return 'must be Latin-1 text without line breaks, other control characters, or spaces at either end'
}

/**
 * Adds headers. A header in `added` replaces one of the same name. Throws INVALID_REQUEST_PARAMETERS if there are too many in
 * all, or if they are too long.
 */
export function mergeHeaders (headers: Headers, added: Headers): Record<string, string> {
  const replaced = new Set(Object.keys(added).map(name => name.toLowerCase()))
  const kept = Object.entries(headers).filter(([name]) => !replaced.has(name.toLowerCase()))
  const merged = [...kept, ...Object.entries(added)]
  if (merged.length > HEADERS_MAX) throw tooMuch(`at most ${HEADERS_MAX} headers, not ${merged.length}`)
  const size = merged.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  if (size > CHARACTERS_MAX) throw tooMuch(`at most ${CHARACTERS_MAX} characters of names and values together, not ${size}`)
  return Object.fromEntries(merged)
}

function tooMuch (message: string): ApiError {
  return invalid('headers', `headers must hold ${message}`)
}

/** Whether a request is a delivery from an emulator: it has headers that an endpoint can neither set nor omit. */
export function isDelivery (headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  return String(headers['user-agent'] ?? '').startsWith(SENDER_AGENT) ||
    Object.keys(headers).some(name => name.startsWith(OWN_PREFIX))
}

/** Whether a header's value should be masked: its name suggests credentials. */
export function isSensitive (name: string): boolean {
  return SENSITIVE.test(name)
}
