/**
 * When an error code is answered, for whoever has met it. The one source of that is the table in docs/errors.md, which comes with
 * the package and which a test holds against the table of codes; it is read when it is first asked for.
 */
import { readFileSync } from 'node:fs'
import { packagePath } from '../root.js'

let table: ReadonlyMap<string, string> | undefined

/** What the table says of a code, as plain text; null for a code that it does not have. */
export function whenAnswered (code: string): string | null {
  table ??= readTable(readFileSync(packagePath('docs', 'errors.md'), 'utf8'))
  return table.get(code) ?? null
}

const ROW = /^\| `([A-Z_]+)` \| \d+ \| .*? \| (.*) \|$/gm

export function readTable (page: string): Map<string, string> {
  return new Map([...page.matchAll(ROW)].map(([, code = '', when = '']) => [code, when.replaceAll('`', '')]))
}
