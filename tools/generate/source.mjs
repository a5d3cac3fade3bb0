// What generators share: importing a module of the source, and writing into a page between two markers.
import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** Imports a module of src/ from a bundle below .build/, so that no build has to come first. */
export async function importSource (path) {
  // By the whole path: several folders have a file of the same name.
  const outfile = resolve('.build/generate', path.replaceAll('/', '-').replace(/\.ts$/, '.mjs'))
  await build({
    entryPoints: [path],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).dependencies),
    logLevel: 'error',
    plugins: [{
      name: 'vendor',
      // npm run build makes the vendored files from these. What is imported on demand, no generator needs.
      setup ({ onResolve }) {
        onResolve({ filter: /\/vendor\/\w+\.js$/ }, ({ path, kind }) => kind === 'dynamic-import'
          ? { path, external: true }
          : { path: resolve('src/vendor', basename(path).replace('.js', '.entry.mjs')) })
      }
    }]
  })
  return import(pathToFileURL(outfile))
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
