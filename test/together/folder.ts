/** Runs the test files of a folder in one process: to load the emulator takes longer than most of them. Each runs by itself, too. */
import { readdirSync } from 'node:fs'
import t from 'tap'
import { packagePath } from '../../src/root.js'

/** Much longer than all of them take on a slow machine; each may set a time for itself when it runs alone. */
const PATIENCE_MS = 1_200_000

/** Of a folder below test/. Throws when there is none in it. */
export async function runTogether (...folders: string[]): Promise<void> {
  for (const folder of folders) {
    const files = readdirSync(packagePath('test', folder)).filter(file => file.endsWith('.test.ts')).sort()
    if (files.length === 0) throw new Error(`there is no test in ${folder}`)
    for (const file of files) {
      t.comment(folder === '.' ? file : `${folder}/${file}`)
      await import(`../${folder}/${file.replace(/\.ts$/, '.js')}`)
    }
  }
  t.setTimeout(PATIENCE_MS)
}
