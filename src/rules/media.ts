/** Detects the media type of an image from its bytes. */

/** Image types that are served inline. Everything else is served as a download. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/svg+xml'])

export function isShown (type: string): boolean {
  return SHOWN.has(type)
}

export const UNKNOWN_TYPE = 'application/octet-stream'

/** A media type without parameters (RFC 9110). */
const TYPE = /^[a-z0-9!#$&^_.+-]{1,64}\/[a-z0-9!#$&^_.+-]{1,64}$/

/** The type of a known image by its bytes, else the declared type. Declared types are unreliable: curl and fetch guess them. */
export function mediaType (declared: string | undefined, bytes: Uint8Array): string {
  const image = imageType(Buffer.from(bytes.subarray(0, 12)).toString('latin1'))
  if (image !== null) return image
  const type = declared?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return TYPE.test(type) ? type : UNKNOWN_TYPE
}

function imageType (start: string): string | null {
  if (start.startsWith('\x89PNG\r\n\x1A\n')) return 'image/png'
  if (start.startsWith('\xFF\xD8\xFF')) return 'image/jpeg'
  if (start.startsWith('GIF87a') || start.startsWith('GIF89a')) return 'image/gif'
  if (start.startsWith('RIFF') && start.startsWith('WEBP', 8)) return 'image/webp'
  return null
}
