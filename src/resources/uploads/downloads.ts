/**
 * Signed download URLs of files. They need no API key and expire by the sandbox's clock. The signature covers the file, the grant
 * that contains it, and the expiry.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Schemas } from '../../contract/operations.js'
import { ApiError } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Upload } from './store.js'

/** How long a URL is valid, as in the real service. */
const LIFETIME_SECONDS = 900
const US_PER_SECOND = 1_000_000

/** A file in a grant, entitlement or product. `grantId` is empty without a grant. */
export function downloadableFile (
  fileId: string, grantId: string, context: Context
): Required<Schemas['DigitalProductDeliveryFile']> {
  const upload = context.sandbox.uploads.find(fileId)
  return {
    file_id: fileId,
    filename: upload?.file_name ?? fileId,
    content_type: upload?.content_type ?? null,
    file_size: upload?.size ?? null,
    download_url: downloadUrl(fileId, grantId, context),
    expires_in: LIFETIME_SECONDS
  }
}

function downloadUrl (fileId: string, grantId: string, context: Context): string {
  const expires = String(Math.floor(context.now / US_PER_SECOND) + LIFETIME_SECONDS)
  const query = new URLSearchParams({ grant: grantId, expires, sig: signature({ fileId, grantId, expires }, context) })
  return `${context.baseUrl}/files/${fileId}?${query.toString()}`
}

export interface SignedUrl {
  fileId: string
  grantId: string
  /** In seconds since 1970, as in the URL. */
  expires: string
}

function signature ({ fileId, grantId, expires }: SignedUrl, { sandbox }: Context): string {
  const { business_id: id, link_salt: salt } = sandbox.business
  return createHmac('sha256', `${id} ${salt}`).update(`${fileId}\n${grantId}\n${expires}`).digest('hex')
}

/** Returns the file of a signed URL. Throws NOT_FOUND, or DOWNLOAD_NOT_ALLOWED if the URL was changed or has expired. */
export function openDownload (url: SignedUrl & { signature: string }, context: Context): { file: Upload, content: Buffer } {
  const { fileId, expires } = url
  const expected = Buffer.from(signature(url, context))
  const given = Buffer.from(url.signature)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new ApiError('DOWNLOAD_NOT_ALLOWED', { because: 'the signature does not match: use the URL as the API returned it' })
  }
  if (Number(expires) * US_PER_SECOND <= context.now) {
    throw new ApiError('DOWNLOAD_NOT_ALLOWED', { because: 'the URL has expired: read the grant again for a new one' })
  }
  const file = context.sandbox.uploads.find(fileId)
  const content = context.sandbox.uploads.content(fileId)
  if (file !== undefined && content !== undefined) return { file, content }
  throw new ApiError('NOT_FOUND', { because: `there is no file ${fileId}` })
}
