/** Reads forms with files (multipart/form-data). */
import type { FastifyRequest } from 'fastify'
import { ApiError } from '../../errors.js'
import type { UploadedFile } from '../../contract/operations.js'
import type { SentForm } from './form.js'

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
  return { fields, files }
}
