// Builds the package into dist/: the bundled program, its type declarations, and the vendored files.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { buildData } from './build/data.mjs'
import { copyDeclarations } from './build/declarations.mjs'
import { bundleProgram, DIST, ROOT } from './build/program.mjs'
import { buildValidators } from './build/validators.mjs'
import { buildVendor } from './build/vendor.mjs'

/** The native compiler, in a quarter of the time. ESLint and the tools that read source need the API of TypeScript 5. */
const TSC = join(ROOT, 'node_modules/typescript7/bin/tsc')

// Renamed and deleted files must not stay in the package. `npm run site` writes the guide.
for (const name of await readdir(DIST).catch(() => [])) {
  if (name !== 'guide') await rm(join(DIST, name), { recursive: true })
}
// The compiler takes longer than everything else, so it runs in parallel.
const [isCompiled] = await Promise.all([compile(), Promise.all([buildVendor(), buildValidators(), bundleProgram()]).then(buildData)])
if (!isCompiled) process.exit(1)
await copyDeclarations(join(ROOT, '.build/declarations/src'))

/** Runs in its own process, because the compiler would block this one. It keeps its state in .build/ for the next run. */
async function compile () {
  const child = spawn(process.execPath, [TSC, '-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  return code === 0
}
