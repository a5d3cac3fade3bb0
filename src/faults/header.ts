/**
 * The header by which a single call asks for a fault: `error;status=503`, `delay;ms=2000`, `reset;when=after`. It is written out
 * as what POST /_emulator/faults is given, and held against the same schema.
 */
import { controlContract } from '../contract/load.js'
import { bodyValidator, type Validate } from '../contract/validate.js'
import { ApiError, invalid } from '../errors.js'
import { delays } from './delays.js'
import { effectOf, type AddFault } from './effect.js'
import { faultOf, type Fault } from './rules.js'

export const FAULT_HEADER = 'x-emulator-fault'

const EXAMPLES = 'error;status=503 or delay;ms=2000 or reset;when=after or truncate or slow;bytes=16;interval=100 or rate_limited'

/** What may be said of a fault in the header, and how the control API calls it. */
const NAMES: Record<string, string> = {
  when: 'when',
  status: 'status',
  code: 'code',
  message: 'message',
  retry_after: 'retry_after',
  bytes: 'bytes',
  interval: 'interval_ms',
  ms: 'delay_ms'
}

/** These describe a delay together. */
const DELAY_NAMES = new Set(['min', 'max', 'p50', 'p99'])

/** The fault that the header asks for. Throws INVALID_REQUEST_PARAMETERS, with examples of what would be right. */
export function readFaultHeader (text: string, chance: () => number): Fault {
  try {
    const given: unknown = writtenOut(text)
    checkFault(given)
    const { kind } = given
    if (kind === undefined) throw malformed('the kind is missing')
    const effect = effectOf(kind, given)
    return faultOf(effect, delays(effect.delay_ms ?? 0, chance)())
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw invalid(FAULT_HEADER, `the header ${FAULT_HEADER} can't be read: ${reasonOf(error)}; send ${EXAMPLES}`)
  }
}

function writtenOut (text: string): Record<string, unknown> {
  const [kind = '', ...parts] = text.split(';').map(part => part.trim())
  const given: Record<string, unknown> = { kind }
  const delay: Record<string, unknown> = {}
  for (const part of parts) {
    const at = Math.max(part.indexOf('='), 0)
    const [name, value] = [part.slice(0, at).trim(), part.slice(at + 1).trim()]
    const isOfDelay = DELAY_NAMES.has(name)
    const property = isOfDelay ? name : Object.hasOwn(NAMES, name) ? NAMES[name] : undefined
    if (property === undefined) {
      const names = [...Object.keys(NAMES), ...DELAY_NAMES]
      throw malformed(`${JSON.stringify(part)} is none of ${names.join(', ')} with = and a value`)
    }
    const target = isOfDelay ? delay : given
    if (property in target) throw malformed(`${name} stands there twice`)
    target[property] = /^\d{1,15}$/.test(value) ? Number(value) : value // what is no number is left to the schema to refuse
  }
  if (Object.keys(delay).length === 0) return given
  if ('delay_ms' in given) throw malformed('ms goes without min, max, p50 and p99')
  return { ...given, delay_ms: delay }
}

const malformed = (message: string) => new ApiError('INVALID_REQUEST_PARAMETERS', { message })

let validate: Validate | undefined

/** Throws INVALID_REQUEST_BODY. */
function checkFault (given: unknown): asserts given is AddFault {
  validate ??= bodyValidator(addFault())
  validate(given)
}

function addFault () {
  const operation = controlContract().operations.find(({ name }) => name === 'POST /_emulator/faults')
  if (operation === undefined) throw new Error('the contract has no POST /_emulator/faults')
  return operation
}

/** Without the sentence about the body, which is not what is wrong. */
function reasonOf ({ code, message, details = [] }: ApiError): string {
  if (code !== 'INVALID_REQUEST_BODY') return message
  return details.map(({ path, message }) => `${path} ${message}`).join('; ')
}
