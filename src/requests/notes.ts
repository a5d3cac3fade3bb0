/** Finds probable mistakes in calls: values that are accepted and do something else than the program means. */
import type { Violation } from '../errors.js'
import { missingScheme } from '../rules/return-url.js'
import { requestJson } from './call.js'
import type { LoggedCall } from './log.js'

/** Fields and parameters with a URL to which the customer is redirected. */
const FOLLOWED = ['return_url', 'cancel_url', 'redirect_url']

/** The notes on a call, in the form of violations. */
export function notesOn (call: LoggedCall): Violation[] {
  const body = requestJson(call)
  const query = call.url.split('?')[1] ?? ''
  const fields = typeof body === 'object' && body !== null ? body as Record<string, unknown> : {}
  return [
    ...unfollowable(fields, new URLSearchParams(query)), ...misplacedAmount(call, fields), ...pluses(query), ...browserKey(call)
  ]
}

function unfollowable (fields: Record<string, unknown>, query: URLSearchParams): Violation[] {
  return FOLLOWED.flatMap(path => {
    const given = Object.hasOwn(fields, path) ? fields[path] : query.get(path)
    const message = typeof given === 'string' ? missingScheme(given) : null
    return message === null ? [] : [{ path, message }]
  })
}

/** The API ignores the field and refunds the whole payment. */
function misplacedAmount ({ operation }: LoggedCall, fields: Record<string, unknown>): Violation[] {
  if (operation?.name !== 'POST /refunds' || !Object.hasOwn(fields, 'amount')) return []
  return [{ path: 'amount', message: 'is ignored, so the whole rest is refunded: give the amount in items' }]
}

/** A plus is a space in a query. Notes only values in which a space is improbable: addresses, phone numbers and times. */
function pluses (query: string): Violation[] {
  return query.split('&').flatMap(part => {
    const [path = '', value = ''] = part.split('=')
    const isText = /@|%40|^\+\d|\d\+\d\d(?::|%3A)?\d\d$/i.test(value)
    const isProbable = isText && value.includes('+')
    return isProbable ? [{ path, message: 'has a + that means a space: write it as %2B' }] : []
  })
}

/** The headers that only browsers send. Node.js sends `sec-fetch-mode`, too. */
const OF_BROWSERS = new Set(['origin', 'sec-fetch-site'])

function browserKey ({ operation, headers }: LoggedCall): Violation[] {
  if (operation?.secured !== true) return []
  const names = headers.filter((_name, index) => index % 2 === 0).map(name => name.toLowerCase())
  if (!names.includes('authorization') || !names.some(name => OF_BROWSERS.has(name))) return []
  return [{ path: '', message: 'the API key was sent by a browser, where visitors can read it: call the API from your server' }]
}
