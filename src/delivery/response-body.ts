/** Decodes the body of a receiver's response as text, and decompresses it if necessary. The body is not trusted. */
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Transform } from 'node:stream'

const DECODERS: Record<string, (() => Transform) | undefined> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress
}

/**
 * Decodes as much as possible, up to `maxBytes`. `bytes` may be truncated or damaged. A body that claims to be compressed and is
 * not is returned as it is.
 */
export async function decodedText (bytes: Buffer, encoding: string | undefined, maxBytes: number): Promise<string> {
  const decoder = DECODERS[encoding?.trim().toLowerCase() ?? '']
  const decoded = decoder === undefined ? bytes : await decompress(bytes, decoder(), maxBytes)
  return new TextDecoder().decode(decoded.length === 0 ? bytes : decoded, { stream: true }) // omits a truncated last character
}

/** The decompressed bytes up to the limit, the end, or the first error. */
async function decompress (bytes: Buffer, decoder: Transform, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  decoder.end(bytes)
  try {
    for await (const chunk of decoder) {
      chunks.push(chunk as Buffer)
      length += (chunk as Buffer).length
      if (length >= maxBytes) break
    }
  } catch {}
  return Buffer.concat(chunks).subarray(0, maxBytes)
}
