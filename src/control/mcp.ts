/**
 * `POST /_emulator/mcp`: the MCP server over streamable HTTP, with the guards of /_emulator. Its tools call the emulator in this
 * process, without a connection. The library and the tools are loaded with the first request.
 */
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError, invalidQuery, UnreachableError } from '../errors.js'
import { sandboxOf } from '../http/context.js'
import type { Guard } from '../http/guard.js'
import type { Backend } from '../mcp/tool.js'
import { TOOL_SETS, type ToolSet } from '../mcp/tool-sets.js'
import type { Sandboxes } from '../sandbox/sandboxes.js'

const NAME = 'POST /_emulator/mcp'
/** As large as the body of `POST /_emulator/load`, which the tool seed sends. */
const BODY_MAX_BYTES = 10 * 1024 * 1024

export interface McpOptions {
  sandboxes: Sandboxes
  guard: Guard
  /** An API key that may write. */
  apiKey: string
  controlKey: string | null
  baseUrlOf (request: FastifyRequest): string
  report (error: unknown): void
}

export function addMcp (app: FastifyInstance, { sandboxes, guard, apiKey, controlKey, baseUrlOf, report }: McpOptions): void {
  const open = new Set<{ close (): Promise<void> }>()

  app.addHook('preClose', done => {
    Promise.all([...open].map(handler => handler.close())).then(() => { done() }, done)
  })

  app.route({
    method: 'POST',
    url: '/_emulator/mcp',
    config: { cors: false },
    bodyLimit: BODY_MAX_BYTES,
    onRequest (request, reply, done) {
      guard.admit(NAME, request, reply)
      done()
    },
    async handler (request, reply) {
      const set = toolSet(request.query)
      if (request.body === undefined) throw new ApiError('INVALID_REQUEST_BODY', { because: 'send a message of JSON-RPC' })
      const backend: Backend = {
        send: sender(app, request), url: baseUrlOf(request), prefix: sandboxOf(request, sandboxes).prefix, apiKey, controlKey
      }
      const [library, { createMcpServer }] = await Promise.all([import('../vendor/mcp.js'), import('../mcp/server.js')])
      const handler = library.createMcpHandler(() => createMcpServer(library, { backend, set, report }))
      open.add(handler)
      reply.raw.on('close', () => { open.delete(handler) })
      return await pass(await handler.fetch(requestOf(request, reply, backend.url), { parsedBody: request.body }), reply)
    }
  })
}

/** The tools that the query selects: `?tools=all`. */
function toolSet (query: unknown): ToolSet {
  const { tools = 'core' } = query as { tools?: string }
  const set = TOOL_SETS.find(name => name === tools)
  if (set === undefined) throw invalidQuery('tools', `must be one of ${TOOL_SETS.join(', ')}`)
  return set
}

/** Calls the emulator in this process under the name by which the client knows it, so that links are right. */
function sender (app: FastifyInstance, { headers: { host = 'localhost' } }: FastifyRequest): Backend['send'] {
  return async ({ method, path, headers, body }) => {
    try {
      const reply = await app.inject({
        method: method as 'GET', url: path, headers: { host, ...headers }, ...(body === undefined ? {} : { payload: body })
      })
      return { status: reply.statusCode, headers: reply.headers, text: reply.payload }
    } catch (error) {
      throw new UnreachableError('the connection was closed without a reply, as a fault does', { cause: error })
    }
  }
}

/** Programs such as curl accept any type, unless they are given one. */
const ANYTHING = '*/*'

/** `baseUrl` is used instead of the Host, which a client can set to a text that is not valid in a URL. */
function requestOf ({ headers }: FastifyRequest, reply: FastifyReply, baseUrl: string): Request {
  const closing = new AbortController()
  reply.raw.on('close', () => { closing.abort() })
  const { accept = ANYTHING } = headers
  const accepted = accept === ANYTHING ? { accept: 'application/json, text/event-stream' } : {} // the library takes it literally
  const texts = Object.entries({ ...headers, ...accepted }).map(([name, value]): [string, string] => [name, String(value)])
  return new Request(`${baseUrl}/_emulator/mcp`, { method: 'POST', headers: texts, signal: closing.signal })
}

async function pass (response: Response, reply: FastifyReply): Promise<FastifyReply> {
  reply.code(response.status)
  for (const [name, value] of response.headers) if (name !== 'connection') reply.header(name, value)
  if (response.body === null) return await reply.send()
  return await reply.send(Readable.fromWeb(response.body as ReadableStream))
}
