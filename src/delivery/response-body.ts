/** The body of a receiver's response as text, decompressed where it says that it is compressed. Nothing in it is trusted. */
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Transform } from 'node:stream'

const DECODERS: Record<string, (() => Transform) | undefined> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress
}

/**
 * `bytes` may be the beginning of a body, or broken: the text goes as far as it can be read, and holds `maxBytes` at most. What
 * claims to be compressed and is not is shown as it came.
 */
export async function decodedText (bytes: Buffer, encoding: string | undefined, maxBytes: number): Promise<string> {
  const decoder = DECODERS[encoding?.trim().toLowerCase() ?? '']
  const decoded = decoder === undefined ? bytes : await decompress(bytes, decoder(), maxBytes)
  return new TextDecoder().decode(decoded.length === 0 ? bytes : decoded, { stream: true }) // without half a character at its end
}

/** What comes out before the limit, the end, or the first error. */
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
