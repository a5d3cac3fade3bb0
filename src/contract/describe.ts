/** Describes the operations of a document: what answering a request needs to know. `npm run generate` writes it to a file. */
import type { OperationName } from './operations.js'

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  schema: object
  /** The words of a query parameter may be written in any case. */
  'x-ignore-case'?: boolean
  /** These words. */
  words?: readonly string[]
}

interface OperationObject {
  operationId: string
  /** It is newer than the older version of the contract. */
  'x-since'?: string
  deprecated?: boolean
  summary?: string
  tags?: string[]
  security?: object[]
  parameters?: Array<Parameter | { $ref: string }>
  requestBody?: { required?: boolean, content: Record<string, { schema: object }> }
  /** In bytes, for an operation that accepts larger bodies than the others. */
  'x-body-limit'?: number
  responses: Record<string, { content?: Record<string, { schema: object, 'x-since'?: string }> }>
}

export interface Contract {
  openapi: string
  info: { title: string, version: string }
  security?: object[]
  paths: Record<string, Record<string, OperationObject>>
  components: { schemas: Record<string, object>, parameters?: Record<string, Parameter> }
  webhooks?: Record<string, object>
}

export interface Described {
  name: OperationName
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** In the contract's notation: `/payments/{payment_id}`. */
  path: string
  tag: string
  summary: string
  /** The older version of the contract does not have it. */
  isNewer: boolean
  /** The document advises against it. */
  isDeprecated: boolean
  /** Whether an API key is required. */
  secured: boolean
  query: Parameter[]
  body: { required: boolean, schema: object } | null
  /** The body is a form with a file (`multipart/form-data`). */
  isUpload: boolean
  /** The largest body in bytes; null for the default. */
  bodyLimit: number | null
  /** The status of a successful reply. */
  success: number
  /** The media type of a successful reply; null if it is empty. */
  mediaType: string | null
  /** In the older version of the contract, its reply is empty. */
  isReplyNewer: boolean
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

export function describedOperations (document: Contract): Described[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap(method => {
      const operation = item[method]
      return operation === undefined ? [] : [describe(document, path, method, operation)]
    }))
}

function describe (document: Contract, path: string, method: typeof METHODS[number], operation: OperationObject): Described {
  const verb = method.toUpperCase() as Described['method']
  const parameters = (operation.parameters ?? []).map(parameter => resolve(document, parameter))
  const security = operation.security ?? document.security ?? []
  const [status, response] = Object.entries(operation.responses).find(([status]) => status.startsWith('2')) ?? ['200', undefined]
  return {
    name: `${verb} ${path}` as OperationName,
    method: verb,
    path,
    tag: operation.tags?.[0] ?? '',
    summary: operation.summary ?? '',
    isNewer: operation['x-since'] !== undefined,
    isDeprecated: operation.deprecated === true,
    secured: security.length > 0 && security.every(schemes => Object.keys(schemes).length > 0), // {} makes the key optional
    query: parameters.filter(parameter => parameter.in === 'query').map(parameter => withWords(parameter, document)),
    body: isUpload(operation) ? null : bodyOf(operation),
    isUpload: isUpload(operation),
    bodyLimit: operation['x-body-limit'] ?? null,
    success: Number(status),
    mediaType: Object.keys(response?.content ?? {})[0] ?? null,
    isReplyNewer: Object.values(response?.content ?? {})[0]?.['x-since'] !== undefined
  }
}

function withWords (parameter: Parameter, { components }: Contract): Parameter {
  if (parameter['x-ignore-case'] !== true) return parameter
  const { $ref: reference = '' } = parameter.schema as { $ref?: string }
  const named = components.schemas[reference.slice(reference.lastIndexOf('/') + 1)]
  return { ...parameter, words: ((named ?? parameter.schema) as { enum?: string[] }).enum ?? [] }
}

function isUpload ({ requestBody }: OperationObject): boolean {
  return requestBody?.content['multipart/form-data'] !== undefined
}

function bodyOf ({ requestBody }: OperationObject): Described['body'] {
  if (requestBody === undefined) return null
  return { required: requestBody.required ?? false, schema: requestBody.content['application/json']?.schema ?? {} }
}

function resolve (document: Contract, parameter: Parameter | { $ref: string }): Parameter {
  if (!('$ref' in parameter)) return parameter
  const name = parameter.$ref.slice(parameter.$ref.lastIndexOf('/') + 1)
  const resolved = document.components.parameters?.[name]
  if (resolved === undefined) throw new Error(`the contract has no parameter ${name}`)
  return resolved
}
