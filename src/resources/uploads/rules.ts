/** What is decided about an image or a file that is named by its id. Writes nothing. */
import { ApiError } from '../../errors.js'
import type { Context } from '../../sandbox.js'
import type { UploadKind } from './store.js'

const NAMES: Record<UploadKind, string> = { image: 'Image', file: 'File' }

/** Throws INVALID_REQUEST_PARAMETERS where the owner has no such upload, or its bytes have not arrived. */
export function checkUploaded (uploadId: string, kind: UploadKind, ownerId: string, path: string, { sandbox }: Context): void {
  const upload = sandbox.uploads.find(uploadId)
  const refuse = (message: string) => new ApiError('INVALID_REQUEST_PARAMETERS', { path, message })
  if (upload?.kind !== kind || upload.owner_id !== ownerId) {
    throw refuse(`${NAMES[kind]} ${uploadId} does not exist for ${ownerId}`)
  }
  if (upload.secret !== null) {
    throw refuse(`${NAMES[kind]} ${uploadId} was not uploaded yet: PUT its bytes to the url that came with it`)
  }
}
