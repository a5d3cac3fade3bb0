// Functions for generators: importing a module of src/, and writing between two markers of a page.
import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { INSTALLED, REQUIRE } from '../build/program.mjs'

/** Imports a module of src/ from a bundle below .build/, without a previous build. */
export async function importSource (path) {
  // The whole path, because folders have files of the same name.
  const outfile = resolve('.build/generate', path.replaceAll('/', '-').replace(/\.ts$/, '.mjs'))
  await build({
    entryPoints: [path],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: INSTALLED,
    banner: { js: REQUIRE },
    logLevel: 'error',
    plugins: [{
      name: 'vendor',
      // npm run build creates the vendored files. Generators do not need modules that are imported on demand.
      setup ({ onResolve }) {
        onResolve({ filter: /\/vendor\/\w+\.js$/ }, ({ path, kind }) => kind === 'dynamic-import'
          ? { path, external: true }
          : { path: resolve('src/vendor', basename(path).replace('.js', '.entry.mjs')) })
      }
    }]
  })
  return import(pathToFileURL(outfile))
}

/** A page with new content between `<!-- name -->` and `<!-- /name -->`. The rest of the page is handwritten. */
export function pageWith (path, name, content) {
  const page = readFileSync(path, 'utf8')
  const between = new RegExp(`(?<=<!-- ${name} -->\\n).*?(?=<!-- /${name} -->)`, 's')
  if (!between.test(page)) throw new Error(`${path} has no <!-- ${name} --> and <!-- /${name} --> around its table`)
  return { path, content: page.replace(between, () => `${content}\n`) }
}

/** A row of a Markdown table. Bars in cells are escaped, because they would end the cell even in code. */
export function tableRow (cells) {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
