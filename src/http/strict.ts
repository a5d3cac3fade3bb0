/**
 * The strict mode: refuses what the API accepts but ignores. The API ignores unknown fields and parameters, so a misspelt one has
 * no effect and no error.
 */
import type { FastifyRequest } from 'fastify'
import type { Operation } from '../contract/load.js'
import { unknownFields } from '../contract/unknown-fields.js'
import { ApiError, invalid } from '../errors.js'
import { unknownParameters } from '../requests/notes.js'

export const STRICT_HEADER = 'x-emulator-strict'

const OFF: ReadonlySet<unknown> = new Set(['off', 'false', '0'])

/** The header of a call wins over the option. */
export function isStrict ({ headers }: FastifyRequest, byOption: boolean): boolean {
  const given = headers[STRICT_HEADER]
  return given === undefined ? byOption : !OFF.has(given)
}

const IGNORED = 'is ignored by the API: remove it, or correct its name'

/** Throws for a deprecated operation, and for ignored parameters and fields. */
export function checkStrictly (operation: Operation, query: unknown, body: unknown): void {
  if (operation.isDeprecated) throw invalid('', `${operation.name} is deprecated (strict mode)`)
  const parameters = unknownParameters(operation, Object.keys(query as object))
  if (parameters.length > 0) throw refusal('INVALID_QUERY_PARAMS', parameters)
  if (operation.isUpload) return
  const fields = unknownFields(operation, body ?? undefined)
  if (fields.length > 0) throw refusal('INVALID_REQUEST_BODY', fields)
}

/** The refusal of a field that a handler ignores. */
export function refuseIgnored (path: string): never {
  throw refusal('INVALID_REQUEST_BODY', [path])
}

function refusal (code: 'INVALID_QUERY_PARAMS' | 'INVALID_REQUEST_BODY', paths: readonly string[]): ApiError {
  const violations = paths.map(path => ({ path, message: IGNORED }))
  const because = paths.map(path => `${path === '' ? 'the body' : path} ${IGNORED}`).join('; ')
  return new ApiError(code, { because: `${because} (strict mode)`, violations })
}
