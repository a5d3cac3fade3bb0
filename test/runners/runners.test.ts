/** The modules for test runners, called as the runners call them. The examples use them in the runners themselves. */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { connect, start } from '../../src/index.js'
import { packagePath } from '../../src/root.js'
import { createGlobalSetup as jestSetup, globalTeardown, EmulatorEnvironment } from '../../src/runners/jest.js'
import { fixtures } from '../../src/runners/playwright.js'
import { startContainer, type ContainerLike, type Testcontainers } from '../../src/runners/testcontainers.js'
import { createGlobalSetup, withEmulator } from '../../src/runners/vitest.js'
import type { EmulatorOptions, TestEmulator } from '../../src/runners/emulator.js'
import { temporaryFolder } from '../processes.js'
import { startReceiver } from '../receiver.js'

const VARIABLES = ['DODO_EMULATOR_URL', 'DODO_PAYMENTS_BASE_URL', 'DODO_PAYMENTS_API_KEY', 'DODO_PAYMENTS_WEBHOOK_KEY']
const variables = () => VARIABLES.map(name => process.env[name])

/** Runs a fixture as the runners do. */
async function useFixture (
  [open]: [(given: { emulatorOptions: EmulatorOptions }, use: (emulator: TestEmulator) => Promise<void>) => Promise<void>, object],
  options: EmulatorOptions, action: (emulator: TestEmulator) => Promise<void>
): Promise<void> {
  let isUsed = false
  await open({ emulatorOptions: options }, async emulator => {
    isUsed = true
    await action(emulator)
  })
  t.equal(isUsed, true)
}

t.test('vitest: a file has an emulator of its own, or a sandbox of the run\'s', async t => {
  const { emulator: fixture, emulatorOptions } = withEmulator({ seed: 1 })
  t.strictSame([emulatorOptions, fixture[1]], [[{ seed: 1 }, { scope: 'file' }], { scope: 'file' }])
  let first = ''
  await useFixture(fixture, {}, async ({ url, now }) => {
    first = url
    await now()
  })
  await t.rejects(connect(first).now(), { code: 'ECONNREFUSED' }, 'closed after the file')

  const before = variables()
  const close = await createGlobalSetup({ webhookUrl: (await startReceiver(t)).url })()
  const [url = '', baseUrl, apiKey, webhookKey] = variables()
  t.match([baseUrl, apiKey, webhookKey], [url, 'test', /^whsec_/])
  const names = async () => (await connect(url).request<{ items: Array<{ name: string }> }>('GET', '/_emulator/sandboxes')).items.map(({ name }) => name)
  await useFixture(fixture, {}, async emulator => {
    t.match(emulator.url, `${url}/~test-`)
    await emulator.request('POST', '/payments', SALE)
    t.equal((await names()).length, 2)
    t.strictSame(await connect(url).requests(), [], 'other files do not see its calls')
    await useFixture(fixture, {}, async other => { t.not(other.url, emulator.url) })
  })
  t.strictSame(await names(), ['default'], 'the sandbox is deleted')
  await useFixture(fixture, { settlementDelay: '1s' }, async emulator => { t.notOk(emulator.url.startsWith(url), 'options need an own emulator') })
  await useFixture(fixture, { url, webhookUrl: 'http://127.0.0.1:9/webhook' }, async ({ webhookSecret }) => { t.match(webhookSecret, /^whsec_/) })
  await t.rejects(useFixture(fixture, { url, tax: false }, async () => {}), { message: /^url: leave out tax/ })
  await close()
  t.strictSame(variables(), before, 'the environment is restored')
  await t.rejects(connect(url).now(), { code: 'ECONNREFUSED' })
})

t.test('an endpoint can be added when its URL is known', async t => {
  const receiver = await startReceiver(t)
  await useFixture(withEmulator().emulator, {}, async emulator => {
    const { id, secret } = await emulator.addWebhook(receiver.url)
    t.match([id, secret], [/^(?:ep|whk|we)_|\w/, /^whsec_/])
    await emulator.trigger('payment.succeeded')
    await emulator.idle()
    t.strictSame(receiver.types(), ['payment.succeeded'])
  })
})

const SALE = { billing: { country: 'US' }, customer: { customer_id: 'cus_ada' }, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] }

/** A project with a stand-in for jest's environment. */
function jestProject (test: Test): string {
  const folder = temporaryFolder(test)
  const installed = join(folder, 'node_modules', 'jest-environment-node')
  mkdirSync(installed, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{}')
  writeFileSync(join(installed, 'index.js'), `exports.TestEnvironment = class {
    constructor (config, context) { this.global = { process: { env: {} } }; this.given = [config, context]; this.steps = [] }
    async setup () { this.steps.push('setup') }
    async teardown () { this.steps.push('teardown') }
    getVmContext () { return this.steps }
  }`)
  return folder
}

t.test('jest: the environment wraps that of the project', async t => {
  const rootDir = jestProject(t)
  const config = { projectConfig: { rootDir, testEnvironmentOptions: { emulator: { seed: 7 } } } }
  const environment = new EmulatorEnvironment(config, {}) as InstanceType<typeof EmulatorEnvironment> & { steps: string[], getVmContext (): unknown }
  await environment.setup()
  const { emulator, process: { env } } = environment.global as { emulator: TestEmulator, process: { env: Record<string, string> } }
  t.match(env, { DODO_PAYMENTS_BASE_URL: emulator.url, DODO_PAYMENTS_API_KEY: emulator.apiKey })
  await emulator.request('POST', '/payments', SALE)
  t.strictSame(environment.getVmContext(), ['setup'], 'other methods are those of the wrapped one')
  await environment.teardown()
  t.strictSame(environment.steps, ['setup', 'teardown'])
  await t.rejects(emulator.now(), { code: 'ECONNREFUSED' })
  const other = { projectConfig: { rootDir, testEnvironmentOptions: { environment: 'jest-environment-jsdom' } } }
  t.throws(() => new EmulatorEnvironment(other, {}), { message: /npm install --save-dev jest-environment-jsdom$/ })
})

t.test('jest: the global set-up is closed by the teardown, which is another module', async t => {
  const before = variables()
  await jestSetup()()
  const [url = ''] = variables()
  t.ok(await connect(url).now())
  await globalTeardown()
  t.strictSame(variables(), before)
  await t.rejects(connect(url).now(), { code: 'ECONNREFUSED' })
  await globalTeardown()
})

t.test('playwright: the fixture uses the emulator of the application', async t => {
  const { emulator: [, options], emulatorOptions } = fixtures
  t.strictSame([options, emulatorOptions], [{ scope: 'worker' }, [{}, { scope: 'worker', option: true }]])
  const running = await start()
  t.teardown(() => running.close())
  await useFixture(fixtures.emulator, { url: running.url, webhookUrl: 'http://127.0.0.1:9/webhook' }, async emulator => {
    t.equal(emulator.url, running.url, 'in the same sandbox')
    t.equal((await running.request<{ data: unknown[] }>('GET', '/webhooks')).data.length, 1)
  })
  t.equal((await running.request<{ data: unknown[] }>('GET', '/webhooks')).data.length, 0, 'the endpoint of the worker is removed')
  // Both runners read the names of a fixture's dependencies from its text.
  for (const fixture of [fixtures.emulator[0], fixtures.checkout, withEmulator().emulator[0]]) t.match(String(fixture), /^(?:async )?(?:checkout)?\s*\(\{/)
})

t.test('testcontainers: the image gets its options, and is waited for', async t => {
  const running = await start({ controlKey: 'secret' })
  t.teardown(() => running.close())
  const steps: unknown[] = []
  const step = (name: string) => (...values: unknown[]) => {
    steps.push([name, ...values])
    return container
  }
  const { hostname, port } = new URL(running.url)
  const container = {
    withExposedPorts: step('ports'),
    withEnvironment: step('environment'),
    withWaitStrategy: step('wait'),
    withStartupTimeout: step('timeout'),
    start: async () => ({ getHost: () => hostname, getMappedPort: () => Number(port), stop: async () => { steps.push('stop') } })
  } as unknown as ContainerLike
  const testcontainers = {
    GenericContainer: function (image: string) { return Object.assign(container, { image }) },
    Wait: { forHttp: (path: string, port: number) => ({ forStatusCode: (status: number) => ({ path, port, status }) }) }
  } as unknown as Testcontainers
  const emulator = await startContainer({
    image: 'registry/dodo', environment: { CONTROL_KEY: 'secret' }, testcontainers, configure: given => Object.assign(given, { reuse: true })
  })
  t.match(container, { image: 'registry/dodo', reuse: true })
  t.match(emulator, { baseUrl: running.url, controlUrl: `${running.url}/_emulator`, url: running.url })
  t.ok(await emulator.now(), 'with the key of the control API')
  await emulator.stop()
  t.strictSame(steps, [
    ['ports', 4010], ['environment', { DATABASE: ':memory:', CONTROL_HOSTS: '*', CONTROL_KEY: 'secret' }],
    ['wait', { path: '/_emulator/health', port: 4010, status: 200 }], ['timeout', 60_000], 'stop'
  ])
  await t.rejects(startContainer(), { message: 'dodo-emulator/testcontainers needs testcontainers: npm install --save-dev testcontainers' })
})

t.test('every module loads with import and require, also where require takes no ES modules', async t => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(packagePath(), join(folder, 'node_modules', 'dodo-emulator'))
  const { exports: all } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { exports: Record<string, { default?: string }> }
  const names = Object.entries(all).filter(([, { default: file }]) => file?.includes('/runners/')).map(([name]) => `dodo-emulator/${name.slice(2)}`)
  t.equal(names.length, 8)
  writeFileSync(join(folder, 'all.cjs'), `
const names = ${JSON.stringify(names)}
Promise.all(names.map(name => import(name))).then(async modules => {
  for (const [index, name] of names.entries()) {
    const same = Object.keys(modules[index]).every(key => typeof require(name)[key] === typeof modules[index][key])
    if (!same) throw new Error(name)
  }
  const [open] = require('dodo-emulator/vitest').withEmulator().emulator
  await open({ emulatorOptions: {} }, async emulator => { console.log(typeof await emulator.now()) })
})`)
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-experimental-require-module', 'all.cjs'], { cwd: folder })
  t.equal(stdout, 'object\n')
})
