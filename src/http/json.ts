/**
 * Parses request bodies as JSON. Like the real API's parser, it refuses bytes that are not UTF-8, unpaired surrogates and NUL
 * characters. It also refuses the key `__proto__`, which has a special meaning in JavaScript.
 */
import { isUtf8 } from 'node:buffer'
import { ApiError, type Violation } from '../errors.js'

/** Returns undefined for an empty body. Throws INVALID_REQUEST_BODY. */
export function parseJson (bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  if (!isUtf8(bytes)) throw invalid({ path: '', message: 'the body is not valid UTF-8' })
  const text = bytes.toString('utf8')
  const value = parse(text)
  if (SUSPICIOUS.test(text)) refuseSuspicious(value)
  return value
}

function parse (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalid({ path: '', message: `the body is not valid JSON: ${(error as Error).message.slice(0, 200)}` })
  }
}

/** Text that requires a check of every value. Most bodies contain none of it. */
const SUSPICIOUS = /\\u0000|\\u[dD][89a-fA-F]|__proto__|\\u00/

function refuseSuspicious (root: unknown): void {
  const waiting: Array<{ value: unknown, path: string }> = [{ value: root, path: '' }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, path } = next
    if (typeof value === 'string') checkText(value, path)
    if (typeof value !== 'object' || value === null) continue
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__') throw invalid({ path, message: 'the key __proto__ is not allowed' })
      checkText(key, path)
      waiting.push({ value: inner, path: Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}` })
    }
  }
}

function checkText (text: string, path: string): void {
  if (text.includes('\0')) throw invalid({ path, message: 'must not contain the NUL character' })
  if (!text.isWellFormed()) throw invalid({ path, message: 'must not contain an unpaired surrogate' })
}

function invalid (violation: Violation): ApiError {
  return new ApiError('INVALID_REQUEST_BODY', {
    because: `${violation.path} ${violation.message}`.trim(), violations: [violation]
  })
}
