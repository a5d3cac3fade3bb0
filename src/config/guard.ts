/** Parsers of the options that restrict access to /_emulator. Each throws a SetupError for an invalid value. */
import { SetupError } from '../errors.js'

/** A key that can be sent in a header. */
export function headerText (text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new SetupError('must consist of visible ASCII characters without spaces')
  return text
}

const HOST = /^(?:\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/

/** `emulator`, `10.0.0.5`, `[::1]`, `*.test`, `*`. */
export function hostNames (text: string): ReadonlySet<string> {
  const names = parts(text.toLowerCase())
  if (names.every(name => HOST.test(name))) return new Set(names)
  throw new SetupError('must be host names or addresses without a port, such as emulator or *.test, separated by commas')
}

/** `http://localhost:3000`, in the form of the Origin header. */
export function origins (text: string): ReadonlySet<string> {
  const given = parts(text)
  if (given.every(origin => URL.canParse(origin) && new URL(origin).origin === origin)) return new Set(given)
  throw new SetupError('must be origins such as http://localhost:3000, without a trailing slash, separated by commas')
}

function parts (text: string): string[] {
  return text.split(',').map(part => part.trim()).filter(part => part !== '')
}
