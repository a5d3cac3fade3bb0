#!/usr/bin/env node
// The command of the package. In a checkout, which has tools/, it first builds what has changed.
import { existsSync } from 'node:fs'

const build = new URL('../tools/build/changes.mjs', import.meta.url)
if (existsSync(build)) {
  const { buildChanges } = await import(build)
  await buildChanges()
}
await import('../dist/cli.js')
