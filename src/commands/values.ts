/** Values of flags that are more than a text. */
import { SetupError } from '../errors.js'

/** The object that a flag holds as JSON. Throws a SetupError with the example. */
export function readObject (flag: string, text: string, example: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {}
  throw new SetupError(`${flag} must be a JSON object, such as ${example}, not ${text}`)
}
