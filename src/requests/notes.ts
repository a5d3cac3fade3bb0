/** What was accepted in a call and is probably a mistake: URLs that nobody can follow. */
import type { Violation } from '../errors.js'
import { missingScheme } from '../rules/return-url.js'
import { requestJson } from './call.js'
import type { LoggedCall } from './log.js'

/** Where a body or a query names a URL that a customer is led to. */
const FOLLOWED = ['return_url', 'cancel_url', 'redirect_url']

/** The places of what is noted, as in the details of a refusal. */
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
