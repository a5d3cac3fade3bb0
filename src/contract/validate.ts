/**
 * Validates requests against the contracts with ajv. Bodies are never coerced. Queries are, because all of their values are
 * text. The build has compiled validators that accept requests. One that describes violations is compiled when a request is first
 * rejected, once per process.
 */
import type { ErrorObject } from 'ajv'
import { ApiError } from '../errors.js'
import { createAjv } from './ajv.js'
import type { Operation } from './load.js'
import { precompiled } from './precompiled.js'
import { bodySchema, querySchema } from './schemas.js'
import { hasStricter, strictSchema, type ContractVersion } from './versions.js'
import { violations } from './violations.js'

export type Validate = (data: unknown, contract?: ContractVersion) => void

/**
 * Returns a function that throws INVALID_REQUEST_BODY with every violation in the body. The older version of the contract has
 * its own validators only where it is stricter.
 */
export const bodyValidator = oncePerOperation((operation: Operation): Validate => {
  const accepts = lazily(() => precompiled('body', operation))
  const schema = lazily(() => bodySchema(operation))
  const newest = lazily(() => bodies().compile(schema()))
  const older = lazily(() => hasStricter(schema()) ? bodies().compile(strictSchema(schema())) : newest())
  return (body, contract = 'newest') => {
    if (body === undefined) {
      if (operation.body?.required === true) throw bodyError([{ path: '', message: 'the request has no body; send JSON' }])
      return
    }
    if (contract === 'newest' && accepts()?.(body) === true) return
    const check = contract === 'newest' ? newest() : older()
    if (check(body)) return
    const errors = check.errors ?? []
    const found = violations(errors, operation.document.components.schemas)
    throw refusalOf(errors, found) ?? bodyError(found)
  }
})

/**
 * Returns a function that throws INVALID_QUERY_PARAMS with every violation in the query. It converts the values of the query to
 * numbers and booleans in place.
 */
export const queryValidator = oncePerOperation((operation: Operation): Validate => {
  const accepts = lazily(() => precompiled('query', operation))
  const validate = lazily(() => queries().compile(querySchema(operation)))
  const anyCase = operation.query.filter(({ words }) => words !== undefined)
  return query => {
    for (const { name, words = [] } of anyCase) respell(query, name, words)
    const given = { ...query as object }
    if (accepts()?.(query) === true) return
    Object.assign(query as object, given) // so that violations repeat the values as they were given
    const check = validate()
    if (check(query)) return
    const found = violations(check.errors as ErrorObject[])
    throw refusalOf(check.errors ?? [], found) ??
      new ApiError('INVALID_QUERY_PARAMS', { because: summary(found), violations: found })
  }
})

/** Spells a word of a query as the contract does. */
function respell (query: unknown, name: string, words: readonly string[]): void {
  const given = (query as Record<string, unknown>)[name]
  if (typeof given !== 'string') return
  const word = words.find(candidate => candidate.toLowerCase() === given.toLowerCase())
  if (word !== undefined) (query as Record<string, unknown>)[name] = word
}

/** The keywords of limits, whose violation `x-refusal-status` gives a status of its own. */
const LIMITS = ['minItems', 'maxItems', 'format']

/** The refusal of a value with the right type, whose schema states another status for it. */
function refusalOf (errors: readonly ErrorObject[], found: ReturnType<typeof violations>): ApiError | null {
  const statuses = errors.map(({ keyword, parentSchema }) =>
    LIMITS.includes(keyword) ? (parentSchema as { 'x-refusal-status'?: number } | undefined)?.['x-refusal-status'] : undefined)
  const [status] = statuses
  if (status === undefined || statuses.includes(undefined)) return null
  return new ApiError('INVALID_REQUEST_PARAMETERS', { status, message: summary(found), violations: found })
}

export function bodyError (found: ReturnType<typeof violations>): ApiError {
  return new ApiError('INVALID_REQUEST_BODY', { because: summary(found), violations: found })
}

const SUMMARY_MAX = 3

function summary (found: ReturnType<typeof violations>): string {
  const named = found.slice(0, SUMMARY_MAX).map(({ path, message }) => `${path} ${message}`.trim())
  const rest = found.length - named.length
  return named.join('; ') + (rest > 0 ? `; and ${rest} more` : '')
}

/** Caches by operation. Operations are loaded once per process, so all emulators in it share their validators. */
function oncePerOperation<Value> (make: (operation: Operation) => Value): (operation: Operation) => Value {
  const made = new WeakMap<Operation, Value>()
  return operation => {
    const value = made.get(operation) ?? make(operation)
    made.set(operation, value)
    return value
  }
}

function lazily<Value> (make: () => Value): () => Value {
  let value: Value | undefined
  return () => (value ??= make())
}

const bodies = lazily(() => createAjv(false))
const queries = lazily(() => createAjv(true))
