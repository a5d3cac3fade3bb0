// Builds dist/vendor/: the few files that the package needs from large development dependencies, so that an installation works
// without them. The tests use the same files.

import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { building, DIST, ROOT } from './inputs.mjs'

const SRC = join(ROOT, 'src')
const MODULES = join(ROOT, 'node_modules')
export const VENDOR = join(DIST, 'vendor')

/** The packages in the bundle of pdfkit. A file that throws when it is called replaces all others. */
const PDFKIT_PARTS = ['pdfkit', 'fflate', '@noble/hashes']
const PDFKIT_ABSENT = ['fontkit', 'linebreak', 'png-js', '@noble/ciphers/aes']

/** The packages in the bundle for text in other scripts. It does not read WOFF2, and so needs no brotli. */
const TYPOGRAPHY_PARTS = [
  'bidi-js', 'fontkit', 'linebreak', '@swc/helpers', 'base64-js', 'clone', 'dfa', 'fast-deep-equal', 'restructure', 'tiny-inflate',
  'unicode-properties', 'unicode-trie'
]
const TYPOGRAPHY_ABSENT = ['brotli/decompress.js']

const SWAGGER_UI = join(MODULES, '@fastify/swagger-ui')
const SWAGGER_UI_FILES = ['swagger-ui-bundle.js', 'swagger-ui.css', 'favicon-32x32.png']

/** Writes dist/vendor/. */
export async function buildVendor () {
  await building('vendor', async () => {
    await mkdir(VENDOR, { recursive: true })
    const bundled = [bundleStdnum(), bundlePdfkit(), bundleTypography(), bundleForge(), bundleMcp(), bundleAjv()]
    await Promise.all([...bundled, copySwaggerUi(), writeLicenses()])
  })
}

async function bundleStdnum () {
  await build({
    entryPoints: [join(ROOT, 'src/vendor/stdnum.entry.mjs')],
    outfile: join(VENDOR, 'stdnum.js'),
    bundle: true,
    format: 'esm',
    target: 'node20',
    minify: true,
    banner: { js: '// Parts of stdnum, Copyright (c) 2020 David Koblas, MIT: see LICENSES.txt beside this file.' }
  })
}

/**
 * pdfkit has 26 MB of dependencies, mainly for embedded fonts. Most documents use the fonts that every viewer has. Their bundle has
 * 150 kB, and loads in a few milliseconds instead of half a second.
 */
async function bundlePdfkit () {
  await bundleParts('pdfkit', PDFKIT_PARTS, PDFKIT_ABSENT)
}

/** The libraries for documents in other scripts. */
async function bundleTypography () {
  await bundleParts('typography', TYPOGRAPHY_PARTS, TYPOGRAPHY_ABSENT)
}

async function bundleParts (name, parts, absentParts) {
  const absent = join(SRC, 'vendor/pdfkit.absent.mjs')
  const { metafile } = await build({
    entryPoints: [join(SRC, `vendor/${name}.entry.mjs`)],
    outfile: join(VENDOR, `${name}.js`),
    absWorkingDir: ROOT,
    bundle: true,
    metafile: true,
    platform: 'browser',
    format: 'esm',
    target: 'node20',
    minify: true,
    alias: Object.fromEntries(absentParts.map(part => [part, absent])),
    banner: { js: `// Parts of ${parts[0]} and of what it uses, MIT: see LICENSES.txt beside this file.` }
  })
  checkLicensed(`${name}.js`, metafile, parts)
}

/** A library in CommonJS, which requires the random numbers of node:crypto. */
async function bundleForge () {
  await build({
    entryPoints: [join(ROOT, 'src/vendor/forge.entry.mjs')],
    outfile: join(VENDOR, 'forge.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    banner: {
      js: '// Parts of node-forge, BSD-3-Clause: see LICENSES.txt beside this file.\n' +
        "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
    }
  })
}

/** The packages in the bundle of ajv. */
const AJV_PARTS = ['ajv', 'ajv-formats', 'fast-deep-equal', 'fast-uri', 'json-schema-traverse']

/** A CommonJS module, so that a synchronous validation can load it. */
async function bundleAjv () {
  const { metafile } = await build({
    entryPoints: [join(SRC, 'vendor/ajv.entry.mjs')],
    outfile: join(VENDOR, 'ajv.cjs'),
    absWorkingDir: ROOT,
    bundle: true,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify: true,
    banner: { js: '// Parts of ajv and of what it uses, MIT and BSD-3-Clause: see LICENSES.txt beside this file.' }
  })
  checkLicensed('ajv.cjs', metafile, AJV_PARTS)
}

/** The packages in the bundle of the MCP server. */
const MCP_PARTS = ['@modelcontextprotocol/server', '@modelcontextprotocol/core', 'zod']

/** The library also contains what clients and other runtimes need, and loads in half a second. The bundle has 450 kB. */
async function bundleMcp () {
  if (!existsSync(join(MODULES, MCP_PARTS[0]))) throw new Error(`${MCP_PARTS[0]} is missing in node_modules: run npm ci`)
  const { metafile } = await build({
    entryPoints: [join(SRC, 'vendor/mcp.entry.mjs')],
    outfile: join(VENDOR, 'mcp.js'),
    absWorkingDir: ROOT,
    bundle: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    banner: { js: '// Parts of @modelcontextprotocol/server, Apache-2.0, and of zod, MIT: see LICENSES.txt beside this file.' }
  })
  checkLicensed('mcp.js', metafile, MCP_PARTS)
}

/** Throws if a bundle contains a package without its licence. */
function checkLicensed (file, { inputs }, parts) {
  const packages = Object.keys(inputs).map(path => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
  const unlicensed = packages.find(name => name !== undefined && !parts.includes(name))
  if (unlicensed !== undefined) throw new Error(`${file} contains ${unlicensed}, whose licence is not in LICENSES.txt`)
}

async function copySwaggerUi () {
  const target = join(VENDOR, 'swagger-ui')
  await mkdir(target, { recursive: true })
  for (const file of SWAGGER_UI_FILES) await copyFile(join(SWAGGER_UI, 'static', file), join(target, file))
}

/** The licences require that their text is included. */
async function writeLicenses () {
  const stdnum = join(MODULES, 'stdnum')
  const plugin = await manifest(SWAGGER_UI)
  const forge = join(MODULES, 'node-forge')
  const parts = [
    'This folder holds files of other projects, under their own licences.',
    `stdnum.js: parts of stdnum ${(await manifest(stdnum)).version}, https://github.com/koblas/stdnum-js`,
    await readFile(join(stdnum, 'LICENSE.md'), 'utf8'),
    ...await pdfkitLicenses(),
    ...await licensesOf('typography.js', TYPOGRAPHY_PARTS),
    `forge.js: parts of node-forge ${(await manifest(forge)).version}, https://github.com/digitalbazaar/forge, under the BSD licence below`,
    await readFile(join(forge, 'LICENSE'), 'utf8'),
    ...await licensesOf('mcp.js', MCP_PARTS),
    ...await licensesOf('ajv.cjs', AJV_PARTS),
    `swagger-ui/: unchanged files of Swagger UI ${plugin.devDependencies['swagger-ui-dist']}, ` +
      'https://github.com/swagger-api/swagger-ui, Copyright SmartBear Software Inc.,\n' +
      'under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0 (the licence of this package\n' +
      'too). The notices of the libraries inside its bundle are in swagger-ui-bundle.js.LICENSE.txt of the npm package\n' +
      'swagger-ui-dist of that version.',
    `We took these files from @fastify/swagger-ui ${plugin.version}, https://github.com/fastify/fastify-swagger-ui`,
    await readFile(join(SWAGGER_UI, 'LICENSE'), 'utf8')
  ]
  await writeFile(join(VENDOR, 'LICENSES.txt'), parts.map(part => part.trim()).join('\n\n') + '\n')
}

/** Two of the packages state their licence only in package.json. */
async function licensesOf (file, names) {
  const parts = []
  for (const name of names) {
    const folder = join(MODULES, name)
    const { version, license } = await manifest(folder)
    const text = (await readdir(folder)).find(entry => /^licen[cs]e/i.test(entry))
    parts.push(`${file}: parts of ${name} ${version}, https://www.npmjs.com/package/${name}, ${license}`)
    if (text !== undefined) parts.push(await readFile(join(folder, text), 'utf8'))
  }
  return parts
}

async function pdfkitLicenses () {
  const parts = await licensesOf('pdfkit.js', PDFKIT_PARTS)
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
