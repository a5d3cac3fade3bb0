// The published sample of POST /payments, unchanged, in its own process.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { start } from 'dodo-emulator'

const run = promisify(execFile)
let emulator

before(async () => { emulator = await start() })
after(() => emulator.close())

test('the published sample creates a payment', async () => {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'sample.js')], {
    env: { ...process.env, DODO_PAYMENTS_BASE_URL: emulator.url, DODO_PAYMENTS_API_KEY: 'test' }
  })
  assert.match(stdout, /^pay_\w+\n$/)
})
