/**
 * Finds the page of a path below /dashboard. Fastify has one route for all of them, because two hundred routes took a seventh of
 * the start, and most emulators never show a page. They are added on the first visit, to a router of the same library.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import findMyWay from 'find-my-way'

export type Respond = (request: FastifyRequest, reply: FastifyReply) => unknown

/** Adds the function that answers a path, in Fastify's notation: `/dashboard/payments/:payment_id`. */
export type AddPath = (method: 'GET' | 'POST', path: string, respond: Respond) => void

/** Returns a handler for the paths that `fill` adds. One of them must match every other path. */
export function handlerOfPaths (fill: (add: AddPath) => void): Respond {
  let paths: ReturnType<typeof findMyWay> | undefined

  function filled (): ReturnType<typeof findMyWay> {
    const made = findMyWay({ ignoreTrailingSlash: true, maxParamLength: Infinity }) // Fastify has checked the length
    fill((method, path, respond) => { made.on(method, path, () => {}, respond) })
    return made
  }

  return (request, reply) => {
    paths ??= filled()
    const found = paths.find(request.method as 'GET', request.url)
    if (found === null) throw new Error(`no page for ${request.method} ${request.url}`)
    request.params = found.params
    return (found.store as Respond)(request, reply)
  }
}
