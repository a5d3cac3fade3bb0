/** The commands `fail` and `faults`, which inject faults into API calls. */
import { Option, type Command } from 'commander'
import type { components } from '../contract/control-types.gen.js'
import { SetupError, UsageError } from '../errors.js'
import { nonEmpty, wholeNumber } from '../config/values.js'
import { parseDuration } from '../rules/duration.js'
import {
  argument, durationUpTo, errorCode, header, identifier, oneOf, operations, option, probability, repeatable
} from './arguments.js'
import { askJson } from './ask.js'
import type { Show } from './output.js'
import type { Target, TargetFlags } from './target.js'
import type { Tools } from './tools.js'

type AddFault = components['schemas']['AddFault']
type Fault = components['schemas']['Fault']
type FaultList = components['schemas']['FaultList']

interface FailFlags {
  preset?: string
  status?: number
  code?: string
  message?: string
  header?: Array<[name: string, value: string]>
  times?: number
  probability?: number
  delay?: NonNullable<AddFault['delay_ms']>
  after?: boolean
  reset?: string
  truncate?: boolean
  slow?: number
  bytes?: number
  rateLimited?: boolean
  retryAfter?: number
}

const PATH = '/_emulator/faults'

/** Options that select the kind of fault. They exclude each other. */
const KINDS = ['reset', 'truncate', 'slow', 'rateLimited']

const WITH_ERRORS = ['status', 'code', 'message', 'header']

export function addFaults (program: Command, { client, targetOf, show }: Tools): void {
  const fail = client(program, 'fail', 'make API calls fail')
    .addArgument(argument('[operation]', "'POST /payments', 'GET /payments/{payment_id}', 'POST *', or '*' for all", operations)
      .default('*'))
  for (const option of failOptions()) fail.addOption(option)
  fail.action((operation: string, { url, host, port, sandbox, controlKey, json: _json, ...flags }: TargetFlags & FailFlags) =>
    addFault(targetOf({ url, host, port, sandbox, controlKey }), { operation, flags }, show))

  client(program, 'faults', 'list the faults of API calls')
    .addOption(option('--clear [fault_id]', 'remove all faults, or only this one', identifier))
    .action(({ clear, ...flags }: TargetFlags & { clear?: true | string }) => faults(targetOf(flags), clear, show))
}

function failOptions (): Option[] {
  return [
    option('--status <status>', 'answer with this status, 400 to 599', wholeNumber(400, 599)),
    option('--code <code>', 'answer with this code, such as INTERNAL_SERVER_ERROR', errorCode),
    option('--message <message>', 'answer with this message', nonEmpty),
    repeatable('--header <name: value>', 'answer with this header; can be repeated', header),
    new Option('--after', 'only after the call has taken effect; with an error or a delay').conflicts(KINDS),
    option('--delay <duration>', 'wait first: 2s, 100ms-3s (random), p50=200ms,p99=4s, or 0s,0s,5s (in sequence)', delay),
    option('--reset <before|after>', 'reset the connection, before or after the call has taken effect', oneOf('before', 'after'))
      .conflicts(['truncate', 'slow', 'rateLimited', ...WITH_ERRORS]),
    new Option('--truncate', 'close the connection in the middle of the body').conflicts(['slow', 'rateLimited', ...WITH_ERRORS]),
    option('--slow <interval>', 'send the body in small chunks, one per interval: 100ms', durationUpTo('1m', 1))
      .conflicts(['rateLimited', ...WITH_ERRORS]),
    option('--bytes <count>', 'size of a chunk; with --slow', wholeNumber(1, 65_536)),
    new Option('--rate-limited', 'answer 429 with the rate limit headers').conflicts(WITH_ERRORS),
    option('--retry-after <seconds>', 'value of retry-after; with --rate-limited', wholeNumber(0, 86_400)),
    option('--preset <name>', 'flaky, slow, down, rate-limited, lost-replies or timeouts',
      oneOf('flaky', 'slow', 'down', 'rate-limited', 'lost-replies', 'timeouts'))
      .conflicts([...KINDS, ...WITH_ERRORS, 'after', 'delay', 'bytes', 'retryAfter', 'probability']),
    option('--times <count>', 'for this many calls (default: until it is cleared)', wholeNumber(1, 1_000_000)),
    option('--probability <probability>', 'only for this share of the calls: 0.5 is half of them', probability)
  ]
}

/** The options for the fields of a fault. */
const NAMES = {
  operation: '[operation]',
  preset: '--preset',
  count: '--times',
  probability: '--probability',
  delay_ms: '--delay',
  status: '--status',
  code: '--code',
  message: '--message',
  headers: '--header',
  when: '--after',
  retry_after: '--retry-after',
  interval_ms: '--slow',
  bytes: '--bytes'
}

/** Adds a fault, or those of a preset, and prints them. */
async function addFault (
  target: Target, { operation, flags }: { operation: string, flags: FailFlags }, show: Show
): Promise<void> {
  const { items } = await askJson<FaultList>(target, PATH, { body: { operation, ...faultOf(flags) }, names: NAMES })
  show(items, items => items.map(faultLine))
}

/** Prints the faults. If `clear` is given, removes all of them first, or the one with this id. */
async function faults (target: Target, clear: true | string | undefined, show: Show): Promise<void> {
  const path = typeof clear === 'string' ? `${PATH}/${encodeURIComponent(clear)}` : PATH
  const { items } = await askJson<FaultList>(target, path, clear === undefined ? {} : { method: 'DELETE' })
  show(items, items => items.length === 0 ? 'no faults' : items.map(faultLine))
}

function faultOf (flags: FailFlags): object {
  const { preset, status, code, message, header, times, probability, delay, after, reset, retryAfter, slow, bytes } = flags
  return {
    preset,
    kind: preset === undefined ? kindOf(flags) : undefined,
    when: after === true ? 'after' : reset,
    count: times,
    probability,
    delay_ms: delay,
    status,
    code,
    message,
    headers: header === undefined ? undefined : Object.fromEntries(header),
    retry_after: retryAfter,
    interval_ms: slow,
    bytes
  }
}

/** Throws a UsageError if no option selects a fault. */
function kindOf ({ reset, truncate, slow, rateLimited, delay, status, code, message, header }: FailFlags): string {
  const kinds = Object.entries({ reset, truncate, slow, rate_limited: rateLimited })
  const [kind] = kinds.find(([, value]) => value !== undefined) ?? []
  if (kind !== undefined) return kind
  if ([status, code, message, header].some(value => value !== undefined)) return 'error'
  if (delay !== undefined) return 'delay'
  const options = '--status, --code, --message, --header, --delay, --reset, --truncate, --slow, --rate-limited or --preset'
  throw new UsageError(`say how the calls fail, with ${options}`)
}

const DELAY_MAX_MS = 300_000

/** `2s`, `100ms-3s` (uniform), `p50=200ms,p99=4s` (percentiles) or `0s,0s,5s` (one after the other). */
function delay (text: string): NonNullable<AddFault['delay_ms']> {
  const [, median, longest] = /^p50=([^,]+),p99=([^,]+)$/.exec(text) ?? []
  const parts = median === undefined ? text.split(/[-,]/) : [median, longest ?? '']
  const known = parts.map(parseDuration).flatMap(ms => ms === null || ms > DELAY_MAX_MS ? [] : [ms])
  const [first, second] = known
  if (first === undefined || known.length < parts.length || (text.includes('-') && known.length !== 2)) {
    throw new SetupError('must be a duration of at most 5m or several, such as 2s, 100ms-3s, p50=200ms,p99=4s or 0s,0s,5s')
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
