/** Loads the bundled OpenAPI documents and their operations. Each is read once per process. */
import { packageJson } from '../root.js'
import type { OperationName } from './operations.js'

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  schema: object
  /** The words of a query parameter may be written in any case. */
  'x-ignore-case'?: boolean
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

export interface Operation {
  /** The document that defines it. */
  document: Contract
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

interface Loaded {
  document: Contract
  operations: Operation[]
}

/** The emulated API, in its newest version. */
export const contract = once(() => load('openapi.gen.json'))

/** The document of the older version. Only readers need it: the newest one defines routes and validation. */
export const olderContract = once(() => load('openapi-1.113.0.gen.json'))

/** The emulator's own API, under /_emulator. */
export const controlContract = once(() => load('control.gen.json'))

function once (read: () => Loaded): () => Loaded {
  let loaded: Loaded | undefined
  return () => (loaded ??= read())
}

function load (file: string): Loaded {
  const document = packageJson<Contract>('openapi', file)
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap(method => {
      const operation = item[method]
      return operation === undefined ? [] : [describe(document, path, method, operation)]
    }))
  return { document, operations }
}

function describe (document: Contract, path: string, method: typeof METHODS[number], operation: OperationObject): Operation {
  const verb = method.toUpperCase() as Operation['method']
  const parameters = (operation.parameters ?? []).map(parameter => resolve(document, parameter))
  const security = operation.security ?? document.security ?? []
  const [status, response] = Object.entries(operation.responses).find(([status]) => status.startsWith('2')) ?? ['200', undefined]
  return {
    document,
    name: `${verb} ${path}` as OperationName,
    method: verb,
    path,
    tag: operation.tags?.[0] ?? '',
    summary: operation.summary ?? '',
    isNewer: operation['x-since'] !== undefined,
    isDeprecated: operation.deprecated === true,
    secured: security.length > 0 && security.every(schemes => Object.keys(schemes).length > 0), // {} makes the key optional
    query: parameters.filter(parameter => parameter.in === 'query'),
    body: isUpload(operation) ? null : bodyOf(operation),
    isUpload: isUpload(operation),
    bodyLimit: operation['x-body-limit'] ?? null,
    success: Number(status),
    mediaType: Object.keys(response?.content ?? {})[0] ?? null,
    isReplyNewer: Object.values(response?.content ?? {})[0]?.['x-since'] !== undefined
  }
}

function isUpload ({ requestBody }: OperationObject): boolean {
  return requestBody?.content['multipart/form-data'] !== undefined
}

function bodyOf ({ requestBody }: OperationObject): Operation['body'] {
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
