/** Explains error codes. */
import { ERRORS, type ErrorCode } from '../errors.js'

/** The cases in which the API returns a code, as plain text; null for an unknown code. */
export function whenAnswered (code: string): string | null {
  return Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode].when.replaceAll('`', '') : null
}
