// Compiles src/ and test/ to JavaScript below .build/, and the program into dist/. Takes about a second, because types are not checked.

import { cp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { bundleProgram, ROOT } from '../build/program.mjs'
import { buildData, DATA } from '../build/data.mjs'
import { isStale } from '../build/inputs.mjs'
import { buildValidators } from '../build/validators.mjs'
import { buildVendor, VENDOR } from '../build/vendor.mjs'

export const OUT = join(ROOT, '.build')

/** Every test file, relative to the repository: `test/rules/money.test.ts`. */
export async function testFiles () {
  const names = await readdir(join(ROOT, 'test'), { recursive: true })
  return names.filter(name => name.endsWith('.test.ts')).map(name => `test/${name.replaceAll('\\', '/')}`).sort()
}

/** The path of a test file's JavaScript. */
export const translated = file => file.endsWith('.ts') ? join(OUT, file.replace(/\.ts$/, '.js')) : file

/** The TypeScript files of a folder, as absolute paths. */
export async function sourcesOf (folder) {
  const names = await readdir(join(ROOT, folder), { recursive: true })
  return names.filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts')).map(name => join(ROOT, folder, name))
}

/**
 * With `hasVendor`, vendored files are built only if they are stale. With `hasData`, the fixtures are loaded into a database, from
 * which each process of the program then starts.
 */
export async function translate ({ hasVendor = false, hasData = false } = {}) {
  await Promise.all([
    build({
      entryPoints: [...await sourcesOf('src'), ...await sourcesOf('test')],
      outdir: OUT,
      outbase: ROOT,
      format: 'esm',
      target: 'node20',
      sourcemap: true,
      logLevel: 'warning'
    }),
    bundleProgram({ sourcemap: true }),
    hasVendor && !isStale('vendor') ? undefined : buildVendor(),
    isStale('validators') ? buildValidators() : undefined
  ])
  await cp(VENDOR, join(OUT, 'src/vendor'), { recursive: true })
  // A program that starts without it loads the fixtures. From an older one it would start with the tables of earlier sources.
  if (!isStale('data')) return
  if (hasData) await buildData()
  else await rm(DATA, { force: true })
}
