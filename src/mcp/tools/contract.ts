/** Tools that look up operations and errors in the contract. They do not call the emulator. */
import { contract, type Operation } from '../../contract/load.js'
import { ERRORS, type ErrorCode } from '../../errors.js'
import { plainText } from '../../requests/advice.js'
import { packageJson } from '../../root.js'
import { nearest } from '../../rules/near.js'
import { fitted } from '../result.js'
import { input, limit, resolved, text } from '../schemas.js'
import { invalidArgument, ToolError } from '../session.js'
import { tool } from '../tool.js'

interface Documented {
  operationId: string
  tags?: readonly string[]
  description?: string
  deprecated?: boolean
  parameters?: Array<{ $ref?: string, name?: string, in?: string, required?: boolean, description?: string, schema?: object }>
  responses: Record<string, { $ref?: string, description?: string, content?: Record<string, { schema: object }> }>
}

const documentOf = ({ document, path, method }: Operation) =>
  (document.paths[path] as Record<string, unknown>)[method.toLowerCase()] as Documented

/** All operations of the contract have handlers, as test/mcp/contract.test.ts checks. */
const brief = (operation: Operation) => {
  const { operationId, tags = [] } = documentOf(operation)
  const { method, path, summary } = operation
  return { operation_id: operationId, method, path, summary, tags, implemented: true }
}

const wordsOf = (value: string): readonly string[] => value.toLowerCase().match(/[a-z0-9]+/g) ?? []

/** How well an operation matches words. Words in its path and its summary count more than those in its description. */
function score (operation: Operation, words: readonly string[]): number {
  const { operationId, tags = [], description = '' } = documentOf(operation)
  const main = wordsOf(`${operationId} ${operation.method} ${operation.path} ${operation.summary} ${tags.join(' ')}`)
  const other = wordsOf(description)
  const isIn = (list: readonly string[], word: string) => list.some(entry => entry.startsWith(word.replace(/s$/, '')))
  return words.reduce((sum, word) => sum + (main.includes(word) ? 6 : isIn(main, word) ? 4 : isIn(other, word) ? 1 : 0), 0) -
    operation.path.length / 1000
}

const searchOperations = tool<{ query: string, limit?: number }>({
  name: 'search_operations',
  title: 'Search operations of the API',
  description: 'Finds operations of the Dodo Payments API by words, such as "refund" or "list subscriptions of a customer".',
  effect: 'reads',
  isCore: true,
  input: input({ query: text('Words to search for.'), limit: limit(20, 8) }, ['query']),
  run ({ query, limit: most = 8 }) {
    const words = wordsOf(query)
    const scored = contract().operations.map(operation => ({ operation, points: score(operation, words) }))
    const found = scored.filter(({ points }) => points > 0).sort((a, b) => b.points - a.points)
    return { operations: found.slice(0, most).map(({ operation }) => brief(operation)), found: found.length }
  }
})

interface Described { operation_id?: string, method?: string, path?: string }

function findOperation ({ operation_id: id, method, path }: Described): Operation {
  if (id === undefined && (method === undefined || path === undefined)) {
    throw invalidArgument('operation_id', 'is missing: give it, or method and path')
  }
  const { operations } = contract()
  const shape = path?.replace(/\{\w+\}/g, '{}')
  const found = operations.find(operation => id === undefined
    ? operation.method === method?.toUpperCase() && operation.path.replace(/\{\w+\}/g, '{}') === shape
    : documentOf(operation).operationId === id)
  if (found !== undefined) return found
  const near = id === undefined ? null : nearest(id, operations.map(operation => documentOf(operation).operationId))
  const hint = near === null ? '' : `: did you mean ${near}?`
  throw new ToolError('UNKNOWN_OPERATION', `there is no operation ${id ?? `${method ?? ''} ${path ?? ''}`}${hint}`)
}

const DESCRIPTION_MAX_BYTES = 20_000
const DEPTHS = [10, 4, 3, 2, 1, 0]

const describeOperation = tool<Described>({
  name: 'describe_operation',
  title: 'Describe an operation',
  description: 'Returns the parameters, the body and the replies of an operation as JSON Schemas, and the error codes that it ' +
    'can return with their cases. Give operation_id, or method and path.',
  effect: 'reads',
  isCore: true,
  input: input({
    operation_id: text('As search_operations returns it.'),
    method: text('Such as POST.'),
    path: text('Such as /payments/{payment_id}.')
  }),
  run (given) {
    const operation = findOperation(given)
    const described = DEPTHS.map(depth => () => description(operation, depth))
    const fitting = described.map(describe => describe()).find(value => JSON.stringify(value).length <= DESCRIPTION_MAX_BYTES)
    return fitting ?? fitted(description(operation, 0), DESCRIPTION_MAX_BYTES)
  }
})

function description (operation: Operation, depth: number): object {
  const { document } = operation
  const own = documentOf(operation)
  const parameters = (own.parameters ?? []).map(parameter => {
    const name = parameter.$ref?.slice(parameter.$ref.lastIndexOf('/') + 1)
    const shown = name === undefined ? parameter : document.components.parameters?.[name] ?? parameter
    return { ...shown, schema: resolved(shown.schema ?? {}, document, depth) }
  })
  const { schema = {} } = Object.values(own.responses[String(operation.success)]?.content ?? {})[0] ?? {}
  return {
    ...brief(operation),
    description: own.description ?? '',
    deprecated: own.deprecated === true,
    needs_api_key: operation.secured,
    parameters,
    body: operation.body === null ? null : { ...operation.body, schema: resolved(operation.body.schema, document, depth) },
    success: { status: operation.success, schema: resolved(schema, document, Math.min(depth, 3)) },
    statuses: Object.keys(own.responses),
    errors: codesOf(operation, own.description ?? '').map(code =>
      ({ code, status: ERRORS[code].status, case: plainText(ERRORS[code].when) }))
  }
}

/** The codes that the description names, and those that follow from the form of the operation. */
function codesOf ({ secured, path, query, body }: Operation, description: string): ErrorCode[] {
  const named = description.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? []
  return [...new Set([
    ...(secured ? ['UNAUTHORIZED'] : []),
    ...(path.includes('{') ? ['NOT_FOUND'] : []),
    ...(query.length > 0 ? ['INVALID_QUERY_PARAMS'] : []),
    ...(body === null ? [] : ['INVALID_REQUEST_BODY', 'INVALID_REQUEST_PARAMETERS']),
    ...named
  ])].filter((code): code is ErrorCode => Object.hasOwn(ERRORS, code))
}

interface Failure { message: string }

/** All error codes of the API, and all reasons for which a payment can fail. */
export function errorCodes () {
  const failures = packageJson<Record<string, Failure>>('fixtures', 'reference', 'failure-codes.json')
  return {
    errors: Object.entries(ERRORS).map(([code, { status, sentence, when }]) =>
      ({ code, status, meaning: sentence ?? plainText(when).split(/[.;:]/, 1)[0], how_to_provoke: plainText(when) })),
    payment_failures: Object.entries(failures).map(([code, { message }]) =>
      ({ code, meaning: message, how_to_provoke: `pay with the outcome failed and the error_code ${code}` })),
    any_error: 'set_fault with the kind error and the code makes any operation return it'
  }
}

const listErrorCodes = tool<{ query?: string }>({
  name: 'list_error_codes',
  title: 'List error codes',
  description: 'Lists error codes of the API, and reasons for which payments fail, with their meaning and how to provoke them.',
  effect: 'reads',
  isCore: true,
  input: input({ query: text('Only codes whose name or text contains all of these words.') }),
  run ({ query = '' }) {
    const words = query.toLowerCase().split(/\s+/)
    const fits = (row: object) => words.every(word => JSON.stringify(row).toLowerCase().includes(word))
    const { errors, payment_failures: failures, any_error: any } = errorCodes()
    return { errors: errors.filter(fits), payment_failures: failures.filter(fits), any_error: any }
  }
})

export const contractTools = [searchOperations, describeOperation, listErrorCodes]
