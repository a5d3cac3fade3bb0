/** Faults in words: what a preset does, what a rule does, and how often. */
import type { components } from '../../contract/control-types.gen.js'
import { lengthOf, things } from './controls-parts.js'

type Schemas = components['schemas']
export type Fault = Schemas['Fault']

export const PRESET_WORDS: ReadonlyArray<readonly [preset: Schemas['FaultPreset'], words: string]> = [
  ['flaky', 'One call in five fails: 500, or the connection is reset, sometimes after the change was made.'],
  ['slow', 'Half of the calls take 0.8 s or more, one in a hundred takes 5 s.'],
  ['down', 'Every call is answered with 503.'],
  ['rate-limited', 'Every call is answered with 429, and told to wait for a second.'],
  ['lost-replies', 'Every change is made, and its connection reset before the reply.'],
  ['timeouts', 'Every call is kept waiting for 90 s, longer than the official clients do.']
]

export const KIND_WORDS: ReadonlyArray<readonly [kind: Schemas['FaultKind'], words: string]> = [
  ['error', 'error: a reply with a status and a code'],
  ['rate_limited', 'rate_limited: 429, to be tried later'],
  ['delay', 'delay: the reply comes later'],
  ['reset', 'reset: the connection breaks'],
  ['truncate', 'truncate: half of the reply'],
  ['slow', 'slow: the reply comes in drops']
]

/** `503 INTERNAL_SERVER_ERROR, after waiting for 2 seconds`. */
export function whatHappens (fault: Fault): string {
  const { kind, delay_ms: delay } = fault
  if (kind === 'delay') return `Waits for ${delayWords(delay)}`
  const wait = delay === null ? '' : `, after waiting for ${delayWords(delay)}`
  return deed(fault) + wait
}

function deed ({ kind, status, code, headers, bytes, interval_ms: interval }: Fault): string {
  switch (kind) {
    case 'error': return `Answers ${status} ${code}`
    case 'rate_limited': return `Answers ${status} ${code}, retry after ${headers?.['retry-after'] ?? '0'} s`
    case 'reset': return 'Resets the connection'
    case 'truncate': return 'Ends the reply in its middle'
    case 'slow': return `Sends ${things(bytes ?? 0, 'byte')} every ${interval} ms`
    case 'delay': return 'Waits'
  }
}

/** Whether the change that the call asked for is made all the same. */
export function isMade ({ kind, when }: Fault): string {
  return when === 'before' && kind !== 'delay' ? 'nothing is done' : 'the change is made'
}

function delayWords (delay: Fault['delay_ms']): string {
  if (delay === null) return 'no time'
  if (typeof delay === 'number') return lengthOf(delay)
  if ('min' in delay) return `${delay.min} to ${delay.max} ms`
  if ('p50' in delay) return `${delay.p50} ms mostly, ${delay.p99} ms at worst`
  const shown = delay.list.slice(0, 5).join(', ')
  return `${shown}${delay.list.length > 5 ? '…' : ''} ms in turn`
}

/** `every call`, `10 % of the calls`. */
export function howOften ({ probability }: Fault): string {
  return probability >= 1 ? 'every call' : `${Number((probability * 100).toPrecision(3))} % of the calls`
}

export function operationWords (operation: string): string {
  if (operation === '*') return 'every call'
  return operation.endsWith(' *') ? `every ${operation.slice(0, -2)}` : operation
}
