/** Sends one delivery: a POST with limits on time and size. Errors are returned in the outcome, never thrown. */
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import tls from 'node:tls'
import { clearTimeout, setTimeout } from 'node:timers' // not the globals, which a test may have replaced
import { urlToHttpOptions } from 'node:url'
import { decodedText } from './response-body.js'

export interface Posted {
  /** Null if there was no response. */
  status: number | null
  headers: Record<string, string> | null
  /** The beginning of the response's body; null if there was no response. */
  body: string | null
  /** The reason of a failure that the status does not show; otherwise null. */
  error: string | null
}

export interface PostOptions {
  url: string
  headers: Record<string, string>
  body: string
  timeoutMs: number
  connections: Connections
  /** Aborts the request. */
  stop: AbortSignal
}

/** Keep-alive connections to receivers. */
export interface Connections {
  http: http.Agent
  https: https.Agent
  close (): void
}

/** Shorter than the keep-alive timeout of common servers, so that no connection is used that the server is about to close. */
const IDLE_MAX_MS = 1000

/** The part of a response that is read and stored. */
const BODY_KEPT_BYTES = 16 * 1024

/** Which certificates of receivers are accepted. */
export interface ReceiverTrust {
  /** Accepted in addition to those that Node.js trusts, in PEM; null for no others. */
  ca: string | null
  /** Accepts every certificate. */
  isInsecure: boolean
}

export function createConnections ({ ca, isInsecure }: ReceiverTrust): Connections {
  const options = { keepAlive: true, timeout: IDLE_MAX_MS }
  const trust = { rejectUnauthorized: !isInsecure, ...(ca === null ? {} : { ca: [...trustedByNode(), ca] }) }
  const agents = { http: new http.Agent(options), https: new https.Agent({ ...options, ...trust }) }
  return {
    ...agents,
    close () {
      agents.http.destroy()
      agents.https.destroy()
    }
  }
}

/** `ca` replaces these, so they are added to it. Older versions of Node.js cannot list those of NODE_EXTRA_CA_CERTS. */
function trustedByNode (): readonly string[] {
  const { getCACertificates: list } = tls as { getCACertificates?: (type: 'default') => string[] }
  return list?.('default') ?? tls.rootCertificates
}

/** Whether an outcome counts as delivered: any 2xx, even if its body can't be read. A redirect is a failure. */
export function isDelivered ({ status }: Posted): boolean {
  return status !== null && status >= 200 && status <= 299
}

/**
 * Uses node:http because fetch refuses dozens of ports and URLs with a user name, and rejects a response whose body it can't
 * decompress. A user name and password in the URL are sent as Basic authorization, unless there is an `authorization` header.
 */
export async function post ({ url, headers, body, timeoutMs, connections, stop }: PostOptions): Promise<Posted> {
  const controller = new AbortController()
  const abort = () => { controller.abort() }
  const timer = setTimeout(abort, timeoutMs)
  stop.addEventListener('abort', abort)
  const outcome: Posted = { status: null, headers: null, body: null, error: null }
  try {
    const response = await send(url, headers, Buffer.from(body), connections, controller.signal)
    outcome.status = response.statusCode ?? 0
    outcome.headers = headersOf(response)
    outcome.body = await decodedText(await beginning(response), outcome.headers['content-encoding'], BODY_KEPT_BYTES)
    if (outcome.status >= 300 && outcome.status <= 399) outcome.error = 'redirects are not followed'
  } catch (error) {
    outcome.error = controller.signal.aborted ? `no complete response within ${timeoutMs / 1000} s` : explain(error as Failure)
  } finally {
    clearTimeout(timer)
    stop.removeEventListener('abort', abort)
  }
  return outcome
}

/** Resolves with the head of the response. Its body ends early if the connection breaks or `signal` aborts. */
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
    request.on('error', reject) // has no effect after the response, because the promise is settled then
    request.end(body)
  })
}

/** Reads the body up to the limit, or as much as arrived if the connection breaks. */
async function beginning (response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of response) { // leaving the loop destroys the response and its connection
      chunks.push(chunk as Buffer)
      length += (chunk as Buffer).length
      if (length >= BODY_KEPT_BYTES) break
    }
  } catch {}
  return Buffer.concat(chunks).subarray(0, BODY_KEPT_BYTES)
}

/** Headers by lower-case name. Repeated headers are joined. */
function headersOf ({ headersDistinct }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join(', ')]))
}

interface Failure extends Error {
  code?: string
}

const UNTRUSTED = 'its certificate is not trusted: name its file with --webhook-ca, or use --webhook-insecure on'

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens at this address',
  ENOTFOUND: 'the host name does not exist',
  ECONNRESET: 'the connection was closed',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  EPIPE: 'the connection was closed'
}

function explain ({ code, message }: Failure): string {
  if (code === undefined) return message
  const known = REASONS[code] ?? (code.startsWith('HPE_') ? 'the response is not valid HTTP' : undefined)
  return `${known ?? message} (${code})`
}
