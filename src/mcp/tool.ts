/** The form of a tool of the MCP server, and the emulator that tools call. */
import type { Session } from './session.js'
import type { ToolSet } from './tool-sets.js'

/** A JSON Schema of an object. */
export interface InputSchema {
  type: 'object'
  properties: Readonly<Record<string, object>>
  required?: readonly string[]
}

/**
 * `reads` changes nothing. `changes` adds to the sandbox. `destroys` deletes data.
 */
export type Effect = 'reads' | 'changes' | 'destroys'

export interface Tool {
  name: string
  title: string
  description: string
  effect: Effect
  /** Whether the default set has the tool. Clients load the description of every tool, so the set is small. */
  isCore: boolean
  input: InputSchema
  /** Returns the result as JSON. `given` matches the input schema. */
  run (given: unknown, session: Session): unknown
}

/** A tool whose arguments have the type `Given`. The input schema must describe that type. */
export function tool<Given> (about: Omit<Tool, 'run'> & { run (given: Given, session: Session): unknown }): Tool {
  return about as Tool
}

/** Sends a request to the emulator. The path contains the sandbox and the query. */
export type SendRequest = (request: {
  method: string
  path: string
  headers: Readonly<Record<string, string>>
  /** JSON; undefined without a body. */
  body: string | undefined
}) => Promise<Reply>

export interface Reply {
  status: number
  headers: Readonly<Record<string, string | string[] | number | undefined>>
  text: string
}

/** An emulator, in this process or another one. */
export interface Backend {
  send: SendRequest
  /** The URL of the emulator for programs, without a sandbox. */
  url: string
  /** The sandbox of tools that name none: `/~mine`, or empty for the default sandbox. */
  prefix: string
  /** An API key that may write. */
  apiKey: string
  /** The key of the control API; null if it requires none. */
  controlKey: string | null
}

export interface Serving {
  backend: Backend
  set: ToolSet
  /** Called with each error that is a bug of a tool. */
  report (error: unknown): void
}
