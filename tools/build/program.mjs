// Bundles the program from src/ into dist/. esbuild removes the types without checking them.

import { readFileSync } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { building, DIST, ROOT } from './inputs.mjs'
import { bundleLibraries, separateLibraries } from './libraries.mjs'
import { licensesOf } from './licenses.mjs'

export { DIST, ROOT }

/** The entry points in package.json: the command, and the modules that programs import. */
const ENTRIES = ['cli', 'index', 'handler', 'redirect']

/** Packages that are not bundled: better-sqlite3, whose binary npm installs, and the client, which the user installs. */
export const INSTALLED = [...Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).dependencies), 'dodopayments']

/** Packages in CommonJS load the modules of Node.js with `require`. */
export const REQUIRE = "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"

/**
 * Modules for test runners. jest and others load them with `require` in places where it takes no ES modules, so each is built
 * twice. They import the emulator when they start it.
 */
const RUNNERS = [
  'vitest', 'vitest-global-setup', 'jest', 'jest-global-setup', 'jest-global-teardown', 'playwright', 'matchers', 'testcontainers'
].map(name => `runners/${name}`)

/**
 * Joins the modules and the libraries that they use into a few files, and each entry point loads those that it needs. Loading
 * hundreds of small files took a third of the start. The files of vendor/ stay separate. Source maps are for tests only; the
 * package does not contain them.
 */
export async function bundleProgram (options = {}) {
  await building('program', async () => {
    await bundle(options)
    await Promise.all([...['esm', 'cjs'].map(bundleRunners), copyCommonJs(), makeExecutable()])
  })
}

/**
 * Modules that only a running emulator, or only the command, loads on demand. Each imports what is loaded by then, which changes
 * nothing at run time. Without it, esbuild makes a file for each combination of modules that use the same code, and the start
 * reads forty files instead of twenty.
 */
const LOADED_BEFORE = [
  { late: /\/src\/(?:control|delivery|http|pages)\/|\/src\/(?:mcp\/server|fixtures\/(?:contents|load|sending))\.ts$/, before: 'emulator' },
  { late: /\/src\/(?:commands|compare|import)\/|\/src\/mcp\/stdio\.ts$/, before: 'commands/run' }
]

export const loadedBefore = {
  name: 'loaded before',
  setup (plugin) {
    const late = new Map()
    plugin.onResolve({ filter: /^\.\.?\// }, ({ path, kind, resolveDir }) => {
      const file = join(resolveDir, path.replace(/\.js$/, '.ts'))
      const found = kind === 'dynamic-import' ? LOADED_BEFORE.find(({ late }) => late.test(file)) : undefined
      if (found !== undefined) late.set(file, join(ROOT, 'src', `${found.before}.ts`))
      return undefined
    })
    plugin.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const before = late.get(path)
      return before === undefined ? undefined : { contents: `import ${JSON.stringify(before)}\n${readFileSync(path, 'utf8')}`, loader: 'ts' }
    })
  }
}

async function bundle ({ sourcemap = false }) {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES.map(name => join(ROOT, 'src', `${name}.ts`)),
    outdir: DIST,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: INSTALLED,
    metafile: true,
    banner: { js: REQUIRE },
    sourcemap,
    plugins: [loadedBefore, separateLibraries, {
      name: 'vendor',
      setup ({ onResolve }) {
        onResolve({ filter: /\/vendor\/\w+\.js$/ }, ({ path }) => ({ path: `./vendor/${basename(path)}`, external: true }))
      }
    }]
  })
  const separate = await bundleLibraries({ absWorkingDir: ROOT, platform: 'node', target: 'node20', external: INSTALLED }, DIST)
  await writeFile(join(DIST, 'LICENSES.txt'), await licensesOf([...Object.keys(metafile.inputs), ...separate], ROOT))
}

/** Each is one small file, which imports the package's main module. */
async function bundleRunners (format) {
  await build({
    entryPoints: RUNNERS.map(name => join(ROOT, 'src', `${name}.ts`)),
    outbase: join(ROOT, 'src'),
    outdir: DIST,
    outExtension: { '.js': format === 'cjs' ? '.cjs' : '.js' },
    bundle: true,
    format,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    plugins: [{
      name: 'main',
      setup ({ onResolve }) { onResolve({ filter: /\/start\.js$/ }, () => ({ path: '../index.js', external: true })) }
    }]
  })
}

/** npm makes the command executable on installation. Without an installation, this does. */
async function makeExecutable () {
  await chmod(join(DIST, 'cli.js'), 0o755)
}

/** The entry points for `require`, with their declarations, are copied as they are. */
async function copyCommonJs () {
  await mkdir(join(DIST, 'runners'), { recursive: true })
  for (const folder of ['.', 'runners']) {
    const names = (await readdir(join(ROOT, 'src', folder))).filter(name => /\.(?:cjs|d\.cts)$/.test(name))
    await Promise.all(names.map(name => copyFile(join(ROOT, 'src', folder, name), join(DIST, folder, name))))
  }
}
