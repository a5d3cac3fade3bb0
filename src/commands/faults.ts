/** The commands that let calls of the API go wrong: `fail` and `faults`. */
import type { Config } from '../config.js'
import type { components } from '../control/types.gen.js'
import { SetupError } from '../errors.js'
import { parseDuration } from '../rules/duration.js'
import { ask } from './ask.js'

type AddFault = components['schemas']['AddFault']
type Fault = components['schemas']['Fault']
type FaultList = components['schemas']['FaultList']

/** As typed. */
export interface FailFlags {
  preset?: string
  status?: string
  code?: string
  message?: string
  times?: string
  probability?: string
  delay?: string
  reset?: string
  rateLimited?: boolean
}

const PATH = '/_emulator/faults'

/** Adds one rule, or those of a preset, and prints them. What is wrong with the values, the emulator says. */
export async function fail (config: Config, operation: string, flags: FailFlags): Promise<void> {
  const { items }: FaultList = JSON.parse(await ask(config, PATH, { body: { operation, ...faultOf(flags) } }))
  for (const fault of items) console.log(faultLine(fault))
}

/** Prints what goes wrong now, or puts an end to it. */
export async function faults (config: Config, { clear }: { clear?: boolean }): Promise<void> {
  const { items }: FaultList = JSON.parse(await ask(config, PATH, clear === true ? { method: 'DELETE' } : {}))
  if (items.length === 0) console.log('nothing goes wrong on demand')
  for (const fault of items) console.log(faultLine(fault))
}

function faultOf ({ preset, status, code, message, times, probability, delay, reset, rateLimited }: FailFlags): object {
  const common = {
    ...(times === undefined ? {} : { count: number('--times', times) }),
    ...(probability === undefined ? {} : { probability: number('--probability', probability) })
  }
  if (preset !== undefined) return { ...common, preset }
  const delayed = delay === undefined ? common : { ...common, delay_ms: delayMs(delay) }
  const answer = {
    ...(status === undefined ? {} : { status: number('--status', status) }),
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message })
  }
  if (reset !== undefined) return { kind: 'reset', when: reset, ...delayed, ...answer }
  if (rateLimited === true) return { kind: 'rate_limited', ...delayed, ...answer }
  const isDelay = delay !== undefined && Object.keys(answer).length === 0
  return { kind: isDelay ? 'delay' : 'error', ...delayed, ...answer }
}

function number (flag: string, text: string): number {
  if (!/^\d+(?:\.\d+)?$/.test(text)) throw new SetupError(`${flag} must be a number, not ${JSON.stringify(text)}`)
  return Number(text)
}

/** `2s`, or `100ms-3s` for evenly spread ones. */
function delayMs (text: string): NonNullable<AddFault['delay_ms']> {
  const [min, max, ...rest] = text.split('-').map(parseDuration)
  if (min != null && max === undefined) return min
  if (min != null && max != null && rest.length === 0) return { min, max }
  throw new SetupError(`--delay must be a duration such as 2s, or two, such as 100ms-3s, not ${JSON.stringify(text)}`)
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
