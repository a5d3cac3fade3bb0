/** The rules for images and files that requests refer to by id, and for upload targets. Writes nothing. */
import { ApiError, invalid } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Upload, TargetKind } from './store.js'

const NAMES: Record<TargetKind, string> = { image: 'Image', file: 'File' }

/** Throws INVALID_REQUEST_PARAMETERS if the owner has no such upload, or its bytes were not uploaded. */
export function checkUploaded (uploadId: string, kind: TargetKind, ownerId: string, path: string, { sandbox }: Context): void {
  const upload = sandbox.uploads.find(uploadId)
  if (upload?.kind !== kind || upload.owner_id !== ownerId) {
    throw invalid(path, `${NAMES[kind]} ${uploadId} does not exist for ${ownerId}`)
  }
  if (upload.secret !== null) {
    throw invalid(path, `${NAMES[kind]} ${uploadId} was not uploaded yet: PUT its bytes to the url that was returned with the id`)
  }
}

/** Finds the target of a URL. Throws NOT_FOUND if it does not exist, was used, or has expired. */
export function findTarget (kind: TargetKind, secret: string, { sandbox, now }: Context): Upload {
  const target = sandbox.uploads.findBySecret(secret)
  if (target?.kind === kind && target.expires_at > now) return target
  throw new ApiError('NOT_FOUND', {
    because: 'there is no such upload target: a target accepts one PUT within 60 seconds, so request a new one'
  })
}
