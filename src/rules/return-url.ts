/**
 * URLs that a customer's browser is led to afterwards: any absolute URL, an app's own scheme included, but none that would run or
 * read something in the browser instead of leading back to the merchant.
 */
import { ApiError } from '../errors.js'

const REFUSED_SCHEMES = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:'])

/** `path` is where the request names the URL. Throws INVALID_REQUEST_BODY. */
export function checkReturnUrl (url: string, path = 'return_url'): void {
  const refuse = (because: string) => new ApiError('INVALID_REQUEST_BODY', {
    because: `${path} ${because}`, violations: [{ path, message: because }]
  })
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null) throw refuse('must be an absolute URL, such as https://example.com/thanks or myapp://paid')
  if (REFUSED_SCHEMES.has(parsed.protocol)) throw refuse(`must not have the scheme ${parsed.protocol}`)
}
