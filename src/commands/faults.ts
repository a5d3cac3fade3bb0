/** The commands that let calls of the API go wrong: `fail` and `faults`. */
import type { Config } from '../config.js'
import type { components } from '../control/types.gen.js'
import { SetupError } from '../errors.js'
import { parseDuration } from '../rules/duration.js'
import { askJson } from './ask.js'

type AddFault = components['schemas']['AddFault']
type Fault = components['schemas']['Fault']
type FaultList = components['schemas']['FaultList']

/** As typed. */
export interface FailFlags {
  preset?: string
  status?: string
  code?: string
  message?: string
  header?: string[]
  times?: string
  probability?: string
  delay?: string
  after?: boolean
  reset?: string
  truncate?: boolean
  slow?: string
  bytes?: string
  rateLimited?: boolean
  retryAfter?: string
}

const PATH = '/_emulator/faults'

/** Adds one rule, or those of a preset, and prints them. What is wrong with the values, the emulator says. */
export async function fail (config: Config, operation: string, flags: FailFlags): Promise<void> {
  const { items } = await askJson<FaultList>(config, PATH, { body: { operation, ...faultOf(flags) } })
  for (const fault of items) console.log(faultLine(fault))
}

/** Prints what goes wrong now, or puts an end to it, or to one fault by its id. */
export async function faults (config: Config, { clear }: { clear?: boolean | string }): Promise<void> {
  const path = typeof clear === 'string' ? `${PATH}/${encodeURIComponent(clear)}` : PATH
  const { items } = await askJson<FaultList>(config, path, clear === undefined ? {} : { method: 'DELETE' })
  if (items.length === 0) console.log('nothing goes wrong on demand')
  for (const fault of items) console.log(faultLine(fault))
}

function faultOf (flags: FailFlags): object {
  const { preset, status, code, message, header, times, probability, delay, after, retryAfter, slow, bytes } = flags
  return stated({
    preset,
    kind: preset === undefined ? kindOf(flags) : undefined,
    when: after === true ? 'after' : flags.reset,
    count: times === undefined ? undefined : number('--times', times),
    probability: probability === undefined ? undefined : number('--probability', probability),
    delay_ms: delay === undefined ? undefined : delayMs(delay),
    status: status === undefined ? undefined : number('--status', status),
    code,
    message,
    headers: header === undefined ? undefined : Object.fromEntries(header.map(headerOf)),
    retry_after: retryAfter === undefined ? undefined : number('--retry-after', retryAfter),
    interval_ms: slow === undefined ? undefined : intervalMs(slow),
    bytes: bytes === undefined ? undefined : number('--bytes', bytes)
  })
}

function stated (fault: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(fault).filter(([, value]) => value !== undefined))
}

function kindOf ({ reset, truncate, slow, rateLimited, delay, status, code, message, header }: FailFlags): string {
  const asked = Object.entries({ reset, truncate, slow, rate_limited: rateLimited }).filter(([, value]) => value !== undefined)
  if (asked.length > 1) throw new SetupError('--reset, --truncate, --slow and --rate-limited exclude each other')
  const isError = [status, code, message, header].some(value => value !== undefined)
  return asked[0]?.[0] ?? (delay !== undefined && !isError ? 'delay' : 'error')
}

/** `retry-after: 5` */
function headerOf (text: string): [name: string, value: string] {
  const at = text.indexOf(':')
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
  throw new SetupError(`--header must be like 'x-name: value', not ${JSON.stringify(text)}`)
}

function intervalMs (text: string): number {
  const ms = parseDuration(text)
  if (ms === null) throw new SetupError(`--slow must be a duration such as 100ms, not ${JSON.stringify(text)}`)
  return ms
}

function number (flag: string, text: string): number {
  if (!/^\d+(?:\.\d+)?$/.test(text)) throw new SetupError(`${flag} must be a number, not ${JSON.stringify(text)}`)
  return Number(text)
}

/** `2s`; `100ms-3s` for evenly spread ones; `p50=200ms,p99=4s` as latencies are; `0s,0s,5s` one after the other. */
function delayMs (text: string): NonNullable<AddFault['delay_ms']> {
  const [, median, longest] = /^p50=([^,]+),p99=([^,]+)$/.exec(text) ?? []
  const parts = median === undefined ? text.split(/[-,]/) : [median, longest ?? '']
  const known = parts.map(parseDuration).flatMap(ms => ms === null ? [] : [ms])
  const [first, second] = known
  if (first === undefined || known.length < parts.length || (text.includes('-') && known.length !== 2)) {
    const examples = '2s, 100ms-3s, p50=200ms,p99=4s or 0s,0s,5s'
    throw new SetupError(`--delay must be a duration or several, such as ${examples}, not ${JSON.stringify(text)}`)
  }
  if (second === undefined) return first
  if (median !== undefined) return { p50: first, p99: second }
  return text.includes('-') ? { min: first, max: second } : { list: known }
}

/** `flt_…  POST /payments  error 503 INTERNAL_SERVER_ERROR  3 more  met by 0` */
function faultLine (fault: Fault): string {
  const { fault_id: id, operation, kind, when, status, code, delay_ms: delay, remaining, probability, met } = fault
  const what = [
    kind, ...(kind === 'reset' || when === 'after' ? [when] : []), ...(status === null ? [] : [status, code]),
    ...(delay === null ? [] : [`delay_ms ${JSON.stringify(delay)}`]), ...(probability === 1 ? [] : [`probability ${probability}`])
  ]
  return [id, operation, what.join(' '), remaining === null ? 'until cleared' : `${remaining} more`, `met by ${met}`].join('  ')
}
