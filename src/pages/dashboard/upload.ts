/** Reads forms with files (multipart/form-data) into the same fields as other forms, with each file as its text. */
import type { FastifyRequest } from 'fastify'
import { ApiError } from '../../errors.js'

/** A file that is not UTF-8 has the replacement character in its text. Throws INVALID_REQUEST_BODY for an invalid form. */
export async function readUpload (request: FastifyRequest, bytes: string | Buffer): Promise<URLSearchParams> {
  const { 'content-type': type = '' } = request.headers
  const fields = new URLSearchParams()
  try {
    const sent = await new Response(Buffer.from(bytes), { headers: { 'content-type': type } }).formData()
    for (const [name, value] of sent) fields.append(name, typeof value === 'string' ? value : await value.text())
  } catch {
    throw new ApiError('INVALID_REQUEST_BODY', { because: 'it is not a valid multipart/form-data form' })
  }
  return fields
}
