/** The GitHub Action: it starts an emulator that outlives its step, and collects what happened. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { packagePath } from '../src/root.js'
import { COMMAND, connect, temporaryFolder } from './processes.js'

interface Action {
  inputs?: Record<string, { default?: string }>
  outputs?: Record<string, { value: string }>
  runs: { steps: Array<{ run?: string, env?: Record<string, string> }> }
}

const action = parse(readFileSync(packagePath('action.yml'), 'utf8')) as Action

/** Runs a script of an action with the inputs of a workflow. */
async function step (test: Test, script: string, folder: string, inputs: Record<string, string> = {}) {
  const files = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_ENV: join(folder, 'env') }
  for (const file of Object.values(files)) writeFileSync(file, '')
  const values = Object.entries(action.inputs ?? {}).map(([name, { default: fallback = '' }]) =>
    [`INPUT_${name.toUpperCase().replaceAll('-', '_')}`, inputs[name] ?? fallback])
  const result = await promisify(execFile)('bash', [packagePath('tools', 'action', script)], {
    env: {
      PATH: process.env['PATH'], RUNNER_TEMP: folder, DODO_EMULATOR_COMMAND: `${process.execPath} ${COMMAND}`, ...files, ...Object.fromEntries(values)
    }
  }).catch((error: { code: number, stdout: string }) => error)
  const read = (file: string) => Object.fromEntries(readFileSync(file, 'utf8').trim().split('\n').map(line => line.split(/=(.*)/s).slice(0, 2))) as Record<string, string>
  return { code: 'code' in result ? result.code : 0, stdout: result.stdout, outputs: read(files.GITHUB_OUTPUT), variables: read(files.GITHUB_ENV) }
}

t.test('passes every input to the script, and its outputs on', async t => {
  const [start] = action.runs.steps
  t.strictSame(Object.values(start?.env ?? {}), Object.keys(action.inputs ?? {}).map(name => `\${{ inputs.${name} }}`))
  t.strictSame(Object.values(action.outputs ?? {}).map(({ value }) => value),
    Object.keys(action.outputs ?? {}).map(name => `\${{ steps.start.outputs.${name} }}`))
})

t.test('starts an emulator for the following steps, and collects what happened', async t => {
  const folder = temporaryFolder(t)
  const started = await step(t, 'start.sh', folder, {
    port: '0', 'webhook-url': 'http://127.0.0.1:9/', arguments: '--tax off --public-url "http://shop.example/a b"'
  })
  t.equal(started.code, 0, started.stdout)
  const { url = '', port, 'webhook-key': key } = started.outputs
  t.strictSame(Object.keys(started.outputs).sort(), Object.keys(action.outputs ?? {}).sort())
  t.equal(url, `http://localhost:${port}`)
  t.match(key, /^whsec_/)
  t.match(started.stdout, `::add-mask::${key}`)
  t.strictSame(started.variables, {
    DODO_PAYMENTS_BASE_URL: url, DODO_PAYMENTS_API_KEY: 'test', DODO_EMULATOR_URL: url, DODO_PAYMENTS_WEBHOOK_KEY: key
  })
  const { json: payment } = await connect(t, url).pay({
    billing: { country: 'DE' }, customer: { email: 'a@example.com' }, payment_link: true, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }]
  })
  t.equal(payment.total_amount, 1999, 'the arguments arrive')
  t.match(payment.payment_link, /^http:\/\/shop\.example\/a%20b\//)
  const { process_id: id } = JSON.parse(readFileSync(join(folder, 'dodo-emulator/start.json'), 'utf8')) as { process_id: number }
  t.teardown(() => { process.kill(id) })
  t.equal((await step(t, 'collect.sh', folder)).code, 0)
  t.match(readFileSync(join(folder, 'dodo-emulator/requests.json'), 'utf8'), payment.payment_id)
})

t.test('fails with the reason', async t => {
  const { code, stdout } = await step(t, 'start.sh', temporaryFolder(t), { port: '80.5' })
  t.equal(code, 1)
  t.match(stdout, /--port: must be a whole number[^]*::error::/)
})

t.test('collects what happened, without keys', async t => {
  const folder = temporaryFolder(t)
  t.equal((await step(t, 'collect.sh', folder)).code, 1, 'not before a start')
  const kept = join(folder, 'dodo-emulator')
  mkdirSync(kept)
  writeFileSync(join(kept, 'port'), '1')
  writeFileSync(join(kept, 'start.json'), '{"webhook_key":"whsec_secret"}')
  t.equal((await step(t, 'collect.sh', folder)).code, 0, 'also after the emulator has ended')
  t.notOk(existsSync(join(kept, 'start.json')))
  t.match(readFileSync(join(kept, 'emulator.log'), 'utf8'), 'no emulator answers')
})
