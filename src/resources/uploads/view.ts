/** Where uploads are found, and where targets take them. */
import type { Context } from '../../sandbox/sandbox.js'
import type { TargetKind } from './store.js'

/** The stable URL of what was uploaded. */
export function uploadUrl (uploadId: string, { baseUrl }: Context): string {
  return `${baseUrl}/uploads/${uploadId}`
}

/** The URL of an image; null where there is none. */
export function imageUrl (imageId: string | null, context: Context): string | null {
  return imageId === null ? null : uploadUrl(imageId, context)
}

/** Where to PUT the bytes. */
export function targetUrl (kind: TargetKind, secret: string, { baseUrl }: Context): string {
  return `${baseUrl}/uploads/${kind}s/${secret}`
}
