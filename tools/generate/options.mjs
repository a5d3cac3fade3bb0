// The README's table of options, from the one table in src/config.ts.
import { importSource, pageWith, tableRow } from './source.mjs'

const code = text => `\`${text}\``

function row ({ flag, env, value, fallback, about }) {
  const byDefault = fallback === null || fallback === '' ? 'none' : code(fallback)
  return tableRow([code(`--${flag} ${value}`), code(env), byDefault, about])
}

export async function options () {
  const { OPTIONS } = await importSource('src/config.ts')
  const table = ['| Flag | Environment | Default | What |', '|---|---|---|---|', ...Object.values(OPTIONS).map(row)]
  return [pageWith('README.md', 'options', table.join('\n'))]
}
