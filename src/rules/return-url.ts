/** Checks return URLs: any absolute URL of a website or an app is allowed, except schemes that run or read something locally. */
import { invalidBody } from '../errors.js'

/** Schemes that run code or read data in the customer's browser instead of leading back to the merchant. */
const REFUSED_SCHEMES = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:'])

/** The problem with a `return_url`, such as `must be an absolute URL`; null if it is valid. */
export function returnUrlProblem (returnUrl: string): string | null {
  if (!URL.canParse(returnUrl)) {
    const hint = isHost(returnUrl) ? ': http:// or https:// is missing' : ', such as https://example.com/thanks or myapp://paid'
    return `must be an absolute URL${hint}`
  }
  const { protocol } = new URL(returnUrl)
  return REFUSED_SCHEMES.has(protocol) ? `must not have the scheme ${protocol}` : null
}

/** Whether text is a host, optionally with a port or a path: `127.0.0.1:3000/thanks`, `example.com/thanks`. */
function isHost (text: string): boolean {
  return /^[\w-]+(?:[.:][\w-]+)+(?:[/?#]|$)/.test(text) && URL.canParse(`http://${text}`)
}

/** Throws INVALID_REQUEST_BODY. `path` is the URL's path in the body. */
export function checkReturnUrl (url: string, path = 'return_url'): void {
  const because = returnUrlProblem(url)
  if (because === null) return
  throw invalidBody(path, because)
}

/** Schemes whose path is a phone number. */
const NUMBERED_SCHEMES = new Set(['callto:', 'facetime:', 'fax:', 'mms:', 'sms:', 'smsto:', 'tel:'])

/**
 * Warns about a URL that lacks `http://`: `localhost:3000/x` parses as a URL with the scheme `localhost`. The real API accepts
 * such URLs, so the emulator does too. Null for every other URL.
 */
export function missingScheme (url: string): string | null {
  if (!URL.canParse(url)) return null
  const { protocol, pathname } = new URL(url)
  const hasPort = /^\d{1,5}(?:\/|$)/.test(pathname) && !NUMBERED_SCHEMES.has(protocol)
  if (!hasPort && protocol !== 'localhost:') return null
  return `http:// is missing: no browser can follow a URL of the scheme ${protocol}`
}
