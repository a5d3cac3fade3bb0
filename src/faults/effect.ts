/** Converts a requested fault to its effect on a call: fills in defaults and refuses contradictory fields. */
import type { components } from '../contract/control-types.gen.js'
import { ERRORS, invalid, type ErrorCode } from '../errors.js'
import { BASE_TIER, limitHeaders } from '../sandbox/limiter.js'
import { checkHeaders, mergeHeaders } from '../rules/headers.js'
import { checkDelay, type FaultDelay } from './delays.js'

export type AddFault = components['schemas']['AddFault']
export type FaultKind = components['schemas']['FaultKind']
export type Moment = 'before' | 'after'

export interface Effect {
  kind: FaultKind
  /** Before the handler, or after its transaction. */
  when: Moment
  /** Delay before the effect; null if there is none. */
  delay_ms: FaultDelay | null
  /** The error reply; null if the fault does not replace the reply. */
  answer: { status: number, code: string, message: string, headers: Record<string, string> } | null
  /** The pace of a slow body; null for any other fault. */
  trickle: { bytes: number, interval_ms: number } | null
}

type Property = Exclude<keyof AddFault, 'kind' | 'preset' | 'operation' | 'count' | 'probability' | 'delay_ms'>

/** The fields that each kind accepts besides `delay_ms`. */
const PROPERTIES: Record<FaultKind, readonly Property[]> = {
  error: ['when', 'status', 'code', 'message', 'headers'],
  rate_limited: ['retry_after'],
  delay: ['when'],
  reset: ['when'],
  truncate: [],
  slow: ['bytes', 'interval_ms']
}

const ALL_PROPERTIES = [...new Set(Object.values(PROPERTIES).flat())]

/** Throws INVALID_REQUEST_PARAMETERS. */
export function effectOf (kind: FaultKind, given: AddFault): Effect {
  for (const name of ALL_PROPERTIES) {
    if (given[name] === undefined || PROPERTIES[kind].includes(name)) continue
    const kinds = Object.entries(PROPERTIES).filter(([, names]) => names.includes(name)).map(([other]) => other)
    throw invalid(name, `${name} applies to ${kinds.join(', ')}, not to ${kind}`)
  }
  if (kind === 'delay' && given.delay_ms === undefined) throw invalid('delay_ms', 'a delay needs delay_ms')
  if (given.delay_ms !== undefined) checkDelay(given.delay_ms)
  return {
    kind,
    when: kind === 'truncate' || kind === 'slow' ? 'after' : given.when ?? 'before',
    delay_ms: given.delay_ms ?? null,
    answer: kind === 'error' ? errorAnswer(given) : kind === 'rate_limited' ? limitedAnswer(given.retry_after ?? 1) : null,
    trickle: kind === 'slow' ? { bytes: given.bytes ?? 16, interval_ms: given.interval_ms ?? 100 } : null
  }
}

const DEFAULT_STATUS = 500

/** The default code of a status. Other statuses have a generic code for a 4xx or a 5xx. */
const CODES: Record<number, ErrorCode> = {
  401: 'UNAUTHORIZED',
  403: 'UNAUTHORIZED',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'REQUEST_BODY_TOO_LARGE',
  429: 'TOO_MANY_REQUESTS'
}

function errorAnswer ({ status, code, message, headers = {} }: AddFault): NonNullable<Effect['answer']> {
  checkHeaders(headers)
  const known = code === undefined ? undefined : rowOf(code)
  const answered = status ?? known?.status ?? DEFAULT_STATUS
  const name = code ?? CODES[answered] ?? (answered >= 500 ? 'INTERNAL_SERVER_ERROR' : 'INVALID_REQUEST_PARAMETERS')
  const sentence = rowOf(name)?.sentence ?? name
  return { status: answered, code: name, message: message ?? `${sentence} (${INJECTED})`, headers: mergeHeaders({}, headers) }
}

/** Part of the message, so that developers do not look for the cause in their own program. */
const INJECTED = 'injected fault'

function rowOf (code: string): typeof ERRORS[ErrorCode] | undefined {
  return Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode] : undefined
}

function limitedAnswer (retryAfterS: number): NonNullable<Effect['answer']> {
  const retryMs = retryAfterS * 1000
  const headers = limitHeaders({ limit: BASE_TIER.perMinute, remaining: 0, resetMs: retryMs, retryMs })
  const { status, sentence } = ERRORS.TOO_MANY_REQUESTS
  return { status, code: 'TOO_MANY_REQUESTS', message: `${sentence} (${INJECTED})`, headers }
}
