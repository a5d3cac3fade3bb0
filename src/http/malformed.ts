/**
 * Answers input that is not valid HTTP with the usual error body and closes the connection. Also writes the errors of requests
 * that are refused before Fastify sees them.
 */
import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionError } from 'fastify'
import { ApiError } from '../errors.js'
import { SHORT_DRAIN, closeGently, isClosing } from './closing.js'
import { JSON_TYPE } from './replies.js'
import { refuseMethod } from './unknown.js'

/** The response to the latest request of a connection, if there was one. */
export type LatestOf = (socket: Socket) => ServerResponse | undefined

/** An error that ends the connection, because the end of the message is unknown or the client violates the protocol. */
export interface FinalRefusal {
  error: ApiError
  /** Value of the header `allow`. */
  allow?: string
}

/** `because` says what to change. */
export function badRequest (because: string, status = 400): FinalRefusal {
  return { error: new ApiError('INVALID_REQUEST_BODY', { because, status }) }
}

export function refuse (response: ServerResponse, { error, allow }: FinalRefusal): void {
  const body = bodyOf(error)
  response.writeHead(error.status, { ...headersOf(body), ...(allow === undefined ? {} : { allow }) }).end(body)
}

/** Writes the error to the socket, because there is no response object. */
export function refuseOn (socket: Socket, { error, allow }: FinalRefusal): void {
  const body = bodyOf(error)
  const headers = Object.entries({ ...headersOf(body), ...(allow === undefined ? {} : { allow }) })
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.write(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${lines}\r\n${body}`)
  closeGently(socket, SHORT_DRAIN)
}

function bodyOf ({ code, message }: ApiError): string {
  return JSON.stringify({ code, message })
}

function headersOf (body: string): Record<string, string> {
  return {
    'content-type': JSON_TYPE,
    'content-length': String(Buffer.byteLength(body)),
    'access-control-allow-origin': '*',
    connection: 'close'
  }
}

/** For Fastify's `clientErrorHandler`. */
export function createMalformedHandler (latestOf: LatestOf): (error: ConnectionError, socket: Socket) => void {
  return (error, socket) => {
    if (isClosing(socket)) return
    if (!socket.writable) {
      socket.destroy()
      return
    }
    const response = latestOf(socket)
    const isAfter = response === undefined || response.req.complete // otherwise the body of that request is malformed
    const refuseNow = () => { refuseOn(socket, refusalOf(error)) }
    if (isAfter) whenAnswered(response, refuseNow)
    else if (!response.headersSent) refuseNow()
    else if (response.writableEnded) whenAnswered(response, () => { closeGently(socket, SHORT_DRAIN) })
    else socket.destroy()
  }
}

/** Waits for the response, because replies on a connection are sent in the order of its requests. */
function whenAnswered (response: ServerResponse | undefined, action: () => void): void {
  if (response === undefined || response.writableFinished) action()
  else response.once('finish', action)
}

function refusalOf (error: ConnectionError): FinalRefusal {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW': return badRequest('the URL and the headers are longer than 16 KiB: send less', 431)
    case 'ERR_HTTP_REQUEST_TIMEOUT': return badRequest('the request did not arrive in time: send it whole', 408)
    case 'HPE_INVALID_METHOD': return unknownMethod(error) ?? notHttp(error)
    default: return notHttp(error)
  }
}

function notHttp ({ message }: ConnectionError): FinalRefusal {
  return badRequest(`the request is not valid HTTP: ${message}`)
}

const METHOD_MAX = 32
const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]{1,32}) (\S{1,2000}) HTTP\/1\.[01]\r?\n/

/** The error for a valid request line with an unknown method, such as `get /payments`. Null for any other input. */
function unknownMethod ({ rawPacket, bytesParsed }: ConnectionError): FinalRefusal | null {
  const isFirst = Buffer.isBuffer(rawPacket) && bytesParsed < METHOD_MAX
  const [, method, url] = REQUEST_LINE.exec(isFirst ? rawPacket.toString('latin1', 0, 4096) : '') ?? []
  return method === undefined || url === undefined ? null : refuseMethod(method, url)
}
