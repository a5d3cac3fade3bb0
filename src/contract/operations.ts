/**
 * Types of operations, by name (`POST /payments`): body, query, path parameters and reply. All are derived from the bundled
 * documents, so a wrong path, an unknown body field or a missing response field does not compile.
 */
import type { paths as ControlPaths } from './control-types.gen.js'
import type { components, paths as ContractPaths } from './types.gen.js'

export type Schemas = components['schemas']

/** The emulated API and the control API. */
type paths = ContractPaths & ControlPaths

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** The name of an operation: `'GET /payments' | 'POST /payments' | …`. */
export type OperationName = {
  [Path in keyof paths & string]: {
    [M in Method]: paths[Path][M] extends { responses: object } ? `${Uppercase<M>} ${Path}` : never
  }[Method]
}[keyof paths & string]

type OperationOf<Name> = Name extends `${infer Verb} ${infer Path}`
  ? Path extends keyof paths ? Lowercase<Verb> extends keyof paths[Path] ? paths[Path][Lowercase<Verb>] : never : never
  : never

type Json<Content> = Content extends { content: { 'application/json': infer Body } } ? Body : undefined

/** A file that was sent as a form. */
export interface UploadedFile {
  /** The name in the request; empty if there is none. */
  fileName: string
  /** The content type in the request; empty if there is none. */
  contentType: string
  bytes: Uint8Array
}

interface FormWithFile { content: { 'multipart/form-data': unknown } }

/** May be undefined if the contract does not require a body, and if a form has no file. */
export type Body<Name> = OperationOf<Name> extends { requestBody: infer Request }
  ? Request extends FormWithFile ? UploadedFile | undefined : Json<Request>
  : OperationOf<Name> extends { requestBody?: infer Request } ? Json<NonNullable<Request>> | undefined : undefined

export type Query<Name> = OperationOf<Name> extends { parameters: { query?: infer Parameters } }
  ? [NonNullable<Parameters>] extends [never] ? object : NonNullable<Parameters>
  : object

export type PathParameters<Name> = OperationOf<Name> extends { parameters: { path: infer Parameters } } ? Parameters : object

/** A reply that is not JSON, such as a PDF. `bytes` is called after the transaction. */
export interface FileReply {
  fileName: string
  /** Whether browsers save the file instead of showing it. */
  isDownload?: true
  bytes (): Promise<Uint8Array>
}

type File = { 'application/pdf': unknown } | { 'text/csv': unknown } | { 'application/vnd.sqlite3': unknown } |
  { 'message/rfc822': unknown }

/** The body of a successful reply; undefined if it is empty. */
export type Reply<Name> = OperationOf<Name> extends { responses: { 200: infer Success } | { 201: infer Success } }
  ? Success extends { content: File } ? FileReply : Json<Success>
  : undefined
