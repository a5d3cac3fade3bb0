/**
 * The lifecycle of an upload: a target with a secret URL that accepts one PUT within a minute of the sandbox's clock, and then
 * bytes that never change. pages/uploads.ts handles HTTP.
 */
import { ApiError } from '../../errors.js'
import { mediaType } from '../../rules/media.js'
import type { Context } from '../../sandbox/sandbox.js'
import { findTarget } from './rules.js'
import type { TargetKind } from './store.js'
import { targetUrl } from './view.js'

const TARGET_LIFETIME_US = 60_000_000

/** The size limit of each kind, in bytes. */
export const UPLOAD_MAX_BYTES: Record<TargetKind, number> = { image: 10 * 1024 * 1024, file: 25 * 1024 * 1024 }

export interface Target {
  upload_id: string
  url: string
}

export interface TargetOptions {
  kind: TargetKind
  /** The product, collection, addon or brand that owns the upload. */
  ownerId: string
  /** Whether it becomes the owner's image once it is uploaded. */
  isDirect?: boolean
  fileName?: string
}

export function openTarget ({ kind, ownerId, isDirect = false, fileName }: TargetOptions, context: Context): Target {
  const { sandbox, now } = context
  const uploadId = sandbox.ids.uuid()
  const secret = sandbox.ids.secret() + sandbox.ids.secret()
  sandbox.uploads.insertTarget({
    upload_id: uploadId,
    kind,
    owner_id: ownerId,
    is_direct: isDirect,
    file_name: fileName ?? null,
    secret,
    expires_at: now + TARGET_LIFETIME_US
  }, now)
  return { upload_id: uploadId, url: targetUrl(kind, secret, context) }
}

/** Stores the bytes. Throws like findTarget, and INVALID_REQUEST_BODY if there are none. */
export function receive (
  kind: TargetKind, secret: string, declaredType: string | undefined, bytes: Buffer, context: Context
): void {
  const { sandbox } = context
  const { upload_id: uploadId, owner_id: ownerId, is_direct: isDirect } = findTarget(kind, secret, context)
  if (bytes.length === 0) throw new ApiError('INVALID_REQUEST_BODY', { because: 'the upload is empty: send its bytes' })
  sandbox.uploads.fill(uploadId, mediaType(declaredType, bytes), bytes)
  if (isDirect) setImage(ownerId, uploadId, context)
}

function setImage (ownerId: string, imageId: string, { sandbox: { products, productCollections }, now }: Context): void {
  const changes = { image_id: imageId, updated_at: now }
  const product = products.find(ownerId)
  if (product !== undefined) return products.update({ ...product, ...changes })
  const collection = productCollections.find(ownerId)
  if (collection !== undefined) productCollections.update({ ...collection, ...changes })
}
