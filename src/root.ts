/** Finds the package's data folders (openapi/, db/, fixtures/), from the code as compiled for a release or for tests. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

function findRoot (folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error('dodo-emulator is not installed completely: its package.json is missing')
  return findRoot(parent)
}

const root = findRoot(dirname(fileURLToPath(import.meta.url)))

/** The absolute path of a file or folder of the package. */
export function packagePath (...segments: string[]): string {
  return join(root, ...segments)
}

/** Reads a JSON file of the package. The caller states its type, which a test checks. */
export function packageJson<T> (...segments: string[]): T {
  return JSON.parse(readFileSync(packagePath(...segments), 'utf8')) as T
}

export const VERSION: string = packageJson<{ version: string }>('package.json').version
