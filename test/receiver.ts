/** A merchant's webhook endpoint: stores requests and answers them as the test says. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

export interface Received {
  path: string
  headers: Record<string, string>
  /** As it was received. */
  body: string
  type: string
  data: Record<string, unknown>
}

export interface Receiver {
  url: string
  received: Received[]
  /** The types of received events, in order. */
  types (): string[]
}

/** How one request is answered. */
export type Answer = (response: ServerResponse, received: Received) => void

export const answers: Record<'ok' | 'hang' | 'cut' | 'endless', Answer> = {
  ok: response => { response.writeHead(200).end('thanks') },
  hang: () => {},
  cut: response => { response.socket?.destroy() },
  /** Answers 200 and never stops sending. */
  endless: response => {
    response.writeHead(200)
    const talk = () => { while (response.write('x'.repeat(1024))); }
    response.on('drain', talk)
    talk()
  }
}

export function status (code: number, headers: Record<string, string> = {}): Answer {
  return response => { response.writeHead(code, headers).end('no') }
}

/** Listens on a free port and is closed with the test. */
export async function startReceiver (test: Test, answer: Answer = answers.ok): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk)).on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const { type, data } = JSON.parse(body) as { type: string, data: Record<string, unknown> }
      const one = { path: request.url ?? '', headers: flat(request.headers), body, type, data }
      received.push(one)
      answer(response, one)
    })
  })
  server.keepAliveTimeout = 0 // // only the sender closes idle connections: otherwise both could at once, with a delivery in progress
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/webhook`, received, types: () => received.map(({ type }) => type) }
}

function flat (headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
