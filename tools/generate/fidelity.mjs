// Generates the tables of docs/fidelity.md from src/rules/fidelity.ts.
import { importSource, pageWith, tableRow } from './source.mjs'

export async function fidelity () {
  const { FIDELITY } = await importSource('src/rules/fidelity.ts')
  const changed = ({ changed_by: names = [] }) => names.map(name => `\`${name}\``).join(', ')
  const areas = [...new Set(FIDELITY.map(({ area }) => area))].map(area => {
    const rows = FIDELITY.filter(row => row.area === area).map(row => tableRow([row.grade, row.rule, row.because, changed(row)]))
    return `## ${area}\n\n| | The emulator | Source, reason, or the real service | Changed by |\n|---|---|---|---|\n${rows.join('\n')}\n`
  })
  return [pageWith('docs/fidelity.md', 'fidelity', areas.join('\n').trimEnd())]
}
