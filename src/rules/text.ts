/**
 * Texts: their limits, which the schema does not state, and what is cut off at their ends. Lengths are counted in characters,
 * not in bytes or UTF-16 units.
 */
import { invalid } from '../errors.js'

/** Throws INVALID_REQUEST_PARAMETERS for a text that is too long. */
export function checkLength (path: string, text: string | null | undefined, max: number): void {
  if (text == null || text.length <= max) return
  const length = [...text].length
  if (length <= max) return
  throw invalid(path, `${path} must be at most ${max} characters long, and has ${length}`)
}

/** Without the slashes at its end. */
export function withoutTrailingSlashes (text: string): string {
  let end = text.length
  while (text[end - 1] === '/') end--
  return text.slice(0, end)
}

/** Of products and addons; for brands nothing is published, and these do. */
export const NAME_MAX = 100
export const DESCRIPTION_MAX = 1000
