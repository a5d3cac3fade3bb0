/** One try to deliver: a POST with a limit on everything. Its outcome is returned, never thrown. */
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { clearTimeout, setTimeout } from 'node:timers' // not the globals, which a test may have replaced
import { urlToHttpOptions } from 'node:url'
import { decodedText } from './response-body.js'

export interface Posted {
  /** Null without a response. */
  status: number | null
  headers: Record<string, string> | null
  /** The beginning of the response's body, null without a response. */
  body: string | null
  /** Why it failed, where the status does not tell; null otherwise. */
  error: string | null
}

export interface PostOptions {
  url: string
  headers: Record<string, string>
  body: string
  timeoutMs: number
  connections: Connections
  /** Gives the try up. */
  stop: AbortSignal
}

/** Connections to receivers, kept open between deliveries that follow each other. */
export interface Connections {
  http: http.Agent
  https: https.Agent
  close (): void
}

/** Shorter than servers keep an idle connection, so that none is used which the other side is about to close. */
const IDLE_MAX_MS = 1000

/** So much of a response is kept; what comes after it is not read. */
const BODY_KEPT_BYTES = 16 * 1024

export function createConnections (): Connections {
  const options = { keepAlive: true, timeout: IDLE_MAX_MS }
  const agents = { http: new http.Agent(options), https: new https.Agent(options) }
  return {
    ...agents,
    close () {
      agents.http.destroy()
      agents.https.destroy()
    }
  }
}

/** Whether an outcome counts as delivered: any 2xx, whatever becomes of its body. A redirect is a failure. */
export function isDelivered ({ status }: Posted): boolean {
  return status !== null && status >= 200 && status <= 299
}

/**
 * Uses node:http and not fetch: fetch refuses dozens of ports and URLs with a user name, and rejects a reply whose body it can't
 * decompress. A user name and password in the URL are sent as Basic authorization, unless a header of that name is given.
 */
export async function post ({ url, headers, body, timeoutMs, connections, stop }: PostOptions): Promise<Posted> {
  const patience = new AbortController()
  const giveUp = () => { patience.abort() }
  const timer = setTimeout(giveUp, timeoutMs)
  stop.addEventListener('abort', giveUp)
  const outcome: Posted = { status: null, headers: null, body: null, error: null }
  try {
    const response = await send(url, headers, Buffer.from(body), connections, patience.signal)
    outcome.status = response.statusCode ?? 0
    outcome.headers = headersOf(response)
    outcome.body = await decodedText(await beginning(response), outcome.headers['content-encoding'], BODY_KEPT_BYTES)
    if (outcome.status >= 300 && outcome.status <= 399) outcome.error = 'redirects are not followed'
  } catch (error) {
    outcome.error = patience.signal.aborted ? `no complete answer within ${timeoutMs / 1000} s` : explain(error as Failure)
  } finally {
    clearTimeout(timer)
    stop.removeEventListener('abort', giveUp)
  }
  return outcome
}

/** Resolves once the head of the response is there; its body ends early where the connection breaks off or `signal` aborts. */
function send (
  url: string, headers: Record<string, string>, body: Buffer, connections: Connections, signal: AbortSignal
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const target = new URL(url)
    const isEncrypted = target.protocol === 'https:'
    const options = {
      ...urlToHttpOptions(target),
      method: 'POST',
      headers: { ...headers, 'content-length': body.length },
      agent: isEncrypted ? connections.https : connections.http,
      signal
    }
    const request = isEncrypted ? https.request(options) : http.request(options)
    request.on('response', resolve)
    request.on('upgrade', (_response, socket) => {
      socket.destroy()
      reject(new Error('the receiver answered with another protocol'))
    })
    request.on('error', reject) // after the response, which settled the promise, it changes nothing
    request.end(body)
  })
}

/** What arrives of the body, up to the limit. A body that breaks off is taken as far as it came. */
async function beginning (response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of response) { // leaving the loop destroys the response, and with it the connection
      chunks.push(chunk as Buffer)
      length += (chunk as Buffer).length
      if (length >= BODY_KEPT_BYTES) break
    }
  } catch {}
  return Buffer.concat(chunks).subarray(0, BODY_KEPT_BYTES)
}

/** By lower-case name; what came several times is joined. */
function headersOf ({ headersDistinct }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join(', ')]))
}

interface Failure extends Error {
  code?: string
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no host of this name',
  ECONNRESET: 'the connection was closed',
  EPIPE: 'the connection was closed'
}

function explain ({ code, message }: Failure): string {
  if (code === undefined) return message
  const known = REASONS[code] ?? (code.startsWith('HPE_') ? 'the answer is not valid HTTP' : undefined)
  return `${known ?? message} (${code})`
}
