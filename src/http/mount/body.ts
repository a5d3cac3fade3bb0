/**
 * Bodies that the application has read before the emulator gets the request, such as `req.body` of `express.json()`. They become
 * bytes again, because the emulator parses every body itself.
 */
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../errors.js'

const FORM = /^application\/x-www-form-urlencoded\b/i
const JSON_BODY = /^application\/(?:[\w.+-]+\+)?json\b/i

/** Makes the application's routes read parsed bodies. */
export function readParsedBodies (app: FastifyInstance): void {
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const { raw } = request
    const isRead = raw.readableDidRead || raw.readableEnded // only the second for an empty body
    if (!isRead || payload !== raw) return done(null, payload)
    const bytes = isEmpty(raw) ? Buffer.alloc(0) : parsedBody(raw)
    if (bytes === null) {
      const because = 'the application has read the body and keeps no req.body: mount the emulator before what reads bodies'
      return done(new ApiError('INVALID_REQUEST_BODY', { because }))
    }
    raw.headers['content-length'] = String(bytes.length)
    delete raw.headers['content-encoding'] // the application has decompressed it
    delete raw.headers['transfer-encoding']
    done(null, Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false }))
  })
}

/** Parsers set `req.body` to an empty object for a request without a body. */
function isEmpty ({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0
}

/** Null if there is no parsed body, or one of a kind that can't be written again. */
function parsedBody (request: IncomingMessage): Buffer | null {
  const { body } = request as IncomingMessage & { body?: unknown }
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return Buffer.from(body)
  const { 'content-type': type = '' } = request.headers
  if (body === undefined) return null
  if (JSON_BODY.test(type)) return Buffer.from(JSON.stringify(body))
  if (typeof body !== 'object' || body === null || !FORM.test(type)) return null
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(body)) addField(form, name, value)
  return Buffer.from(form.toString())
}

/** Parsers with nested fields turn `a[b]=1` into `{ a: { b: '1' } }`, and all parsers repeated fields into lists. */
function addField (form: URLSearchParams, name: string, value: unknown): void {
  if (Array.isArray(value) && value.every(item => typeof item !== 'object')) {
    for (const item of value) form.append(name, String(item))
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) addField(form, `${name}[${key}]`, item)
  } else form.append(name, String(value ?? ''))
}
