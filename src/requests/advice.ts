/** Explains an error code to the person who received it. */
import { ERRORS, type ErrorCode } from '../errors.js'

/** When a code is answered, as plain text; null for an unknown code. */
export function whenAnswered (code: string): string | null {
  return Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode].when.replaceAll('`', '') : null
}
