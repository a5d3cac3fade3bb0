/**
 * Sends requests to an emulator over HTTP or HTTPS, for `start()`, `connect()` and the commands. Uses neither `fetch` nor
 * timers, because tests replace both. Each request has its own connection, so that none stays open when the emulator closes.
 */
import { request as requestHttp, type IncomingMessage, type OutgoingHttpHeaders, type RequestOptions } from 'node:http'
import { UnreachableError } from '../errors.js'
import type { Method } from './controls.js'
import type { Send } from './transport.js'

export interface Keys {
  /** For calls of the emulated API. */
  apiKey?: string | undefined
  /** For an emulator whose control API requires a key. */
  controlKey?: string | null | undefined
}

/** Returns a function that sends requests to the emulator at `url`. It rejects with an UnreachableError if none answers. */
export function sendTo (url: string, keys: Keys): Send {
  return async (method, path, body) => {
    const response = await open(url, { method, path, body, headers: keyHeaders(keys) })
    return { status: response.statusCode ?? 0, bytes: await bytesOf(response, url) }
  }
}

/** A response whose body has not been read. */
export type Incoming = IncomingMessage

export interface Opening {
  method: Method
  path: string
  body?: object | undefined
  headers: OutgoingHttpHeaders
  signal?: AbortSignal | undefined
}

/** Sends a request and resolves with the head of the response. Rejects with an UnreachableError if no emulator answers. */
export async function open (url: string, { method, path, body, headers, signal }: Opening): Promise<Incoming> {
  const text = body === undefined ? '' : JSON.stringify(body)
  const content = text === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  const options: RequestOptions = {
    method, headers: { ...headers, ...content }, agent: false, ...(signal === undefined ? {} : { signal })
  }
  const request = url.startsWith('https:') ? (await import('node:https')).request : requestHttp
  return await new Promise((resolve, reject) => {
    request(`${url}${path}`, options, resolve).on('error', error => { reject(unreachable(url, error)) }).end(text)
  })
}

/** Reads the whole body. Rejects with an UnreachableError if the connection breaks. */
export async function bytesOf (response: Incoming, url: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) chunks.push(chunk)
  } catch (error) {
    throw unreachable(url, error as Error)
  }
  return Buffer.concat(chunks)
}

export function keyHeaders ({ apiKey, controlKey }: Keys): OutgoingHttpHeaders {
  return {
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    ...(controlKey == null ? {} : { 'x-emulator-key': controlKey })
  }
}

/** Explanations of connection errors by code. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'is it closed, or not started yet?',
  ENOTFOUND: 'no such host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak https: try http://',
  EPROTO: 'it does not speak https: try http://',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak https: try http://',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted: name its file in NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted: name its file in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted: name its file in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted: name its file in NODE_EXTRA_CA_CERTS'
}

/** Wraps a connection error and keeps its code. */
function unreachable (url: string, error: NodeJS.ErrnoException): UnreachableError {
  const cause = error.cause instanceof Error ? error.cause : error // the reason of an aborted request
  const { code = '' } = error
  const reason = REASONS[code] ?? (cause.message || code)
  return Object.assign(new UnreachableError(`no emulator answers at ${url}: ${reason}`, { cause: error }), { code })
}
