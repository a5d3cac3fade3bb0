/** Reads a form with a file (`multipart/form-data`), by the parser that comes with Node.js. */
import type { UploadedFile } from '../contract/operations.js'
import { ApiError } from '../errors.js'

/**
 * The part `file`, under the name of the part `filename` if there is one; undefined without a file. Throws INVALID_REQUEST_BODY
 * for a body that is no such form.
 */
export async function readUpload (body: Buffer, contentType: string): Promise<UploadedFile | undefined> {
  const form = await new Response(body, { headers: { 'content-type': contentType } }).formData().catch(() => {
    throw new ApiError('INVALID_REQUEST_BODY', { because: 'the multipart form cannot be read: send it with its boundary' })
  })
  const file = form.get('file')
  if (file === null || typeof file === 'string') return undefined
  const name = form.get('filename')
  return {
    fileName: typeof name === 'string' && name.trim() !== '' ? name.trim() : file.name,
    contentType: file.type,
    bytes: Buffer.from(await file.arrayBuffer())
  }
}
