/**
 * Sends requests to an emulator over HTTP, one in one's own process too: not with `fetch` and not by way of timers, because tests
 * replace both. Each request has a connection of its own, so that none is left when the emulator is gone.
 */
import { request } from 'node:http'
import type { Method } from './client.js'

/** A request's way to an emulator and back. */
export type Send = (method: Method, path: string, body: object | undefined) => Promise<{ status: number, text: string }>

export function sendTo (url: string, apiKey: string): Send {
  return (method, path, body) => new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body)
    const headers = {
      authorization: `Bearer ${apiKey}`,
      ...(text === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    }
    const outgoing = request(`${url}${path}`, { method, headers, agent: false }, incoming => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => { chunks.push(chunk) }).on('error', reject).on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') })
      })
    })
    outgoing.on('error', reject).end(text)
  })
}
