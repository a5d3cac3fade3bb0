/** The MCP server over standard input and output, for an emulator that is called over HTTP. */
import { once } from 'node:events'
import { bytesOf, open } from '../client/send.js'
import type { Method } from '../client/controls.js'
import { createMcpServer } from './server.js'
import type { ToolSet } from './tool-sets.js'
import type { Backend } from './tool.js'

/** Longer than the longest wait of a tool. */
const TIMEOUT_MS = 120_000

/** A backend that calls the emulator at a URL. */
export function remoteBackend (options: Omit<Backend, 'send'>): Backend {
  const { url } = options
  return {
    ...options,
    async send ({ method, path, headers, body }) {
      const signal = AbortSignal.timeout(TIMEOUT_MS)
      const response = await open(url, {
        method: method as Method, path, headers, signal, body: body === undefined ? undefined : JSON.parse(body) as object
      })
      const text = (await bytesOf(response, url)).toString('utf8')
      return { status: response.statusCode ?? 0, headers: response.headers, text }
    }
  }
}

/** Serves until the client closes standard input, or `stop` is aborted. */
export async function serve (backend: Backend, { set, stop }: { set: ToolSet, stop: AbortSignal }): Promise<void> {
  const library = await import('../vendor/mcp.js')
  const ended = Promise.race([once(process.stdin, 'end'), once(process.stdin, 'close'), once(stop, 'abort')])
  const report = (error: unknown): void => { console.error(error) }
  const server = library.serveStdio(() => createMcpServer(library, { backend, set, report }), { onerror: report })
  await ended
  await server.close()
}
