/** Finds probable mistakes in accepted calls: URLs that browsers cannot follow. */
import type { Violation } from '../errors.js'
import { missingScheme } from '../rules/return-url.js'
import { requestJson } from './call.js'
import type { LoggedCall } from './log.js'

/** Fields and parameters with a URL to which the customer is redirected. */
const FOLLOWED = ['return_url', 'cancel_url', 'redirect_url']

/** The notes on a call, in the form of violations. */
export function notesOn (call: LoggedCall): Violation[] {
  const body = requestJson(call)
  const query = new URLSearchParams(call.url.split('?')[1] ?? '')
  return FOLLOWED.flatMap(path => {
    const given: unknown = typeof body === 'object' && body !== null && Object.hasOwn(body, path)
      ? (body as Record<string, unknown>)[path]
      : query.get(path)
    const message = typeof given === 'string' ? missingScheme(given) : null
    return message === null ? [] : [{ path, message }]
  })
}
