// What generators share: reading a table of the source, and writing into a page between two markers.
import { readFileSync } from 'node:fs'
import { build } from 'esbuild'

/** A module of src/, compiled and imported without a file, so that no build has to come first. */
export async function importSource (path) {
  const { outputFiles: [compiled] } = await build({
    entryPoints: [path], bundle: true, write: false, format: 'esm', platform: 'node', logLevel: 'error'
  })
  return import(`data:text/javascript;base64,${Buffer.from(compiled.contents).toString('base64')}`)
}

/** A page with new content between `<!-- name -->` and `<!-- /name -->`; the rest of it is written by hand. */
export function pageWith (path, name, content) {
  const page = readFileSync(path, 'utf8')
  const between = new RegExp(`(?<=<!-- ${name} -->\\n).*?(?=<!-- /${name} -->)`, 's')
  if (!between.test(page)) throw new Error(`${path} has no <!-- ${name} --> and <!-- /${name} --> around its table`)
  return { path, content: page.replace(between, () => `${content}\n`) }
}

/** A row of a Markdown table. A bar in a cell is escaped, because it would end the cell, even in code. */
export function tableRow (cells) {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
