// Libraries that Fastify loads only for options that the emulator does not use, or for the first request inside of the process. Each is a
// file of its own in dist/libraries/, because no start should read them: they were a fifth of the program.

import { build } from 'esbuild'
import { join } from 'node:path'

/** The names of the files, by the packages. */
const LIBRARIES = {
  '@fastify/ajv-compiler': 'ajv-compiler',
  '@fastify/fast-json-stringify-compiler': 'fast-json-stringify-compiler',
  'light-my-request': 'light-my-request',
  pino: 'pino',
  'semver/functions/satisfies': 'semver'
}
const FOLDER = 'libraries'

/** Fastify compares versions for plugins that state theirs. Those of the emulator do not, so the library is loaded on demand. */
const SEMVER = "exports.satisfies = (...compared) => require('semver/functions/satisfies')(...compared)"

/** Leaves the libraries out of the bundle. */
export const separateLibraries = {
  name: 'libraries',
  setup ({ onResolve, onLoad }) {
    onResolve({ filter: /^[@\w/-]+$/ }, ({ path, kind }) => path in LIBRARIES && ['require-call', 'dynamic-import'].includes(kind)
      ? { path: `./${FOLDER}/${LIBRARIES[path]}.cjs`, external: true }
      : undefined)
    onResolve({ filter: /^semver$/ }, ({ resolveDir }) => ({ path: 'semver', namespace: 'late', pluginData: resolveDir }))
    onLoad({ filter: /./, namespace: 'late' }, ({ pluginData: resolveDir }) => ({ contents: SEMVER, resolveDir }))
  }
}

/** Writes the files, and returns the paths of their sources for the licences. */
export async function bundleLibraries (options, dist) {
  const { metafile } = await build({
    ...options,
    entryPoints: Object.entries(LIBRARIES).map(([path, out]) => ({ in: path, out })),
    outdir: join(dist, FOLDER),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    metafile: true
  })
  return Object.keys(metafile.inputs)
}
