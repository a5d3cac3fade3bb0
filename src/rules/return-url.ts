/** Where a customer may be led back to: any absolute URL, of the web or of an app, that does not run or read something here. */
import { invalidBody } from '../errors.js'

/** Schemes that run or read something in the customer's browser instead of leading back to the merchant. */
const REFUSED_SCHEMES = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:'])

/** What is wrong with a `return_url`, as in `must be an absolute URL`; null for one that is fine. */
export function returnUrlProblem (returnUrl: string): string | null {
  if (!URL.canParse(returnUrl)) return 'must be an absolute URL, such as https://example.com/thanks or myapp://paid'
  const { protocol } = new URL(returnUrl)
  return REFUSED_SCHEMES.has(protocol) ? `must not have the scheme ${protocol}` : null
}

/** `path` is where the request's body names the URL. Throws INVALID_REQUEST_BODY. */
export function checkReturnUrl (url: string, path = 'return_url'): void {
  const because = returnUrlProblem(url)
  if (because === null) return
  throw invalidBody(path, because)
}
