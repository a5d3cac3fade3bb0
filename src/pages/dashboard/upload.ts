/** Reads forms with files (multipart/form-data). */
import type { FastifyRequest } from 'fastify'
import { ApiError } from '../../errors.js'
import type { UploadedFile } from '../../contract/operations.js'
import type { SentForm } from './form.js'

/** The largest form with files of any page: that of an entitlement. Each page has its own limit, which `readForm` checks. */
export const UPLOAD_MAX_BYTES = 51 * 1024 * 1024

/** Throws INVALID_REQUEST_BODY for an invalid form. */
export async function readUpload (request: FastifyRequest, bytes: string | Buffer): Promise<SentForm> {
  const { 'content-type': type = '' } = request.headers
  const fields = new URLSearchParams()
  const files = new Map<string, UploadedFile>()
  try {
    const sent = await new Response(Buffer.from(bytes), { headers: { 'content-type': type } }).formData()
    for (const [name, value] of sent) {
      if (typeof value === 'string') fields.append(name, value)
      else files.set(name, { fileName: value.name, contentType: value.type, bytes: Buffer.from(await value.arrayBuffer()) })
    }
  } catch {
    throw new ApiError('INVALID_REQUEST_BODY', { because: 'it is not a valid multipart/form-data form' })
  }
  return { fields, files, bytes: bytes.length }
}
