/**
 * Uploads and downloads of images and files: `PUT /uploads/images/{secret}`, `PUT /uploads/files/{secret}`, `GET /uploads/{id}`
 * for images, and `GET /files/{id}` with a signature. They take the place of the real API's storage service, and need only the
 * secret or the signature in the URL. Browsers never run an uploaded file as a page of this origin.
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { ApiError } from '../errors.js'
import { sendEmpty, sendError, sendFailure } from '../http/replies.js'
import { openDownload } from '../resources/uploads/downloads.js'
import { UPLOAD_MAX_BYTES, receive } from '../resources/uploads/lifecycle.js'
import { findTarget } from '../resources/uploads/rules.js'
import type { Upload, TargetKind } from '../resources/uploads/store.js'
import { UNKNOWN_TYPE, isShown } from '../rules/media.js'
import type { PagesOptions } from './hosted-layout.js'

type UploadsOptions = Pick<PagesOptions, 'contextOf' | 'report'>

interface TargetRoute { Params: { secret: string } }

interface UploadRoute { Params: { id: string } }

const ID = ':id(^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$)'
const MIB = 1024 * 1024

/** Prevents an SVG that is opened as a document from running scripts and loading files. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

export function addUploads (app: FastifyInstance, { contextOf, report }: UploadsOptions): void {
  function addTarget (scope: FastifyInstance, kind: TargetKind): void {
    scope.put<TargetRoute>(`/uploads/${kind}s/:secret`, {
      bodyLimit: UPLOAD_MAX_BYTES[kind],
      // Checked before the body is read, so that requests without a valid secret cost little.
      onRequest (request, _reply, done) {
        findTarget(kind, request.params.secret, contextOf(request))
        done()
      },
      errorHandler: (error, _request, reply) => { sendError(reply, tooLarge(error, kind), report) }
    }, (request, reply) => {
      const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const type = request.headers['content-type']
      const { batch } = contextOf(request).sandbox
      batch.run(() => { receive(kind, request.params.secret, type, bytes, contextOf(request)) }, error => {
        try {
          if (error !== undefined) throw error
          sendEmpty(reply, 200)
        } catch (thrown) {
          sendFailure(reply, thrown, report)
        }
      })
    })
  }

  app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => { done(null, bytes) })
    addTarget(scope, 'image')
    addTarget(scope, 'file')
    addDownloads(scope, { contextOf, report })
    scope.get<UploadRoute>(`/uploads/${ID}`, (request, reply) => {
      const { uploads } = contextOf(request).sandbox
      const upload = uploads.find(request.params.id)
      const content = uploads.content(request.params.id)
      if (upload?.kind !== 'image' || content === undefined) {
        return sendError(reply, new ApiError('NOT_FOUND', { because: `nothing was uploaded as ${request.params.id}` }), report)
      }
      sendUpload(reply, upload, content)
    })
  })
}

interface DownloadRoute { Params: { id: string }, Querystring: { grant?: unknown, expires?: unknown, sig?: unknown } }

/** `GET /files/{id}`: downloads by signed URLs that expire. */
function addDownloads (scope: FastifyInstance, { contextOf, report }: UploadsOptions): void {
  scope.get<DownloadRoute>('/files/:id', (request, reply) => {
    const { grant, expires, sig } = request.query
    try {
      const url = { fileId: request.params.id, grantId: text(grant), expires: text(expires), signature: text(sig) }
      const { file, content } = openDownload(url, contextOf(request))
      sendUpload(reply, file, content, true)
    } catch (error) {
      sendError(reply, error, report)
    }
  })
}

/** A query parameter; empty if it is missing or repeated. */
function text (parameter: unknown): string {
  return typeof parameter === 'string' ? parameter : ''
}

function tooLarge (error: unknown, kind: TargetKind): unknown {
  const isTooLarge = (error as { code?: unknown }).code === 'FST_ERR_CTP_BODY_TOO_LARGE'
  if (!isTooLarge) return error
  const limit = UPLOAD_MAX_BYTES[kind] / MIB
  return new ApiError('REQUEST_BODY_TOO_LARGE', { because: `at most ${limit} MiB for an uploaded ${kind}` })
}

/** Sends images inline, and everything else as a download with a type that browsers don't display. */
function sendUpload (
  reply: FastifyReply, { kind, content_type: type, file_name: name }: Upload, content: Buffer, isPrivate = false
): void {
  const shown = kind === 'image' && type !== null && isShown(type) ? type : null
  reply.headers({
    'content-type': shown ?? UNKNOWN_TYPE,
    'content-disposition': shown === null ? attachment(name) : 'inline',
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'cross-origin', // a shop shows the images of its products
    'cache-control': isPrivate ? 'private, no-store' : 'public, max-age=31536000, immutable'
  }).send(content)
}

/** A Content-Disposition header with a file name in any script, as defined by RFC 6266. */
function attachment (name: string | null): string {
  if (name === null) return 'attachment'
  const encoded = encodeURIComponent(name).replace(/['()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename*=UTF-8''${encoded}`
}
