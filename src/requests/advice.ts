/** Explains error codes. */
import { ERRORS, type ErrorCode } from '../errors.js'

/** The cases in which the API returns a code, as plain text; null for an unknown code. */
export function whenAnswered (code: string): string | null {
  return Object.hasOwn(ERRORS, code) ? plainText(ERRORS[code as ErrorCode].when) : null
}

/** Markdown without the marks of code and of links. */
export function plainText (markdown: string): string {
  return markdown.replaceAll('`', '').replace(/\[([^\][]*)\]\([^()]*\)/g, '$1')
}
