/**
 * Secrets that nobody is to find in the log: API keys, cookies, card numbers, signing secrets, passwords in URLs. Names stay, and
 * so much of a key that one can tell which it was, as dashboards show it. Pure, and linear in the length of what it is given.
 */
import { isCardNumber, withoutCardNumbers } from '../rules/card-numbers.js'

const HIDDEN = '[hidden]'
const HIDDEN_NUMBER = '••••'

/** The first characters of a key: a third of it, and never more than eight. */
export function shortened (key: string): string {
  if (key === HIDDEN) return key
  return `${key.slice(0, Math.min(8, Math.floor(key.length / 3)))}…`
}

/** Most names are none of these, which is quick to see. */
const MAY_BE_SECRET = /secret|token|pass|pwd|auth|cookie|cred|key|cv[cv]|jwt|bearer|signature|sig|session|otp|^p(?:in|w)$/i
/** A secret by any of its words, the others by their last word or as the whole name. */
const SECRET_WORDS = new Set(['secret', 'token', 'password', 'passwd', 'passphrase', 'pwd', 'authorization', 'cookie',
  'credential', 'cvc', 'cvv', 'jwt', 'bearer'])
const LAST_WORDS = new Set(['auth', 'signature', 'sig', 'apikey'])
const WHOLE_NAMES = new Set(['key', 'keys', 'pass', 'pw', 'pin', 'otp'])
/** What makes a secret of a key: not `idempotency_key`. */
const KINDS_OF_KEY = new Set(['api', 'access', 'control', 'emulator', 'encryption', 'private', 'signing', 'webhook'])
/** Nothing at all is shown of these. */
const SHORT_SECRETS = /pass|pwd|cv[cv]|^p(?:in|w)$|otp/i

/** Names of fields, parameters and query parameters that hold a secret, however they are written. */
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

/** The value of something that is called a secret. */
function hidden (name: string, value: string): string {
  return SHORT_SECRETS.test(name) ? HIDDEN : shortened(value)
}

const SECRET_IN_HEADERS = new Set(['auth', 'key', 'session', 'signature'])
const NOT_SECRET = new Set(['idempotency-key', 'sec-websocket-key'])

/**
 * What is hidden in texts whose name says nothing. Everything where it is shown; where calls are only compared,
 * `withoutUrlSecrets`, because a number that passes for a card's may be a time or a phone number that a test looks for.
 */
export type Hide = (text: string) => string

/** A header as it may be shown: of a key its first characters, of other secrets nothing. */
export function maskedHeader (name: string, value: string, hide: Hide = withoutSecrets): string {
  if (name === 'authorization') {
    const [scheme = '', ...key] = value.trim().split(' ')
    if (key.length === 0) return HIDDEN
    return `${hide(scheme)} ${scheme.toLowerCase() === 'basic' ? HIDDEN : shortened(key.join(' ').trim())}`
  }
  const isSecret = isSecretName(name) || wordsOf(name).some(word => SECRET_IN_HEADERS.has(singular(word)))
  return isSecret && !NOT_SECRET.has(name) ? HIDDEN : hide(value)
}

/** Paths that open something to whoever knows them. */
const SECRET_PATH = /(\/portal\/session\/|\/uploads\/(?:images|files)\/)([^/?#\s]+)/g
/** The name and password in a URL, up to the last @ before its path. */
const USER_INFO = /:[/\\]{1,4}[^/\\?#\s"'<>]+@/g
/** A parameter in the query or fragment of a URL. */
const URL_PARAMETER = /([?&#])([^?&#=\s"'<>]{1,100})=([^&#\s"'<>]*)/g

/** A text without card numbers, and without the secrets of URLs in it. */
export function withoutSecrets (text: string): string {
  return withoutCardNumbers(withoutUrlSecrets(text))
}

/** A text without the secrets of URLs in it. */
export function withoutUrlSecrets (text: string): string {
  if (!text.includes('/') && !text.includes('?')) return text
  return text
    .replace(USER_INFO, found => `${/^:[/\\]+/.exec(found)?.[0] ?? ''}${HIDDEN}@`)
    .replace(SECRET_PATH, (_whole, path: string, secret: string) => path + shortened(secret))
    .replace(URL_PARAMETER, (whole, mark: string, name: string, value: string) =>
      isSecretName(decoded(name)) ? `${mark}${name}=${hidden(name, value)}` : whole)
}

/** What stands between a name and its value in forms, in headers, and in JSON that is broken. */
const BETWEEN = /["']?\s{0,10}[:=]\s{0,10}/g
const NAME_CHARACTER = /[\w%[\].-]/
const NAME_MAX = 100
/** A field of a form, of which something may be escaped. */
const ENCODED_FIELD = /^[\w%[\].+-]{1,100}=[^%]*%/
/** In quotes, whose end may be missing, or up to what ends it. */
const VALUE = /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^"'&,;}\s]+/gsy

/** A text of unknown kind: without card numbers, and without what is called a secret. */
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
/** What is read of a value besides, so that a number is seen whole that ends behind the limit. */
const MARGIN = 200

/** A form of a hosted page: numbers as long as a card's up to their last four digits, wherever they were typed. */
export function maskedForm (form: object): Record<string, string> {
  return Object.fromEntries(Object.entries(form).map(([name, value]) => {
    if (isSecretName(name)) return [withoutCardNumbers(name), HIDDEN]
    const text = withoutLongNumbers(String(value).slice(0, FORM_VALUE_MAX + MARGIN))
    return [withoutCardNumbers(name), withoutSecrets(text).slice(0, FORM_VALUE_MAX)]
  }))
}

/** Twelve digits are the shortest card number there is. One that is mistyped is nearly one, so the Luhn check is no excuse. */
const LONG_NUMBER = /\d(?:[\s().-]*\d){11,}/g

function withoutLongNumbers (text: string): string {
  return text.replace(LONG_NUMBER, number => `•••• ${number.replace(/\D/g, '').slice(-4)}`)
}

const DEPTH_MAX = 64
const DEEPER = '[too deep to show]'

/** A copy of a JSON value without its secrets. What is nested deeper than anybody reads is left out. */
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

/** What stands under the name of a secret: itself, or a list of such. */
function maskedSecret (name: string, value: unknown, hide: Hide, depth: number): unknown {
  if (typeof value === 'string') return hidden(name, value)
  if (typeof value === 'number') return HIDDEN
  if (!Array.isArray(value) || depth === DEPTH_MAX) return maskedJson(value, hide, depth)
  return value.map(item => maskedSecret(name, item, hide, depth + 1))
}

/** A path or a URL with its query and fragment, without the secrets in it. */
export function maskedUrl (url: string, hide: Hide = withoutSecrets): string {
  const [beforeFragment, fragment] = parted(url, '#')
  const [path, query] = parted(beforeFragment, '?')
  const parts = withoutUrlSecrets(path).split('/').map(part => maskedPart(part, hide))
  return parts.join('/') +
    (query === undefined ? '' : `?${maskedQuery(query, hide)}`) +
    (fragment === undefined ? '' : `#${maskedQuery(fragment, hide)}`)
}

/** What stands before and behind a sign; undefined where it is missing. */
function parted (text: string, sign: string): [before: string, behind?: string] {
  const at = text.indexOf(sign)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

function maskedQuery (query: string, hide: Hide): string {
  return query.split('&').map(parameter => maskedParameter(parameter, hide)).join('&')
}

function maskedParameter (parameter: string, hide: Hide): string {
  const [name, value] = parted(parameter, '=')
  if (value === undefined) return maskedPart(parameter, hide)
  const shown = isSecretName(decoded(name)) ? hidden(decoded(name), value) : maskedPart(value, hide)
  return `${maskedPart(name, hide)}=${shown}`
}

/** A part of a URL: as it was sent where nothing is hidden in it, else decoded. */
function maskedPart (part: string, hide: Hide): string {
  const plain = decoded(part)
  const masked = hide(plain)
  return masked === plain ? part : masked
}

/** Also what is no valid encoding, as far as it is one of ASCII. */
function decoded (part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part.replace(/%([2-7][0-9a-f])/gi, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  }
}
