/** Emulators that start from fixtures of a test. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { FixturesFile } from '../src/fixtures/document.js'
import { FixturesError } from '../src/fixtures/report.js'
import { start } from '../src/index.js'
import { temporaryFolder } from './processes.js'

export const PRICE = { type: 'one_time_price', currency: 'USD', price: 1500, discount: 0, purchasing_power_parity: false } as const

export function mug (changes: Partial<NonNullable<FixturesFile['products']>[number]> = {}) {
  return { product_id: 'pdt_mug', name: 'Mug', tax_category: 'digital_products', price: PRICE, ...changes } as const
}

/** The violations, by place. */
export async function wrong (fixtures: string | object): Promise<Record<string, string>> {
  const error = await start({ fixtures: fixtures as FixturesFile }).then(
    async emulator => { await emulator.close() }, (reason: unknown) => reason)
  if (!(error instanceof FixturesError)) throw new Error('it was accepted, or failed otherwise', { cause: error })
  return Object.fromEntries(error.violations.map(({ path, message }) => [path, message]))
}

export function file (test: Test, name: string, content: string | Buffer): string {
  const path = join(temporaryFolder(test), name)
  writeFileSync(path, content)
  return path
}
