/** Converts the form of a fault into the body of the control API, which refuses combinations that are not possible. */
import { ApiError } from '../../errors.js'
import type { Form } from './form.js'
import { readHeaders } from './reading.js'

/** Omits empty fields. Throws INVALID_REQUEST_PARAMETERS for invalid headers and lists. */
export function faultBody (given: Form): Record<string, unknown> {
  const { number } = given
  const body = {
    kind: given.given('kind'),
    operation: given.given('operation'),
    count: number('count'),
    probability: number('probability'),
    when: given.given('when'),
    delay_ms: delayOf(given),
    status: number('status'),
    code: given.given('code'),
    message: given.given('message'),
    headers: readHeaders(given.text('headers')),
    retry_after: number('retry_after'),
    bytes: number('bytes'),
    interval_ms: number('interval_ms')
  }
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
}

function delayOf ({ text, number }: Form): unknown {
  switch (text('delay')) {
    case 'fixed': return number('ms')
    case 'between': return { min: number('min'), max: number('max') }
    case 'spread': return { p50: number('p50'), p99: number('p99') }
    case 'list': return { list: delaysOf(text('list')) }
    default: return undefined
  }
}

function delaysOf (text: string): number[] {
  const parts = text.split(/[\s,]+/).filter(part => part !== '')
  if (parts.length > 0 && parts.every(part => /^\d{1,15}$/.test(part))) return parts.map(Number)
  const message = 'must be milliseconds separated by commas, such as 0, 0, 5000'
  throw new ApiError('INVALID_REQUEST_PARAMETERS', { violations: [{ path: 'delay_ms.list', message }] })
}
