/** Where a customer may be led back to: any absolute URL, of the web or of an app, that does not run or read something here. */
import { invalidBody } from '../errors.js'

/** Schemes that run or read something in the customer's browser instead of leading back to the merchant. */
const REFUSED_SCHEMES = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:'])

/** What is wrong with a `return_url`, as in `must be an absolute URL`; null for one that is fine. */
export function returnUrlProblem (returnUrl: string): string | null {
  if (!URL.canParse(returnUrl)) {
    const hint = isHost(returnUrl) ? ': http:// or https:// is missing' : ', such as https://example.com/thanks or myapp://paid'
    return `must be an absolute URL${hint}`
  }
  const { protocol } = new URL(returnUrl)
  return REFUSED_SCHEMES.has(protocol) ? `must not have the scheme ${protocol}` : null
}

/** A name or an address, with a port or a path: `127.0.0.1:3000/thanks`, `example.com/thanks`. */
function isHost (text: string): boolean {
  return /^[\w-]+(?:[.:][\w-]+)+(?:[/?#]|$)/.test(text) && URL.canParse(`http://${text}`)
}

/** `path` is where the request's body names the URL. Throws INVALID_REQUEST_BODY. */
export function checkReturnUrl (url: string, path = 'return_url'): void {
  const because = returnUrlProblem(url)
  if (because === null) return
  throw invalidBody(path, because)
}

/** Schemes with a number behind them. */
const NUMBERED_SCHEMES = new Set(['callto:', 'facetime:', 'fax:', 'mms:', 'sms:', 'smsto:', 'tel:'])

/**
 * Why a URL leads nowhere that was meant to begin with a host and its port: `localhost:3000/x` is a URL of the scheme
 * `localhost`. It is accepted all the same, as by the real API. Null for every other URL.
 */
export function missingScheme (url: string): string | null {
  if (!URL.canParse(url)) return null
  const { protocol, pathname } = new URL(url)
  const hasPort = /^\d{1,5}(?:\/|$)/.test(pathname) && !NUMBERED_SCHEMES.has(protocol)
  if (!hasPort && protocol !== 'localhost:') return null
  return `http:// is missing: no browser can follow a URL of the scheme ${protocol}`
}
