/**
 * Validates requests against the contracts with ajv. Bodies are never coerced. Queries are, because all of their values are
 * text. Each validator is compiled on first use, once per process.
 */
import { _, type CodeKeywordDefinition, type SchemaValidateFunction } from 'ajv'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { ApiError } from '../errors.js'
import type { Contract, Operation } from './load.js'
import { hasStricter, strictSchema, type ContractVersion } from './versions.js'
import { violations } from './violations.js'

/** Keywords of OpenAPI and our own extensions that do not affect validity. */
const VOCABULARY = [
  'components', 'discriminator', 'example', 'xml', 'externalDocs', 'x-since', 'x-optional-since', 'x-enum-since',
  'x-refused-before', 'x-minor-units', 'x-name', 'x-refusal-status'
]

export function createAjv (coerceTypes: boolean): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    coerceTypes,
    code: { optimize: false }, // compiles a quarter faster, and validates as fast
    meta: false, // schemas are not validated, so their schemas need not be compiled
    strictTypes: false,
    verbose: true, // errors include their schema, which contract/violations needs to distinguish the branches of a union
    validateSchema: false // the contract is linted when it is bundled
  })
  addFormats.default(ajv)
  ajv.addVocabulary(VOCABULARY)
  ajv.removeKeyword('enum')
  ajv.addKeyword(isAllowed)
  ajv.removeKeyword('uniqueItems')
  ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', errors: true, validate: hasUniqueItems })
  return ajv
}

/** Replaces ajv's check, which compares with 250 countries one by one. A set also takes a quarter less time to compile. */
const isAllowed: CodeKeywordDefinition = {
  keyword: 'enum',
  schemaType: 'array',
  error: {
    message: 'must be equal to one of the allowed values',
    params: ({ schemaCode }) => _`{allowedValues: ${schemaCode}}`
  },
  code (validation) {
    const allowed = validation.gen.scopeValue('obj', { ref: new Set<unknown>(validation.schema as unknown[]) })
    validation.pass(_`${allowed}.has(${validation.data})`)
  }
}

/** Replaces ajv's check, which compares each item with every other and takes seconds for a list of 40,000. */
const hasUniqueItems: SchemaValidateFunction = (isWanted: boolean, items: unknown[]) => {
  const places = new Map<string, number>()
  for (const [index, item] of isWanted ? items.entries() : []) {
    const text = JSON.stringify(item)
    const before = places.get(text)
    if (before !== undefined) {
      const message = `must NOT have duplicate items (items ## ${before} and ${index} are identical)`
      hasUniqueItems.errors = [{ keyword: 'uniqueItems', message, params: { j: before, i: index } }]
      return false
    }
    places.set(text, index)
  }
  return true
}

export type Validate = (data: unknown, contract?: ContractVersion) => void

/**
 * Returns a function that throws INVALID_REQUEST_BODY with every violation in the body. The older version of the contract has
 * its own validators only where it is stricter.
 */
export const bodyValidator = oncePerOperation((operation: Operation): Validate => {
  const schema = lazily(() => selfContained(operation.body?.schema ?? {}, operation.document))
  const newest = lazily(() => bodies().compile(schema()))
  const older = lazily(() => hasStricter(schema()) ? bodies().compile(strictSchema(schema())) : newest())
  return (body, contract = 'newest') => {
    if (body === undefined) {
      if (operation.body?.required === true) throw bodyError([{ path: '', message: 'the request has no body; send JSON' }])
      return
    }
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
  const validate = lazily(() => queries().compile(selfContained({
    type: 'object',
    properties: Object.fromEntries(operation.query.map(({ name, schema }) => [name, schema])),
    required: operation.query.filter(({ required }) => required).map(({ name }) => name)
  }, operation.document)))
  const anyCase = anyCaseWords(operation)
  return query => {
    for (const [name, words] of anyCase) respell(query, name, words)
    const check = validate()
    if (check(query)) return
    const found = violations(check.errors as ErrorObject[])
    throw refusalOf(check.errors ?? [], found) ??
      new ApiError('INVALID_QUERY_PARAMS', { because: summary(found), violations: found })
  }
})

/** The words of the parameters marked `x-ignore-case`, by name. */
function anyCaseWords ({ query, document }: Operation): Array<[name: string, words: readonly string[]]> {
  return query.filter(parameter => parameter['x-ignore-case'] === true).map(({ name, schema }) => {
    const { $ref: reference = '' } = schema as { $ref?: string }
    const named = document.components.schemas[reference.slice(reference.lastIndexOf('/') + 1)]
    return [name, ((named ?? schema) as { enum?: string[] }).enum ?? []]
  })
}

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

/** A union in which several branches may match and the first one counts. For validity it is enough that any branch matches. */
function firstMatch (schema: { oneOf?: object[], 'x-first-match'?: boolean }): object {
  const { oneOf, 'x-first-match': isFirstMatch, ...rest } = schema
  return isFirstMatch === true ? { ...rest, anyOf: oneOf } : schema
}

/**
 * Copies a schema and all schemas that it references into a document of its own. Otherwise ajv would traverse the whole contract
 * before the first validation, which took longer than the rest of the start.
 */
function selfContained (schema: object, { components }: Contract): object {
  const schemas: Record<string, object> = {}
  const collect = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    for (const [key, value] of Object.entries(part)) {
      if (key !== '$ref' || typeof value !== 'string') {
        collect(value)
        continue
      }
      const name = value.slice(value.lastIndexOf('/') + 1)
      const referred = components.schemas[name]
      if (referred === undefined || name in schemas) continue
      schemas[name] = firstMatch(referred)
      collect(referred)
    }
  }
  collect(schema)
  return { ...schema, components: { schemas } }
}
