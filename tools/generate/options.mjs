// The README's table of options, from the one table in src/config.ts. It stands between the markers <!-- options --> and
// <!-- /options -->; the rest of the README is written by hand.
import { readFileSync } from 'node:fs'
import { build } from 'esbuild'

const PATH = 'README.md'
const BETWEEN = /(?<=<!-- options -->\n).*?(?=<!-- \/options -->)/s

/** OPTIONS of src/config.ts, compiled and imported without a file, so that no build has to come first. */
async function readOptions () {
  const { outputFiles: [compiled] } = await build({
    entryPoints: ['src/config.ts'], bundle: true, write: false, format: 'esm', platform: 'node', logLevel: 'error'
  })
  const { OPTIONS } = await import(`data:text/javascript;base64,${Buffer.from(compiled.contents).toString('base64')}`)
  return Object.values(OPTIONS)
}

/** A cell of code; a bar would end the cell, even there. */
const code = text => `\`${text.replaceAll('|', '\\|')}\``

function row ({ flag, env, value, fallback, about }) {
  const byDefault = fallback === null || fallback === '' ? 'none' : code(fallback)
  return `| ${code(`--${flag} ${value}`)} | ${code(env)} | ${byDefault} | ${about.replaceAll('|', '\\|')} |`
}

export async function options () {
  const readme = readFileSync(PATH, 'utf8')
  if (!BETWEEN.test(readme)) throw new Error(`${PATH} has no <!-- options --> and <!-- /options --> around its table of options`)
  const table = ['| Flag | Environment | Default | What |', '|---|---|---|---|', ...(await readOptions()).map(row)].join('\n')
  return [{ path: PATH, content: readme.replace(BETWEEN, () => `${table}\n`) }]
}
