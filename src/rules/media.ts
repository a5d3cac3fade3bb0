/** What kind of image some bytes are. Knows the types that a browser shows, and nothing of what is done with them. */

/** Image types that are shown in place; everything else is only ever downloaded. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/svg+xml'])

export function isShown (type: string): boolean {
  return SHOWN.has(type)
}

export const UNKNOWN_TYPE = 'application/octet-stream'

/** A media type without its parameters, as RFC 9110 allows it. */
const TYPE = /^[a-z0-9!#$&^_.+-]{1,64}\/[a-z0-9!#$&^_.+-]{1,64}$/

/** The type that the bytes of a known image tell, whatever was declared (which curl and fetch make up); else the declared one. */
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
