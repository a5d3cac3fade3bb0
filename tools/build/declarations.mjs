// Type declarations, which only the TypeScript compiler can write.

import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DIST, ROOT } from './program.mjs'

/** Copies the declarations of src/ from the compiler's output to dist/. The compiler does not delete those of deleted sources. */
export async function copyDeclarations (folder) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const module = /^(.+?)\.d\.ts$/.exec(entry.name)?.[1]
    const below = entry.parentPath.slice(folder.length)
    if (module === undefined || !existsSync(join(ROOT, 'src', below, `${module}.ts`))) continue
    await mkdir(join(DIST, below), { recursive: true })
    await copyFile(join(entry.parentPath, entry.name), join(DIST, below, entry.name))
  }
}
