/**
 * Request validation: ajv against the bundled contract, without a dereferenced copy of it. Bodies are never coerced; a query, which
 * is all text, is. A validator is compiled on its first use and once per process.
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { ApiError } from '../errors.js'
import type { Contract, Operation } from './load.js'
import { violations } from './violations.js'

/** Words of OpenAPI that are no JSON Schema and say nothing about validity. */
const VOCABULARY = ['components', 'paths', 'discriminator', 'example', 'xml', 'externalDocs']

export function createAjv (coerceTypes: boolean): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, coerceTypes, loopEnum: Number.MAX_SAFE_INTEGER, strictTypes: false, validateSchema: false })
  addFormats.default(ajv)
  ajv.addVocabulary(VOCABULARY)
  return ajv
}

export type Validate = (data: unknown) => void

/** Throws INVALID_REQUEST_BODY with every violation in the body. */
export function bodyValidator (operation: Operation): Validate {
  const validate = lazily(() => bodies().compile({ $ref: `${known(bodies(), operation.document)}#${bodyPointer(operation)}` }))
  return body => {
    if (body === undefined) {
      if (operation.body?.required === true) throw bodyError([{ path: '', message: 'the request has no body; send JSON' }])
      return
    }
    const check = validate()
    if (!check(body)) throw bodyError(violations(check.errors ?? []))
  }
}

/** Throws INVALID_QUERY_PARAMS with every violation in the query, and turns its texts into numbers and booleans. */
export function queryValidator (operation: Operation): Validate {
  const validate = lazily(() => queries().compile({
    type: 'object',
    properties: Object.fromEntries(operation.query.map(({ name, schema }) => [name, absolute(schema, known(queries(), operation.document))])),
    required: operation.query.filter(({ required }) => required).map(({ name }) => name)
  }))
  return query => {
    const check = validate()
    if (check(query)) return
    const found = violations(check.errors as ErrorObject[])
    throw new ApiError('INVALID_QUERY_PARAMS', { because: summary(found), violations: found })
  }
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

function lazily<Value> (make: () => Value): () => Value {
  let value: Value | undefined
  return () => (value ??= make())
}

const bodies = lazily(() => createAjv(false))
const queries = lazily(() => createAjv(true))

/** Makes a contract known to ajv; returns the name that references to it begin with. */
function known (ajv: Ajv2020, { info, components, paths }: Contract): string {
  const name = encodeURIComponent(info.title)
  if (!(name in ajv.schemas)) ajv.addSchema({ components, paths }, name)
  return name
}

const escape = (text: string) => encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'))

function bodyPointer ({ path, method }: Operation): string {
  return `/paths/${escape(path)}/${method.toLowerCase()}/requestBody/content/${escape('application/json')}/schema`
}

/** A parameter's schema stands outside the document when compiled: its references must name the document. */
function absolute (schema: object, contract: string): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${contract}#/`))
}

export type { ValidateFunction }
