/**
 * Masks secrets in the log: API keys, cookies, card numbers, signing secrets, passwords in URLs. Names stay, and so does the
 * beginning of a key, so that it can be recognised. Pure, and linear in the length of the input.
 */
import { isCardNumber, withoutCardNumbers } from '../rules/card-numbers.js'

const HIDDEN = '[hidden]'
const HIDDEN_NUMBER = '••••'

/** The first characters of a key: a third of it, at most eight. */
export function shortened (key: string): string {
  if (key === HIDDEN) return key
  return `${key.slice(0, Math.min(8, Math.floor(key.length / 3)))}…`
}

/** A fast check that most names fail. */
const MAY_BE_SECRET = /secret|token|pass|pwd|auth|cookie|cred|key|cv[cv]|jwt|bearer|signature|sig|session|otp|^p(?:in|w)$/i
/** Words that mark a secret anywhere in a name. The sets below apply to the last word or to the whole name. */
const SECRET_WORDS = new Set(['secret', 'token', 'password', 'passwd', 'passphrase', 'pwd', 'authorization', 'cookie',
  'credential', 'cvc', 'cvv', 'jwt', 'bearer'])
const LAST_WORDS = new Set(['auth', 'signature', 'sig', 'apikey'])
const WHOLE_NAMES = new Set(['key', 'keys', 'pass', 'pw', 'pin', 'otp'])
/** Words that make a key a secret. An `idempotency_key` is not one. */
const KINDS_OF_KEY = new Set(['api', 'access', 'control', 'emulator', 'encryption', 'private', 'signing', 'webhook'])
/** Secrets that are hidden completely. */
const SHORT_SECRETS = /pass|pwd|cv[cv]|^p(?:in|w)$|otp/i

/** Whether a field or parameter with this name contains a secret. Case and separators do not matter. */
export function isSecretName (name: string): boolean {
  if (!MAY_BE_SECRET.test(name)) return false
  const words = wordsOf(name)
  const [last = '', before = ''] = words.toReversed()
  return words.some(word => SECRET_WORDS.has(singular(word))) || LAST_WORDS.has(last) || WHOLE_NAMES.has(words.join('_')) ||
    (singular(last) === 'key' && KINDS_OF_KEY.has(before))
}

/** `clientSecret`, `client-secret` and `data[client_secret]` have the same words. */
function wordsOf (name: string): string[] {
  return name.replace(/[a-z0-9](?=[A-Z])/g, '$& ').toLowerCase().split(/[^a-z0-9]+/).filter(word => word !== '')
}

function singular (word: string): string {
  return word.endsWith('s') ? word.slice(0, -1) : word
}

/** Masks the value of a secret. */
function hidden (name: string, value: string): string {
  return SHORT_SECRETS.test(name) ? HIDDEN : shortened(value)
}

const SECRET_IN_HEADERS = new Set(['auth', 'key', 'session', 'signature'])
const NOT_SECRET = new Set(['idempotency-key', 'sec-websocket-key'])

/**
 * Masks a text whose name marks no secret: `withoutSecrets` for output, and `withoutUrlSecrets` for comparisons, because digits
 * that look like a card number may be a time or a phone number that a test expects.
 */
export type Hide = (text: string) => string

/** Masks a header. Of an API key the first characters stay; other secrets are hidden. */
export function maskedHeader (name: string, value: string, hide: Hide = withoutSecrets): string {
  if (name === 'authorization') {
    const [scheme = '', ...key] = value.trim().split(' ')
    if (key.length === 0) return HIDDEN
    return `${hide(scheme)} ${scheme.toLowerCase() === 'basic' ? HIDDEN : shortened(key.join(' ').trim())}`
  }
  const isSecret = isSecretName(name) || wordsOf(name).some(word => SECRET_IN_HEADERS.has(singular(word)))
  return isSecret && !NOT_SECRET.has(name) ? HIDDEN : hide(value)
}

/** Paths with a token that grants access. */
const SECRET_PATH = /(\/portal\/session\/|\/uploads\/(?:images|files)\/)([^/?#\s]+)/g
/** The name and password in a URL, up to the last @ before its path. */
const USER_INFO = /:[/\\]{1,4}[^/\\?#\s"'<>]+@/g
/** A parameter in the query or fragment of a URL. */
const URL_PARAMETER = /([?&#])([^?&#=\s"'<>]{1,100})=([^&#\s"'<>]*)/g

/** Masks card numbers and secrets in URLs. */
export function withoutSecrets (text: string): string {
  return withoutCardNumbers(withoutUrlSecrets(text))
}

/** Masks secrets in URLs. */
export function withoutUrlSecrets (text: string): string {
  if (!text.includes('/') && !text.includes('?')) return text
  return text
    .replace(USER_INFO, found => `${/^:[/\\]+/.exec(found)?.[0] ?? ''}${HIDDEN}@`)
    .replace(SECRET_PATH, (_whole, path: string, secret: string) => path + shortened(secret))
    .replace(URL_PARAMETER, (whole, mark: string, name: string, value: string) =>
      isSecretName(decoded(name)) ? `${mark}${name}=${hidden(name, value)}` : whole)
}

/** The text between a name and its value in forms, headers and malformed JSON. */
const BETWEEN = /["']?\s{0,10}[:=]\s{0,10}/g
const NAME_CHARACTER = /[\w%[\].-]/
const NAME_MAX = 100
/** A form field that contains escapes. */
const ENCODED_FIELD = /^[\w%[\].+-]{1,100}=[^%]*%/
/** A quoted value, whose closing quote may be missing, or text up to a delimiter. */
const VALUE = /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^"'&,;}\s]+/gsy

/** Masks card numbers and named secrets in text of an unknown format. */
export function maskedText (given: string): string {
  const fields = given.split('&').map(part => ENCODED_FIELD.test(part) ? maskedParameter(part, withoutSecrets) : part)
  const text = withoutSecrets(fields.join('&'))
  let shown = ''
  let shownTo = 0
  for (const { 0: between, index } of text.matchAll(BETWEEN)) {
    if (index < shownTo || !isSecretName(decoded(nameBefore(text, index)))) continue
    VALUE.lastIndex = index + between.length
    const [value = ''] = VALUE.exec(text) ?? []
    const quote = value.startsWith('"') || value.startsWith("'") ? value.charAt(0) : ''
    if (value === '') continue
    shown += `${text.slice(shownTo, index)}${between}${quote}${HIDDEN}${quote}`
    shownTo = index + between.length + value.length
  }
  return shown + text.slice(shownTo)
}

function nameBefore (text: string, end: number): string {
  let start = end
  while (start > 0 && end - start < NAME_MAX && NAME_CHARACTER.test(text.charAt(start - 1))) start--
  return text.slice(start, end)
}

const FORM_VALUE_MAX = 500
/** Characters that are read beyond the limit, so that a number at the limit is recognised. */
const MARGIN = 200

/** Masks the form of a hosted page. Numbers as long as a card number keep only their last four digits, in any field. */
export function maskedForm (form: object): Record<string, string> {
  return Object.fromEntries(Object.entries(form).map(([name, value]) => {
    if (isSecretName(name)) return [withoutCardNumbers(name), HIDDEN]
    const text = withoutLongNumbers(String(value).slice(0, FORM_VALUE_MAX + MARGIN))
    return [withoutCardNumbers(name), withoutSecrets(text).slice(0, FORM_VALUE_MAX)]
  }))
}

/** Card numbers have at least twelve digits. Without a Luhn check, because a mistyped card number must be masked too. */
const LONG_NUMBER = /\d(?:[\s().-]*\d){11,}/g

function withoutLongNumbers (text: string): string {
  return text.replace(LONG_NUMBER, number => `•••• ${number.replace(/\D/g, '').slice(-4)}`)
}

const DEPTH_MAX = 64
const DEEPER = '[too deep to show]'

/** A copy of a JSON value with secrets masked. Values below DEPTH_MAX levels are omitted. */
export function maskedJson (value: unknown, hide: Hide = withoutSecrets, depth = 0): unknown {
  if (typeof value === 'string') return hide(value)
  if (typeof value === 'number') return hide === withoutSecrets && isCardNumber(value) ? maskedNumber(value) : value
  if (typeof value !== 'object' || value === null) return value
  if (depth === DEPTH_MAX) return DEEPER
  if (Array.isArray(value)) return value.map(item => maskedJson(item, hide, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([name, inner]) =>
    [hide(name), isSecretName(name) ? maskedSecret(name, inner, hide, depth + 1) : maskedJson(inner, hide, depth + 1)]))
}

function maskedNumber (value: number): string {
  const shown = withoutCardNumbers(String(Math.trunc(value)))
  return shown.startsWith('•') ? shown : HIDDEN_NUMBER
}

/** Masks the value of a secret, or a list of such values. */
function maskedSecret (name: string, value: unknown, hide: Hide, depth: number): unknown {
  if (typeof value === 'string') return hidden(name, value)
  if (typeof value === 'number') return HIDDEN
  if (!Array.isArray(value) || depth === DEPTH_MAX) return maskedJson(value, hide, depth)
  return value.map(item => maskedSecret(name, item, hide, depth + 1))
}

/** Masks secrets in a path or a URL with its query and fragment. */
export function maskedUrl (url: string, hide: Hide = withoutSecrets): string {
  const [beforeFragment, fragment] = splitAt(url, '#')
  const [path, query] = splitAt(beforeFragment, '?')
  const parts = withoutUrlSecrets(path).split('/').map(part => maskedPart(part, hide))
  return parts.join('/') +
    (query === undefined ? '' : `?${maskedQuery(query, hide)}`) +
    (fragment === undefined ? '' : `#${maskedQuery(fragment, hide)}`)
}

/** Splits text at the first `sign`. The second part is undefined if there is none. */
function splitAt (text: string, sign: string): [before: string, after?: string] {
  const at = text.indexOf(sign)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

function maskedQuery (query: string, hide: Hide): string {
  return query.split('&').map(parameter => maskedParameter(parameter, hide)).join('&')
}

function maskedParameter (parameter: string, hide: Hide): string {
  const [name, value] = splitAt(parameter, '=')
  if (value === undefined) return maskedPart(parameter, hide)
  const shown = isSecretName(decoded(name)) ? hidden(decoded(name), value) : maskedPart(value, hide)
  return `${maskedPart(name, hide)}=${shown}`
}

/** Masks a part of a URL. It stays encoded if nothing is masked, and is decoded otherwise. */
function maskedPart (part: string, hide: Hide): string {
  const plain = decoded(part)
  const masked = hide(plain)
  return masked === plain ? part : masked
}

/** Decodes a part of a URL. If the encoding is invalid, decodes only ASCII escapes. */
function decoded (part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part.replace(/%([2-7][0-9a-f])/gi, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  }
}
