// Builds what has changed since the last build, from src/ and without a type check, in about a second. Loads the builders only if
// something has changed.

import { mkdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isStale, ROOT } from './inputs.mjs'

const LOCK = join(ROOT, '.build/lock')
/** Longer than a build takes. A process that has held the lock for longer was killed. */
const LOCK_LIFETIME_MS = 60_000

export async function buildChanges () {
  if (!['program', 'vendor', 'validators', 'data'].some(isStale)) return
  await lock()
  try {
    // Another process may have built it in the meantime.
    const [program, vendor] = [isStale('program'), isStale('vendor')]
    const { bundleProgram } = await import('./program.mjs')
    const { buildVendor } = await import('./vendor.mjs')
    await Promise.all([program && bundleProgram(), vendor && buildVendor()])
    if (isStale('validators')) {
      const { buildValidators } = await import('./validators.mjs')
      await buildValidators()
    }
    const { buildData } = await import('./data.mjs')
    if (isStale('data')) await buildData()
  } finally {
    rmSync(LOCK, { recursive: true, force: true })
  }
}

/** Only one process builds at a time, so that commands that start together do not read incomplete files. */
async function lock () {
  mkdirSync(dirname(LOCK), { recursive: true })
  for (;;) {
    try {
      mkdirSync(LOCK)
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const { mtimeMs = 0 } = statSync(LOCK, { throwIfNoEntry: false }) ?? {}
    if (Date.now() - mtimeMs > LOCK_LIFETIME_MS) rmSync(LOCK, { recursive: true, force: true })
    else await wait(50)
  }
}
