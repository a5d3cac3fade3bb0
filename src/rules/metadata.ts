/** The limits of metadata, which the schema does not state: 50 pairs, keys of 40 characters, values of 500. */
import { ApiError, type Violation } from '../errors.js'

const PAIRS_MAX = 50
const KEY_MAX = 40
const VALUE_MAX = 500

/** Throws MAXIMUM_KEYS_REACHED, or INVALID_REQUEST_PARAMETERS with every pair that is too long. */
export function checkMetadata (metadata: Readonly<Record<string, string>>): void {
  const pairs = Object.entries(metadata)
  if (pairs.length > PAIRS_MAX) {
    throw new ApiError('MAXIMUM_KEYS_REACHED', { path: 'metadata', because: `metadata has ${pairs.length} pairs` })
  }
  const violations: Violation[] = []
  for (const [key, value] of pairs) {
    const path = `metadata.${key}`
    if (key.length > KEY_MAX) violations.push({ path, message: `key is longer than ${KEY_MAX} characters` })
    if (value.length > VALUE_MAX) violations.push({ path, message: `value is longer than ${VALUE_MAX} characters` })
  }
  const [first] = violations
  if (first === undefined) return
  throw new ApiError('INVALID_REQUEST_PARAMETERS', { violations, message: `${first.path}: ${first.message}` })
}
