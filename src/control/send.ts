/**
 * Sends requests to an emulator over HTTP, one in one's own process too: not with `fetch` and not by way of timers, because tests
 * replace both. Each request has a connection of its own, so that none is left when the emulator is gone.
 */
import { request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { SetupError } from '../errors.js'
import type { Method } from './client.js'

/** A request's way to an emulator and back. */
export type Send = (method: Method, path: string, body: object | undefined) => Promise<{ status: number, bytes: Uint8Array }>

export interface Keys {
  /** For calls of the emulated API. */
  apiKey: string
  /** For an emulator whose control API asks for one. */
  controlKey?: string | null | undefined
}

/** Sends to the emulator at a URL. Rejects with a SetupError where nobody answers. */
export function sendTo (url: string, { apiKey, controlKey }: Keys): Send {
  const request = url.startsWith('https:') ? overHttps : overHttp
  return (method, path, body) => new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body)
    const headers = {
      authorization: `Bearer ${apiKey}`,
      ...(controlKey == null ? {} : { 'x-emulator-key': controlKey }),
      ...(text === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    }
    const outgoing = request(`${url}${path}`, { method, headers, agent: false }, incoming => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => { chunks.push(chunk) }).on('error', reject).on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, bytes: Buffer.concat(chunks) })
      })
    })
    outgoing.on('error', error => { reject(unanswered(url, error)) }).end(text)
  })
}

/** With the code of the connection's error, by which a program may tell them apart. */
function unanswered (url: string, error: NodeJS.ErrnoException): SetupError {
  const { code, message } = error
  const why = code === 'ECONNREFUSED' ? 'is it closed, or not started yet?' : message
  return Object.assign(new SetupError(`no emulator answers at ${url}: ${why}`, { cause: error }), { code })
}
