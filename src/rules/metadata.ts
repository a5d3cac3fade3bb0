/** Metadata: the merchant's own key-value pairs. Checks the limits that the schema does not state. */
import { ApiError, type Violation } from '../errors.js'

/** Values as the contract allows them. In `POST /payments` all values are strings. */
export type Metadata = Readonly<Record<string, string | number | boolean>>

const PAIRS_MAX = 50
const KEY_MAX = 40
const VALUE_MAX = 500

/** Throws MAXIMUM_KEYS_REACHED, or INVALID_REQUEST_PARAMETERS with every pair that is too long. */
export function checkMetadata (metadata: Metadata): void {
  const pairs = Object.entries(metadata)
  if (pairs.length > PAIRS_MAX) {
    throw new ApiError('MAXIMUM_KEYS_REACHED', { path: 'metadata', because: `metadata has ${pairs.length} pairs` })
  }
  const violations: Violation[] = []
  for (const [key, value] of pairs) {
    const path = `metadata.${key}`
    if (key.length > KEY_MAX) violations.push({ path, message: `key is longer than ${KEY_MAX} characters` })
    if (typeof value === 'string' && value.length > VALUE_MAX) {
      violations.push({ path, message: `value is longer than ${VALUE_MAX} characters` })
    }
  }
  const [first] = violations
  if (first === undefined) return
  throw new ApiError('INVALID_REQUEST_PARAMETERS', { violations, message: `${first.path}: ${first.message}` })
}

/** The same pairs with every value as a string, as in replies of `POST /payments`. */
export function stringMetadata (metadata: Metadata): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)]))
}
