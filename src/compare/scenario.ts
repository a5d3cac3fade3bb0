/**
 * Scenarios of `compare`: a list of calls, whose bodies can contain values of earlier replies. Reads and checks a file, and fills
 * in the values for one side.
 */
import { parse } from 'yaml'
import { SetupError } from '../errors.js'

export interface Step {
  /** The name under which later steps find the reply; null without a name. */
  id: string | null
  method: string
  /** With its query. */
  path: string
  body: unknown
  /** Paths in the reply that are not compared: `items[].name`. */
  ignore: string[]
  /** Repeats a GET until these fields of the reply have these values, at most for half a minute. */
  until: Record<string, unknown> | null
}

export interface Scenario {
  name: string
  steps: Step[]
  /** Runs after the steps in any case. Its replies are not compared. */
  cleanup: Step[]
}

const STEP_FIELDS = ['id', 'call', 'body', 'ignore', 'until']
const CALL = /^(GET|POST|PUT|PATCH|DELETE) (\/\S*)$/

/** Throws a SetupError that names the file and the place of the first mistake. */
export function readScenario (text: string, file: string): Scenario {
  const fail = (message: string): never => { throw new SetupError(`${file}: ${message}`) }
  const document = parsed(text, fail)
  if (!isObject(document)) return fail('must be a mapping with name and steps')
  const { name, steps, cleanup = [], ...others } = document
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) fail(`${unknown} is unknown: use name, steps and cleanup`)
  if (typeof name !== 'string' || name === '') return fail('name must be a text')
  if (!Array.isArray(steps) || steps.length === 0) return fail('steps must be a list of at least one call')
  if (!Array.isArray(cleanup)) return fail('cleanup must be a list of calls')
  return {
    name,
    steps: steps.map((step, index) => readStep(step, message => fail(`steps[${index}]${message}`))),
    cleanup: cleanup.map((step, index) => readStep(step, message => fail(`cleanup[${index}]${message}`)))
  }
}

function parsed (text: string, fail: (message: string) => never): unknown {
  try {
    return parse(text)
  } catch (error) {
    return fail(`is not valid YAML: ${(error as Error).message.split('\n', 1)[0]}`)
  }
}

function readStep (given: unknown, fail: (message: string) => never): Step {
  if (!isObject(given)) return fail(' must be a mapping such as { call: GET /products }')
  const { id = null, call, body, ignore = [], until = null } = given
  const unknown = Object.keys(given).find(field => !STEP_FIELDS.includes(field))
  if (unknown !== undefined) fail(`.${unknown} is unknown: use ${STEP_FIELDS.join(', ')}`)
  const [, method = '', path = ''] = CALL.exec(typeof call === 'string' ? call : '') ?? []
  if (method === '') fail('.call must be a method and a path, such as POST /payments')
  if (id !== null && (typeof id !== 'string' || !/^\w+$/.test(id))) return fail('.id must be a word')
  if (!Array.isArray(ignore) || !ignore.every(path => typeof path === 'string')) return fail('.ignore must be a list of paths')
  if (until !== null && (!isObject(until) || method !== 'GET')) return fail('.until must be a mapping, and needs a GET')
  return { id, method, path, body, ignore, until }
}

function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The values that `${…}` can refer to, by name: replies of earlier steps, and `unique`. */
export type Values = Record<string, unknown>

/** A reference to a value that this side does not have. */
export class MissingValue extends Error {}

const REFERENCE = /\$\{([^${}]+)\}/g

/** Replaces `${step.field}` in texts. A text that is only a reference becomes the value itself. Throws a MissingValue. */
export function filledIn (given: unknown, values: Values): unknown {
  if (typeof given === 'string') {
    const [whole, reference = ''] = /^\$\{([^${}]+)\}$/.exec(given) ?? []
    if (whole !== undefined) return valueOf(reference, values)
    return given.replace(REFERENCE, (_whole, inner: string) => String(valueOf(inner, values)))
  }
  if (Array.isArray(given)) return given.map(item => filledIn(item, values))
  if (!isObject(given)) return given
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, filledIn(value, values)]))
}

function valueOf (reference: string, values: Values): unknown {
  const keys = reference.split(/[.[\]]/).filter(key => key !== '')
  const value = keys.reduce<unknown>((at, key) =>
    typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Record<string, unknown>)[key] : undefined, values)
  if (value === undefined || value === null) throw new MissingValue(`there is no ${reference}`)
  return value
}
