/** Texts that describe faults: the effect of a preset or a rule, and how often it applies. */
import type { components } from '../../contract/control-types.gen.js'
import { plural } from '../../rules/text.js'
import { durationText } from './controls-parts.js'

type Schemas = components['schemas']
export type Fault = Schemas['Fault']

export const PRESET_TEXTS: ReadonlyArray<readonly [preset: Schemas['FaultPreset'], text: string]> = [
  ['flaky', 'One call in five fails: 500, or the connection is reset, sometimes after the change was made.'],
  ['slow', 'Half of the calls take 0.8 s or more, one in a hundred takes 5 s.'],
  ['down', 'Every call is answered with 503.'],
  ['rate-limited', 'Every call is answered with 429 and a retry-after of one second.'],
  ['lost-replies', 'Every change is made, but the connection is reset before the response.'],
  ['timeouts', 'Every call is delayed by 90 s, longer than the official clients wait.']
]

export const KIND_TEXTS: ReadonlyArray<readonly [kind: Schemas['FaultKind'], text: string]> = [
  ['error', 'error: respond with a status and a code'],
  ['rate_limited', 'rate_limited: respond with 429 and retry-after'],
  ['delay', 'delay: respond later'],
  ['reset', 'reset: reset the connection'],
  ['truncate', 'truncate: close the connection after half of the response'],
  ['slow', 'slow: send the response a few bytes at a time']
]

/** `503 INTERNAL_SERVER_ERROR, after waiting for 2 seconds`. */
export function faultText (fault: Fault): string {
  const { kind, delay_ms: delay } = fault
  if (kind === 'delay') return `Waits for ${delayText(delay)}`
  const wait = delay === null ? '' : `, after waiting for ${delayText(delay)}`
  return effectText(fault) + wait
}

function effectText ({ kind, status, code, headers, bytes, interval_ms: interval }: Fault): string {
  switch (kind) {
    case 'error': return `Answers ${status} ${code}`
    case 'rate_limited': return `Answers ${status} ${code}, retry after ${headers?.['retry-after'] ?? '0'} s`
    case 'reset': return 'Resets the connection'
    case 'truncate': return 'Closes the connection after half of the response'
    case 'slow': return `Sends ${plural(bytes ?? 0, 'byte')} every ${interval} ms`
    case 'delay': return 'Waits'
  }
}

/** Whether the change that the call requests is made despite the fault. */
export function changeText ({ kind, when }: Fault): string {
  return when === 'before' && kind !== 'delay' ? 'no change is made' : 'the change is made'
}

function delayText (delay: Fault['delay_ms']): string {
  if (delay === null) return 'no time'
  if (typeof delay === 'number') return durationText(delay)
  if ('min' in delay) return `${delay.min} to ${delay.max} ms`
  if ('p50' in delay) return `${delay.p50} ms (median) to ${delay.p99} ms (99th percentile)`
  const shown = delay.list.slice(0, 5).join(', ')
  return `${shown}${delay.list.length > 5 ? '…' : ''} ms in turn`
}

/** `every call`, `10% of calls`. */
export function frequencyText ({ probability }: Fault): string {
  return probability >= 1 ? 'every call' : `${Number((probability * 100).toPrecision(3))}% of calls`
}

export function operationText (operation: string): string {
  if (operation === '*') return 'every call'
  return operation.endsWith(' *') ? `every ${operation.slice(0, -2)}` : operation
}
