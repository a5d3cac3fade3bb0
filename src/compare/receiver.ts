/** Receives the webhooks of both sides while scenarios run. The side is the first part of the path. */
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ReceivedEvent } from './differences.js'
import type { EventSource } from './run.js'
import { nowMs } from './side.js'

export interface Receiver extends EventSource {
  port: number
  close (): void
}

/** After this time without an event, all have arrived. */
const QUIET_MS = 2000
const BODY_MAX = 1_000_000

export async function startReceiver (port: number, quietMs = QUIET_MS): Promise<Receiver> {
  const received = { real: [] as ReceivedEvent[], sandbox: [] as ReceivedEvent[] }
  let lastAt = 0
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => { if (text.length < BODY_MAX) text += chunk })
    request.on('end', () => {
      response.end()
      const event = eventOf(text)
      if (event === null) return
      lastAt = nowMs()
      received[request.url?.endsWith('/sandbox') === true ? 'sandbox' : 'real'].push(event)
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async take () {
      lastAt = Math.max(lastAt, nowMs())
      while (nowMs() - lastAt < quietMs) await sleep(quietMs / 10)
      return { real: received.real.splice(0), sandbox: received.sandbox.splice(0) }
    },
    close () {
      server.close()
      server.closeAllConnections()
    }
  }
}

function eventOf (text: string): ReceivedEvent | null {
  try {
    const { type, data } = JSON.parse(text) as { type?: unknown, data?: unknown }
    return typeof type === 'string' && typeof data === 'object' && data !== null ? { type, data, at: nowMs() } : null
  } catch {
    return null
  }
}
