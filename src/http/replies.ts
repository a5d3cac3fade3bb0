/** Sends replies: JSON, empty, files and errors. */
import type { FastifyError, FastifyReply } from 'fastify'
import type { FileReply } from '../contract/operations.js'
import { ApiError, type ErrorCode } from '../errors.js'
import { StorageError, storageReason } from '../store/failures.js'
import { ALLOW_ORIGIN } from './cors.js'
import { unusablePath } from './unknown.js'

export const JSON_TYPE = 'application/json; charset=utf-8'

export function sendJson (reply: FastifyReply, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  reply.record?.(status, text)
  reply.code(status).header('content-type', JSON_TYPE).send(text)
}

/**
 * Sends the JSON of a success past Fastify, which has nothing to add: its headers are constant, and no hook alters the reply.
 * ASCII is written as bytes, without a conversion.
 */
export function sendPlainJson (reply: FastifyReply, status: number, text: string): void {
  const length = reply.record?.(status, text) ?? Buffer.byteLength(text)
  reply.hijack()
  reply.raw.writeHead(status, [ALLOW_ORIGIN, '*', 'content-type', JSON_TYPE, 'content-length', String(length)])
  reply.raw.end(text, length === text.length ? 'latin1' : 'utf8')
}

/** Sends a success without a body. It has no JSON content type, because the official client would try to parse the body. */
export function sendEmpty (reply: FastifyReply, status: number): void {
  reply.record?.(status, '')
  reply.code(status)
  if (status !== 204) reply.header('content-length', '0')
  reply.send()
}

/** Sends a file, which browsers show or save. */
export async function sendFile (
  reply: FastifyReply, mediaType: string, { fileName, isDownload, bytes }: FileReply
): Promise<void> {
  const content = await bytes()
  reply.record?.(reply.statusCode, '')
  const disposition = isDownload === true ? 'attachment' : 'inline'
  reply.type(mediaType).header('content-disposition', `${disposition}; filename="${fileName}"`).send(content)
}

/** The official clients retry every 5xx and 409, but a retry of these would fail again. */
const NOT_RETRIED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NOT_IMPLEMENTED', 'CONFLICT', 'FILE_IN_USE', 'PREVIOUS_PAYMENT_PENDING', 'PENDING_PLAN_CHANGE_EXISTS',
  'SCHEDULED_PLAN_CHANGE_EXISTS'
])

/** Sends an error as `{"code", "message", "details"?}`. Unexpected errors are reported, and their cause is not sent. */
export function sendError (reply: FastifyReply, thrown: unknown, report: (error: unknown) => void): void {
  const error = asApiError(thrown, reply.request.routeOptions.bodyLimit)
  if (error.code === 'INTERNAL_SERVER_ERROR' || error.code === 'STORAGE_UNAVAILABLE') report(thrown)
  if (error.status === 409 || NOT_RETRIED.has(error.code)) reply.header('x-should-retry', 'false')
  const { code, message, details } = error
  sendJson(reply, error.status, details === undefined ? { code, message } : { code, message, details })
}

/**
 * Sends an error if a reply could not be created or sent in a place where nothing catches the exception, such as after COMMIT or
 * in a timer. Never throws. Closes the connection if the reply has already begun.
 */
export function sendFailure (reply: FastifyReply, thrown: unknown, report: (error: unknown) => void): void {
  const { raw } = reply
  if (raw.headersSent || raw.destroyed) {
    if (!(thrown instanceof ApiError)) report(thrown)
    raw.destroy()
    return
  }
  for (const name of Object.keys(reply.getHeaders())) { // one of them may be the invalid value
    if (!name.startsWith('access-control-')) reply.removeHeader(name)
  }
  try {
    sendError(reply, thrown, report)
  } catch (again) {
    report(again)
    raw.destroy()
  }
}

const MIB = 1024 * 1024

function asApiError (error: unknown, bodyLimit = MIB): ApiError {
  if (error instanceof ApiError) return error
  const { code, message = '', statusCode = 500 } = (error ?? {}) as Partial<FastifyError>
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiError('REQUEST_BODY_TOO_LARGE', { because: `at most ${Math.floor(bodyLimit / MIB)} MiB` })
    case 'ECONNRESET':
      return new ApiError('INVALID_REQUEST_BODY', { because: 'the connection was closed before the body had ended' })
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return unusablePath()
  }
  const problem = error instanceof StorageError ? error.message : storageReason(error)
  if (problem !== null) return new ApiError('STORAGE_UNAVAILABLE', { because: problem })
  // Fastify's other client errors concern headers and bodies. A 4xx must never become a 5xx.
  if (statusCode >= 400 && statusCode < 500) return new ApiError('INVALID_REQUEST_BODY', { because: message })
  return new ApiError('INTERNAL_SERVER_ERROR')
}
