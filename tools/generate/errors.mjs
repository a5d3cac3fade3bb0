// Generates the table of docs/errors.md from src/error-codes.ts.
import { importSource, pageWith, tableRow } from './source.mjs'

export async function errors () {
  const { ERRORS } = await importSource('src/error-codes.ts')
  const rows = Object.entries(ERRORS).map(([code, { status, sentence, when }]) =>
    tableRow([`\`${code}\``, String(status), sentence ?? 'varies', when]))
  return [pageWith('docs/errors.md', 'errors', ['| Code | Status | Message | When |', '|---|---|---|---|', ...rows].join('\n'))]
}
