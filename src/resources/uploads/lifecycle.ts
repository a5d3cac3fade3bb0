/**
 * The life of an upload: a target with a secret URL, which takes one PUT within a minute of the sandbox's clock; then bytes that
 * never change. Knows no HTTP: pages/uploads.ts brings the bytes.
 */
import { ApiError } from '../../errors.js'
import { mediaType } from '../../rules/media.js'
import type { Context } from '../../sandbox/sandbox.js'
import { findTarget } from './rules.js'
import type { TargetKind } from './store.js'
import { targetUrl } from './view.js'

const TARGET_LIFETIME_US = 60_000_000

/** The largest upload of each kind, in bytes. */
export const UPLOAD_MAX_BYTES: Record<TargetKind, number> = { image: 10 * 1024 * 1024, file: 25 * 1024 * 1024 }

export interface Target {
  upload_id: string
  url: string
}

export interface TargetOptions {
  kind: TargetKind
  /** The product, addon or brand that it is for. */
  ownerId: string
  /** It becomes the image of its product as soon as it is there. */
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

/** Takes the bytes. Throws as findTarget does, and INVALID_REQUEST_BODY where there are none. */
export function receive (
  kind: TargetKind, secret: string, declaredType: string | undefined, bytes: Buffer, context: Context
): void {
  const { sandbox, now } = context
  const { upload_id: uploadId, owner_id: ownerId, is_direct: isDirect } = findTarget(kind, secret, context)
  if (bytes.length === 0) throw new ApiError('INVALID_REQUEST_BODY', { because: 'the upload is empty: send its bytes' })
  const product = isDirect ? sandbox.products.find(ownerId) : undefined
  sandbox.uploads.fill(uploadId, mediaType(declaredType, bytes), bytes)
  if (product !== undefined) sandbox.products.update({ ...product, image_id: uploadId, updated_at: now })
}
