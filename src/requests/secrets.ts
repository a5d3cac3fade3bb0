/**
 * What nobody is to find in the log: API keys, cookies, card numbers, signing secrets. Names stay, and so much of a key that one
 * can tell which it was, as dashboards show it. Pure.
 */

const HIDDEN = '[hidden]'

/** The first characters of a key: a third of it, and never more than eight. */
export function shortened (key: string): string {
  if (key === HIDDEN) return key
  return `${key.slice(0, Math.min(8, Math.floor(key.length / 3)))}…`
}

const SECRET_HEADER = /(?:^|-)(?:authorization|auth|cookie|token|secret|key|password|credential|session|signature)s?(?:$|-)/
const NOT_SECRET = new Set(['idempotency-key', 'sec-websocket-key'])

/** A header as it may be shown: of a key its first characters, of other secrets nothing. */
export function maskedHeader (name: string, value: string): string {
  if (name === 'authorization') {
    const [, scheme = '', key = ''] = /^(\S+) +(.*)$/.exec(value) ?? []
    return scheme === '' ? HIDDEN : `${scheme} ${shortened(key)}`
  }
  return SECRET_HEADER.test(name) && !NOT_SECRET.has(name) ? HIDDEN : value
}

/** Names of fields, parameters and query parameters that hold a secret. */
const SECRET_NAME = /^(?:.*_)?(?:secret|token|password|authorization|cookie|api_?key|cvc|cvv|signing_?key)$/i

export function isSecretName (name: string): boolean {
  return SECRET_NAME.test(name) || SECRET_HEADER.test(name.toLowerCase())
}

/** Twelve digits are the shortest card number there is. */
const CARD_NUMBER = /\d(?:[\s().-]*\d){11,}/g

export function withoutCardNumbers (text: string): string {
  return text.replace(CARD_NUMBER, number => `•••• ${number.replace(/\D/g, '').slice(-4)}`)
}

/** A name and its value as forms have them, or as JSON that is broken; a name is not looked for within another. */
const NAMED_VALUE = /(?<![\w-])([a-z_][\w-]{0,60})(["']?\s{0,10}[:=]\s{0,10}["']?)([^"'&,;}\s]+)/gi

/** A text of unknown kind: without card numbers, and without what is called a secret. */
export function maskedText (text: string): string {
  return withoutSecretPaths(withoutCardNumbers(text)).replace(NAMED_VALUE, (whole, name: string, between: string) =>
    isSecretName(name) ? name + between + HIDDEN : whole)
}

const FORM_VALUE_MAX = 500

/** A form of a hosted page: card numbers up to their last four digits, wherever they were typed. */
export function maskedForm (form: object): Record<string, string> {
  return Object.fromEntries(Object.entries(form).map(([name, value]) => {
    if (isSecretName(name)) return [name, HIDDEN]
    return [name, withoutCardNumbers(String(value).slice(0, FORM_VALUE_MAX))]
  }))
}

const DEPTH_MAX = 64
const DEEPER = '[too deep to show]'

/** Paths that open something to whoever knows them. */
const SECRET_PATH = /(\/portal\/session\/|\/uploads\/(?:images|files)\/)([^/?#\s]+)/g

/** The name and password in a URL. */
const USER_INFO = /:\/\/[^/?#\s@]+@/g

function withoutSecretPaths (text: string): string {
  return text.replace(USER_INFO, `://${HIDDEN}@`)
    .replace(SECRET_PATH, (_whole, path: string, secret: string) => path + shortened(secret))
}

/** A copy of a JSON value without its secrets. What is nested deeper than anybody reads is left out. */
export function maskedJson (value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return withoutSecretPaths(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === DEPTH_MAX) return DEEPER
  if (Array.isArray(value)) return value.map(item => maskedJson(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([name, inner]) =>
    [name, isSecretName(name) && typeof inner === 'string' ? shortened(inner) : maskedJson(inner, depth + 1)]))
}

/** A path or a URL with its query, without the secrets in it. */
export function maskedUrl (url: string): string {
  const [path = '', query] = url.split(/\?(.*)/s)
  const shown = withoutSecretPaths(path)
  if (query === undefined) return shown
  return `${shown}?${query.replace(/([^&=]+)=([^&]*)/g, (whole, name: string, value: string) =>
    isSecretName(name) ? `${name}=${shortened(value)}` : whole)}`
}
