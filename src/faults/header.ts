/**
 * The header that requests a fault for a single call: `error;status=503`, `delay;ms=2000`, `reset;when=after`. It is converted
 * to the body of POST /_emulator/faults and validated with the same schema.
 */
import { controlContract } from '../contract/load.js'
import { bodyValidator, type Validate } from '../contract/validate.js'
import { ApiError, invalid } from '../errors.js'
import { delays } from './delays.js'
import { effectOf, type AddFault } from './effect.js'
import { faultOf, type Fault } from './rules.js'

export const FAULT_HEADER = 'x-emulator-fault'

const EXAMPLES = 'error;status=503 or delay;ms=2000 or reset;when=after or truncate or slow;bytes=16;interval=100 or rate_limited'

/** Parameters of the header and their names in the control API. */
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

/** Parameters that form a delay together. */
const DELAY_NAMES = new Set(['min', 'max', 'p50', 'p99'])

/** Parses the header. Throws INVALID_REQUEST_PARAMETERS with valid examples. */
export function readFaultHeader (text: string, chance: () => number): Fault {
  try {
    const given: unknown = parse(text)
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

function parse (text: string): Record<string, unknown> {
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
      throw malformed(`${JSON.stringify(part)} is not one of ${names.join(', ')}, followed by = and a value`)
    }
    const target = isOfDelay ? delay : given
    if (property in target) throw malformed(`${name} is given twice`)
    target[property] = /^\d{1,15}$/.test(value) ? Number(value) : value // the schema refuses text where a number is required
  }
  if (Object.keys(delay).length === 0) return given
  if ('delay_ms' in given) throw malformed("ms can't be combined with min, max, p50 and p99")
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

/** The violations alone, because the general sentence is about a body. */
function reasonOf ({ code, message, details = [] }: ApiError): string {
  if (code !== 'INVALID_REQUEST_BODY') return message
  return details.map(({ path, message }) => `${path} ${message}`).join('; ')
}
