/** The URLs of uploads and of upload targets. */
import type { Context } from '../../sandbox/sandbox.js'
import type { TargetKind } from './store.js'

/** The stable URL of an upload. */
export function uploadUrl (uploadId: string, { baseUrl }: Context): string {
  return `${baseUrl}/uploads/${uploadId}`
}

/** The URL of an image, or null. */
export function imageUrl (imageId: string | null, context: Context): string | null {
  return imageId === null ? null : uploadUrl(imageId, context)
}

/** The URL to PUT the bytes to. */
export function targetUrl (kind: TargetKind, secret: string, { baseUrl }: Context): string {
  return `${baseUrl}/uploads/${kind}s/${secret}`
}
