/** A handler of Node's requests, for `node:http`, Express, Connect, Koa and Fastify: it is given a request and a response. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../errors.js'
import { refuse } from '../malformed.js'
import { belowMount, sentUrl } from './path.js'

/** `next` passes the request to the application's next handler. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void

/** `ready` resolves with the application, which has its own server that does not listen. */
export function nodeHandler (path: string, ready: Promise<FastifyInstance>): NodeHandler {
  return (request, response, next) => {
    const url = sentUrl(request)
    if (belowMount(url, path) === null) {
      if (next !== undefined) return next()
      return refuse(response, { error: outside(url, path) })
    }
    ready.then(app => {
      request.url = url
      app.server.emit('request', request, response)
    }, (error: unknown) => {
      if (next !== undefined) next(error)
      else refuse(response, { error: new ApiError('INTERNAL_SERVER_ERROR', { because: (error as Error).message }) })
    })
  }
}

export function outside (url: string, path: string): ApiError {
  const because = `the emulator is mounted at ${path}, and ${url.slice(0, 200)} is not below it: give the handler the whole URL`
  return new ApiError('NOT_FOUND', { because })
}
