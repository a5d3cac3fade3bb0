/**
 * Normalizes a request before routing: HEAD becomes GET, an absolute URL becomes its path, and the prefix `/~name` of a sandbox
 * is removed and remembered.
 */
import type { IncomingMessage } from 'node:http'
import { withoutSandbox } from './context.js'
import { belowMount, withoutHost } from './mount/path.js'

const heads = new WeakSet<IncomingMessage>()

/** For Fastify's `rewriteUrl`. `mountPath` is removed from the URL; empty if the emulator is not mounted. */
export function urlRewriter (mountPath: string): (request: IncomingMessage) => string {
  return request => {
    headToGet(request)
    const url = withoutHost(request.url ?? '/')
    return withCurrentName(withoutSandbox(request, belowMount(url, mountPath) ?? url))
  }
}

/**
 * Every GET route also answers HEAD with the same status and headers. Node omits the body, because it still treats the request as
 * a HEAD.
 */
function headToGet (request: IncomingMessage): void {
  if (request.method !== 'HEAD') return
  heads.add(request)
  request.method = 'GET'
}

/** Version 0.1 called `POST /_emulator/load` "seed". Programs that do so still work. */
function withCurrentName (path: string): string {
  return path.startsWith('/_emulator/seed') ? path.replace(/^\/_emulator\/seed(?=[?]|$)/, '/_emulator/load') : path
}

/** Whether the client asked for the headers only. */
export function isHead ({ raw }: { raw: IncomingMessage }): boolean {
  return heads.has(raw)
}
