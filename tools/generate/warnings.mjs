// Generates the table of docs/warnings.md from src/requests/warnings.ts.
import { importSource, pageWith, tableRow } from './source.mjs'

export async function warnings () {
  const { WARNINGS } = await importSource('src/requests/warnings.ts')
  const rows = Object.entries(WARNINGS).map(([code, { about, advice }]) => tableRow([`\`${code}\``, about, advice]))
  return [pageWith('docs/warnings.md', 'warnings', ['| Code | Mistake | What to change |', '|---|---|---|', ...rows].join('\n'))]
}
