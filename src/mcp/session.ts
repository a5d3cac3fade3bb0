/** Calls of the emulator by a tool, in the sandbox that its arguments name. */
import type { Violation } from '../errors.js'
import type { Backend, Reply } from './tool.js'

/** An error that a tool reports to the agent. */
export class ToolError extends Error {
  readonly code: string
  readonly details: readonly Violation[]

  constructor (code: string, message: string, details: readonly Violation[] = []) {
    super(message)
    this.code = code
    this.details = details
  }
}

/** The error of an argument. The message continues its name. */
export function invalidArgument (path: string, message: string): ToolError {
  return new ToolError('INVALID_ARGUMENTS', `${path} ${message}`, [{ path, message }])
}

type Query = Readonly<Record<string, string | number | undefined>>

export interface Call {
  method?: 'GET' | 'POST' | 'DELETE'
  query?: Query
  body?: object
}

export interface Session {
  /** The URL of the sandbox for programs. */
  url: string
  prefix: string
  apiKey: string
  /** Calls an operation under /_emulator. Rejects with a ToolError if it is refused. */
  control<Json = Item> (path: string, call?: Call): Promise<Json>
  /** Reads from the emulated API. Rejects with a ToolError if the call is refused. */
  read<Json = Item> (path: string, query?: Query): Promise<Json>
  /** Calls the emulated API and returns any reply. */
  call (method: string, path: string, options: CallOptions): Promise<Reply>
  /** The same emulator with another sandbox. */
  at (sandbox: string): Session
}

export interface CallOptions {
  body?: unknown
  apiKey?: string | undefined
  headers?: Readonly<Record<string, string>> | undefined
}

/** A JSON object whose fields a tool passes on without knowing them all. */
export type Item = Readonly<Record<string, unknown>>

export interface ItemList {
  items: Item[]
}

/** `sandbox` is the argument of the tool; undefined selects the sandbox of the server. */
export function createSession (backend: Backend, sandbox: string | undefined): Session {
  const { url, apiKey, controlKey } = backend
  const prefix = prefixOf(sandbox) ?? backend.prefix

  const call: Session['call'] = (method, path, { body, apiKey: key = apiKey, headers = {} }) => backend.send({
    method,
    path: `${prefix}${path}`,
    headers: { authorization: `Bearer ${key}`, ...headers, ...(body === undefined ? {} : JSON_TYPE) },
    body: body === undefined ? undefined : JSON.stringify(body)
  })

  return {
    url: `${url}${prefix}`,
    prefix,
    apiKey,
    call,
    at: name => createSession(backend, name),
    async read<Json> (path: string, query: Query = {}) {
      return parsed(await call('GET', `${path}${queryText(query)}`, {})) as Json
    },
    async control<Json> (path: string, { method, query = {}, body }: Call = {}) {
      return parsed(await backend.send({
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        path: `${prefix}/_emulator${path}${queryText(query)}`,
        headers: { ...(controlKey === null ? {} : { 'x-emulator-key': controlKey }), ...(body === undefined ? {} : JSON_TYPE) },
        body: body === undefined ? undefined : JSON.stringify(body)
      })) as Json
    }
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }

function prefixOf (sandbox: string | undefined): string | null {
  if (sandbox === undefined) return null
  return sandbox === 'default' ? '' : `/~${encodeURIComponent(sandbox)}`
}

function queryText (query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) => value === undefined ? [] : [[name, String(value)] as const])
  return given.length === 0 ? '' : `?${new URLSearchParams(Object.fromEntries(given))}`
}

function parsed ({ status, text }: Reply): unknown {
  const json = jsonOf(text)
  if (status < 300) return json
  const { code, message, details } = json as { code?: string, message?: string, details?: Violation[] }
  throw new ToolError(code ?? 'UNEXPECTED_REPLY', message ?? `the emulator answered with status ${status}`, details ?? [])
}

function jsonOf (text: string): unknown {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}
