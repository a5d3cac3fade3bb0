/** Limits of texts that the schema does not state, and the form of texts. Lengths count characters, not bytes or UTF-16 units. */
import { invalid } from '../errors.js'

/** Throws INVALID_REQUEST_PARAMETERS for a text that is too long. */
export function checkLength (path: string, text: string | null | undefined, max: number): void {
  if (text == null || text.length <= max) return
  const length = [...text].length
  if (length <= max) return
  throw invalid(path, `${path} must be at most ${max} characters long, and has ${length}`)
}

/** Removes slashes at the end, without a regular expression that could backtrack. */
export function withoutTrailingSlashes (text: string): string {
  let end = text.length
  while (text[end - 1] === '/') end--
  return text.slice(0, end)
}

/** A count with its noun: `1 payment`, `1,200 payments`. */
export function plural (count: number, one: string): string {
  return `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`
}

/** Limits of products and addons. The same apply to brands, for which nothing is published. */
export const NAME_MAX = 100
export const DESCRIPTION_MAX = 1000
