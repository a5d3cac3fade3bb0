// Builds the package into dist/: the compiled program, and under dist/vendor/ the few files that we take out of large
// development dependencies, so that who installs us does not install those.
//
//   node tools/build.mjs              compiles src/, and builds from that
//   node tools/build.mjs --compiled   builds from what `tsc` has just put into .build/ for the tests; they need those few files
//                                     too, and no test of yesterday
//   node tools/build.mjs --program    builds the program alone, straight from src/: no types are checked, no declarations written

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = dirname(import.meta.dirname)
const SRC = join(ROOT, 'src')
const DIST = join(ROOT, 'dist')
const TESTED = join(ROOT, '.build/src')
const isCompiled = process.argv.includes('--compiled')
const isProgram = process.argv.includes('--program')
const COMPILED = isCompiled ? TESTED : join(ROOT, '.build/dist')
const MODULES = join(ROOT, 'node_modules')

/** What package.json names: the command, and what programs import. */
const ENTRIES = ['cli', 'index', 'redirect']

/** What of pdfkit's packages is in our bundle of it; for the others stands a file that throws when it is called. */
const PDFKIT_PARTS = ['pdfkit', 'fflate', '@noble/hashes']
const PDFKIT_ABSENT = ['fontkit', 'linebreak', 'png-js', '@noble/ciphers/aes']

const SWAGGER_UI = join(MODULES, '@fastify/swagger-ui')
const SWAGGER_UI_FILES = ['swagger-ui-bundle.js', 'swagger-ui.css', 'favicon-32x32.png']

if (isProgram) {
  await Promise.all([bundleProgram(SRC, 'ts'), existsSync(join(DIST, 'vendor/LICENSES.txt')) || vendor()])
  await chmod(join(DIST, 'cli.js'), 0o755)
  process.exit(0)
}
// A file that was renamed or deleted must not live on in the package.
await rm(DIST, { recursive: true, force: true })
// The compiler takes longer than all the rest together, so the rest happens meanwhile.
const [compiled] = await Promise.all([
  isCompiled || compile(),
  vendor(),
  removeLostTests()
])
if (!compiled) process.exit(1)
await Promise.all([copyDeclarations(), bundleProgram(COMPILED, 'js')])
// esbuild writes plain files, and npm sets the bit only on install: this is for `dist/cli.js` run in place.
await chmod(join(DIST, 'cli.js'), 0o755)

/**
 * Compiles into .build/dist/, where the compiler finds what it did last time: 3 seconds instead of 8. What it knows
 * lies beside what it wrote, because it writes only what has changed and must not remember files that are gone.
 * A process of its own, because it would block this one; its errors go straight to the terminal.
 */
async function compile () {
  const tsc = fileURLToPath(import.meta.resolve('typescript/lib/tsc.js'))
  const child = spawn(process.execPath, [
    tsc, '-p', 'tsconfig.build.json', '--outDir', COMPILED,
    '--incremental', '--tsBuildInfoFile', join(COMPILED, '.tsbuildinfo')
  ], { cwd: ROOT, stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  return code === 0
}

/** The declarations, and only what still has a source: the compiler never deletes what it once wrote. */
async function copyDeclarations () {
  for (const entry of await readdir(COMPILED, { recursive: true, withFileTypes: true })) {
    const module = /^(.+?)\.d\.ts$/.exec(entry.name)?.[1]
    const folder = entry.parentPath.slice(COMPILED.length)
    if (module === undefined || !existsSync(join(SRC, folder, `${module}.ts`))) continue
    await mkdir(join(DIST, folder), { recursive: true })
    await copyFile(join(entry.parentPath, entry.name), join(DIST, folder, entry.name))
  }
}

/**
 * Joins the modules into a few files, of which each entry loads what it needs: finding and reading three hundred small ones took
 * a quarter of the start. What lies in vendor/ stays as it is.
 */
async function bundleProgram (folder, extension) {
  await build({
    entryPoints: ENTRIES.map(name => join(folder, `${name}.${extension}`)),
    outdir: DIST,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    plugins: [{
      name: 'vendor',
      setup ({ onResolve }) {
        onResolve({ filter: /\/vendor\/\w+\.js$/ }, ({ path }) => ({ path: `./vendor/${basename(path)}`, external: true }))
      }
    }]
  })
}

/** What lies in dist/vendor/; the tests need the bundles too. */
async function vendor () {
  await Promise.all([bundleStdnum([DIST, TESTED]), bundlePdfkit([DIST, TESTED]), copySwaggerUi(), writeLicenses()])
}

/** One bundle for the package and for the tests, so that what is tested is what is shipped. */
async function bundleStdnum (folders) {
  const { outputFiles: [bundle] } = await build({
    entryPoints: [join(ROOT, 'src/vendor/stdnum.entry.mjs')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'node20',
    minify: true,
    banner: { js: '// Parts of stdnum, Copyright (c) 2020 David Koblas, MIT: see LICENSES.txt beside this file.' }
  })
  for (const folder of folders) {
    await mkdir(join(folder, 'vendor'), { recursive: true })
    await writeFile(join(folder, 'vendor/stdnum.js'), bundle.contents)
  }
}

/**
 * pdfkit comes with 26 MB of dependencies, for embedded fonts above all. We draw with the fonts that every viewer has, so that
 * what is left is 150 kB, and loads in a few milliseconds rather than half a second.
 */
async function bundlePdfkit (folders) {
  const absent = join(SRC, 'vendor/pdfkit.absent.mjs')
  const { outputFiles: [bundle], metafile } = await build({
    entryPoints: [join(SRC, 'vendor/pdfkit.entry.mjs')],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'esm',
    target: 'node20',
    minify: true,
    alias: Object.fromEntries(PDFKIT_ABSENT.map(name => [name, absent])),
    banner: { js: '// Parts of pdfkit and of what it uses, MIT: see LICENSES.txt beside this file.' }
  })
  const packages = Object.keys(metafile.inputs).map(path => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
  const unlicensed = packages.find(name => name !== undefined && !PDFKIT_PARTS.includes(name))
  if (unlicensed !== undefined) throw new Error(`pdfkit.js contains ${unlicensed}, whose licence is not in LICENSES.txt`)
  for (const folder of folders) {
    await mkdir(join(folder, 'vendor'), { recursive: true })
    await writeFile(join(folder, 'vendor/pdfkit.js'), bundle.contents)
  }
}

async function copySwaggerUi () {
  const target = join(DIST, 'vendor/swagger-ui')
  await mkdir(target, { recursive: true })
  for (const file of SWAGGER_UI_FILES) await copyFile(join(SWAGGER_UI, 'static', file), join(target, file))
}

/** The licences ask that their text travels with the files. */
async function writeLicenses () {
  const stdnum = join(MODULES, 'stdnum')
  const plugin = await manifest(SWAGGER_UI)
  const parts = [
    'This folder holds files of other projects, under their own licences.',
    `stdnum.js: parts of stdnum ${(await manifest(stdnum)).version}, https://github.com/koblas/stdnum-js`,
    await readFile(join(stdnum, 'LICENSE.md'), 'utf8'),
    ...await pdfkitLicenses(),
    `swagger-ui/: unchanged files of Swagger UI ${plugin.devDependencies['swagger-ui-dist']}, ` +
      'https://github.com/swagger-api/swagger-ui, Copyright SmartBear Software Inc.,\n' +
      'under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0 (the licence of this package\n' +
      'too). The notices of the libraries inside its bundle are in swagger-ui-bundle.js.LICENSE.txt of the npm package\n' +
      'swagger-ui-dist of that version.',
    `We took these files from @fastify/swagger-ui ${plugin.version}, https://github.com/fastify/fastify-swagger-ui`,
    await readFile(join(SWAGGER_UI, 'LICENSE'), 'utf8')
  ]
  await mkdir(join(DIST, 'vendor'), { recursive: true })
  await writeFile(join(DIST, 'vendor/LICENSES.txt'), parts.map(part => part.trim()).join('\n\n') + '\n')
}

async function pdfkitLicenses () {
  const parts = []
  for (const name of PDFKIT_PARTS) {
    const folder = join(MODULES, name)
    const { version } = await manifest(folder)
    parts.push(`pdfkit.js: parts of ${name} ${version}, https://www.npmjs.com/package/${name}`)
    parts.push(await readFile(join(folder, 'LICENSE'), 'utf8'))
  }
  parts.push(
    'The metrics of Helvetica and Helvetica-Bold inside pdfkit.js are from the AFM files of Adobe, which pdfkit converted:\n' +
    'Copyright (c) 1985, 1987, 1989, 1990, 1991, 1992, 1993, 1997 Adobe Systems Incorporated. All Rights Reserved.\n' +
    'This file and the 14 PostScript(R) AFM files it accompanies may be used, copied, and distributed for any purpose and\n' +
    'without charge, with or without modification, provided that all copyright notices are retained; that the AFM files\n' +
    'are not distributed without this file; that all modifications to this file or any of the AFM files are prominently\n' +
    'noted in the modified file(s); and that this paragraph is not modified. Adobe Systems has no responsibility or\n' +
    'obligation to support the use of the AFM files.',
    'The sRGB profile inside pdfkit.js: Copyright International Color Consortium, 2015.\n' +
    'This profile is made available by the International Color Consortium, and may be copied, distributed, embedded, made,\n' +
    'used, and sold without restriction. Altered versions of this profile shall have the original identification and\n' +
    'copyright information removed and shall not be misrepresented as the original profile.')
  return parts
}

async function manifest (folder) {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
}

/** A compiled test whose source was renamed or deleted must not run once more. */
async function removeLostTests () {
  const compiled = join(ROOT, '.build/test')
  if (!existsSync(compiled)) return
  for (const name of await readdir(compiled, { recursive: true })) {
    const isLost = name.endsWith('.test.js') && !existsSync(join(ROOT, 'test', name.replace(/\.js$/, '.ts')))
    if (isLost) await rm(join(compiled, name))
  }
}
