/** What is decided about an image or a file that is named by its id. Writes nothing. */
import { ApiError, invalid } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Upload, TargetKind } from './store.js'

const NAMES: Record<TargetKind, string> = { image: 'Image', file: 'File' }

/** Throws INVALID_REQUEST_PARAMETERS where the owner has no such upload, or its bytes have not arrived. */
export function checkUploaded (uploadId: string, kind: TargetKind, ownerId: string, path: string, { sandbox }: Context): void {
  const upload = sandbox.uploads.find(uploadId)
  if (upload?.kind !== kind || upload.owner_id !== ownerId) {
    throw invalid(path, `${NAMES[kind]} ${uploadId} does not exist for ${ownerId}`)
  }
  if (upload.secret !== null) {
    throw invalid(path, `${NAMES[kind]} ${uploadId} was not uploaded yet: PUT its bytes to the url that came with it`)
  }
}

/** The target behind a URL. Throws NOT_FOUND where there is none, or none any more. */
export function findTarget (kind: TargetKind, secret: string, { sandbox, now }: Context): Upload {
  const target = sandbox.uploads.findBySecret(secret)
  if (target?.kind === kind && target.expires_at > now) return target
  throw new ApiError('NOT_FOUND', {
    because: 'there is no such upload target: each takes one PUT within 60 seconds, so ask for a new one'
  })
}
