/** The types of the package as its users see them: complete, and without types of bundled libraries. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { OPTIONS } from '../src/config/config.js'
import { packagePath } from '../src/root.js'
import { temporaryFolder } from './processes.js'

const DIST = packagePath('dist')

const RUNNERS = ['vitest', 'jest', 'playwright', 'matchers', 'testcontainers', 'vitest-global-setup', 'jest-global-setup', 'jest-global-teardown']
  .map(name => `runners/${name}`)

interface Declarations {
  /** Below dist/. */
  files: string[]
  /** Names outside of dist/: packages, and parts of the compiler's library. */
  packages: string[]
  libraries: string[]
}

/** Every declaration file that an entry point reaches. */
function reached (entrance: string): Declarations {
  const files = new Set<string>()
  const packages = new Set<string>()
  const libraries = new Set<string>()
  const follow = (file: string): void => {
    if (files.has(file)) return
    files.add(file)
    const { importedFiles, typeReferenceDirectives, libReferenceDirectives } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true)
    for (const { fileName } of typeReferenceDirectives) packages.add(fileName)
    for (const { fileName } of libReferenceDirectives) libraries.add(fileName)
    for (const { fileName } of importedFiles) {
      if (fileName.startsWith('.')) follow(join(dirname(file), fileName.replace(/\.js$/, '.d.ts')))
      else packages.add(fileName)
    }
  }
  follow(join(DIST, entrance))
  return { files: [...files].map(file => relative(DIST, file)), packages: [...packages], libraries: [...libraries] }
}

const CONSUMER = `
import { connect, start, EmulatorError, SetupError, type Emulator, type Event, type StartOptions } from 'dodo-emulator'

const options: StartOptions = {
  port: 0, linkLifetime: '2h', refundDelay: 1500, tax: false, apiKeys: ['one'], deniedCountries: ['AI'], seed: 42,
  webhookRetrySchedule: [0, '5s'], clock: { now: new Date(0), frozen: true }, host: undefined
}

export async function use (): Promise<string> {
  await using emulator: Emulator = await start(options)
  const { status, total_amount: total } = await emulator.pay('pay_1', { outcome: 'failed', error_code: 'GENERIC_DECLINE' })
  const event: Event = await emulator.waitForEvent('payment.succeeded', { timeout: '1s' })
  const next = await emulator.waitForEvent(({ type }) => type === 'refund.succeeded', { since: event })
  const large = await emulator.waitForEvent('payment.succeeded', event => event.body.data.total_amount > 1000, { timeout: '1s' })
  await emulator.waitForEvent(event => event.body.data.total_amount > 1000)
  await emulator.waitForEvent(event => event.type === 'dispute.opened' && event.body.data.amount.length > 3)
  await emulator.waitForEvent((event: Event) => event.type === 'payment.failed')
  const amounts: number[] = (await emulator.events({ type: 'refund.failed' })).map(({ body }) => body.data.amount ?? 0)
  for (const event of await emulator.events()) {
    if (event.type === 'payment.succeeded') amounts.push(event.body.data.total_amount)
    if (event.body.data.payload_type === 'Refund') amounts.push(event.body.data.amount ?? 0)
  }
  const { body: { data: { status: subscribed } } } = await emulator.trigger('subscription.active')
  const code: Event<'payment.failed'>['body']['data']['error_code'] = null
  const session = await emulator.expire('cks_1')
  const expired = await emulator.expire(session.session_id)
  await emulator.abandon('cks_1', { customer: { name: 'Ada' } })
  await emulator.pay('cks_1', { card: '4242424242424242', billing_address: { country: 'US', state: null } })
  const { status: refunded } = await emulator.settleRefund('ref_1', 'succeeded')
  await emulator.advance('2h')
  const time: number = (await emulator.now()).getTime() + total
  const found = await emulator.request<{ items: string[] }>('GET', '/payments')
  const elsewhere = connect(emulator.url)
  await elsewhere.idle()
  const own: [string, string] = [elsewhere.url, elsewhere.sandbox('other').apiKey]
  try {
    await emulator.close()
  } catch (error) {
    if (error instanceof EmulatorError) return error.code + error.details[0]?.path
    if (error instanceof SetupError) return error.message
  }
  return [
    status, next.type, refunded, time, found.items[0], emulator.webhookSecret?.length, large.body.data.customer.email, amounts,
    subscribed, code, expired.payment_id, own
  ].join()
}

// @ts-expect-error: there is no such option
start({ prot: 1 })
// @ts-expect-error: a port is no list
start({ port: [1] })
// @ts-expect-error: a duration is no boolean
start({ linkLifetime: true })
// @ts-expect-error: there is no such type of event
start().then(emulator => emulator.waitForEvent('payment.lost'))
// @ts-expect-error: a refund has no such field
start().then(emulator => emulator.waitForEvent('refund.succeeded', event => event.body.data.total_amount > 1000))
// @ts-expect-error: no event has such a field
start().then(emulator => emulator.waitForEvent(event => event.body.data.amuont > 0))
// @ts-expect-error: either a session or a payment
start().then(async emulator => (await emulator.expire('x' as string)).status)
// @ts-expect-error: there is no such detail
start().then(emulator => emulator.pay('cks_1', { costumer: {} }))
// @ts-expect-error: there is no such outcome
start().then(emulator => emulator.pay('pay_1', { outcome: 'lost' }))
`

/** A folder where only the package's declarations are installed, with a program that uses them. */
function consumer (test: Test, type: 'module' | 'commonjs' = 'module', text = CONSUMER, entrances = ['index.d.cts']): string {
  const folder = temporaryFolder(test)
  const installed = join(folder, 'node_modules', 'dodo-emulator')
  const place = (path: string, text: string) => {
    mkdirSync(dirname(join(installed, path)), { recursive: true })
    writeFileSync(join(installed, path), text)
  }
  place('package.json', readFileSync(packagePath('package.json'), 'utf8'))
  for (const file of entrances.flatMap(entrance => reached(entrance).files)) place(join('dist', file), readFileSync(join(DIST, file), 'utf8'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }))
  writeFileSync(join(folder, 'program.ts'), text)
  return folder
}

const COMPILER = packagePath('node_modules', 'typescript7', 'bin', 'tsc')

/** The errors of the compiler for a consumer's program: `program.ts(3,1): error TS2345: …`. */
async function complaints (folder: string, options: Record<string, unknown>): Promise<string[]> {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    skipDefaultLibCheck: true, // checks the declarations of the package, not those of the language
    noEmit: true,
    target: 'es2022',
    lib: ['es2022'],
    types: [],
    ...options
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [COMPILER, '--pretty', 'false', '-p', folder], { cwd: folder })
    .catch((error: { stdout: string, stderr: string }) => error)
  return `${stdout}${stderr}`.split('\n').filter(line => line !== '')
}

t.setTimeout(300_000) // the compiler runs several times

t.test('the declarations need no other package', async t => {
  t.ok(existsSync(join(DIST, 'index.d.ts')), 'built: npm run build')
  const { files, packages, libraries } = reached('index.d.ts')
  t.ok(files.length > 3)
  t.strictSame(packages, [], 'no type of a library or of Node')
  t.strictSame(libraries, ['esnext.disposable'])
  for (const entrance of ['redirect', 'handler', ...RUNNERS]) t.strictSame(reached(`${entrance}.d.ts`).packages, [], entrance)
})

const RUNNER_CONSUMER = `
import { createHandler } from 'dodo-emulator/handler'
import environment, { createGlobalSetup as jestSetup, globalTeardown } from 'dodo-emulator/jest'
import jestGlobalSetup from 'dodo-emulator/jest/global-setup'
import jestGlobalTeardown from 'dodo-emulator/jest/global-teardown'
import { fixtures, pay, type PageLike } from 'dodo-emulator/playwright'
import { startContainer } from 'dodo-emulator/testcontainers'
import { matchers, type EmulatorMatchers } from 'dodo-emulator/testing'
import { createGlobalSetup, withEmulator, type TestEmulator } from 'dodo-emulator/vitest'
import setup from 'dodo-emulator/vitest/global-setup'

interface Assertions extends EmulatorMatchers {}

export async function use (page: PageLike, emulator: TestEmulator, expected: Assertions): Promise<string> {
  const { status } = await pay(page, { card: '4242424242424242' })
  await expected.toHaveDelivered('payment.succeeded', { payment_id: 'pay_1', data: { total_amount: 1 } })
  await expected.toHaveReceivedCall({ operation: 'POST /payments', count: 1 })
  const { controlUrl } = await startContainer({ environment: { TAX: 'off' } })
  const mounted = createHandler({ path: '/dodo', tax: false })
  const { secret } = await emulator.addWebhook(mounted.url)
  return [
    status, controlUrl, secret, fixtures.emulator[1].scope, withEmulator({ seed: 1 }).emulator[1].scope, typeof createGlobalSetup({}),
    typeof matchers, typeof environment, typeof jestSetup, typeof globalTeardown, typeof jestGlobalSetup, typeof jestGlobalTeardown, typeof setup
  ].join()
}

// @ts-expect-error: there is no such event
export const wrong = (expected: Assertions) => expected.toHaveDelivered('payment.paid')
// @ts-expect-error: a mounted emulator has no port
createHandler({ path: '/dodo', port: 1 })
`

t.test('the modules for test runners compile without the types of a runner', async t => {
  const entrances = ['index', 'handler', ...RUNNERS].map(name => `${name}.d.cts`)
  for (const type of ['module', 'commonjs'] as const) {
    const folder = consumer(t, type, RUNNER_CONSUMER, entrances)
    t.strictSame(await complaints(folder, { module: 'nodenext' }), [], type)
  }
})

t.test('a program compiles with all declarations checked', async t => {
  const nodenext = { module: 'nodenext', moduleResolution: 'nodenext' }
  const bundler = { module: 'esnext', moduleResolution: 'bundler' }

  t.test('finds a wrong program', async t => {
    const folder = consumer(t, 'module', "import { start } from 'dodo-emulator'\nstart({ prot: 1 })\n")
    t.match(await complaints(folder, nodenext), [/^program\.ts\(2,\d+\): error TS2353: .*'prot'/])
  })

  t.test('with nodenext, without the types of Node', async t => {
    t.strictSame(await complaints(consumer(t), nodenext), [])
  })

  t.test('with bundler, and with the loosest options', async t => {
    t.strictSame(await complaints(consumer(t), { ...bundler, strict: false, exactOptionalPropertyTypes: false }), [])
  })

  for (const name of ['node16', 'nodenext']) {
    t.test(`as CommonJS, with ${name}`, async t => {
      t.strictSame(await complaints(consumer(t, 'commonjs'), { module: name }), [])
    })
  }

  t.test('together with the types of Node', async t => {
    const folder = consumer(t)
    mkdirSync(join(folder, 'node_modules', '@types'))
    for (const name of ['@types/node', 'undici-types']) symlinkSync(packagePath('node_modules', name), join(folder, 'node_modules', name))
    t.strictSame(await complaints(folder, { ...nodenext, types: ['node'] }), [])
  })
})

t.test('every option of start() is documented in its type', async t => {
  const folder = consumer(t, 'module', "import type { StartOptions } from 'dodo-emulator'\nexport declare const options: StartOptions\n")
  const program = ts.createProgram([join(folder, 'program.ts')], { module: ts.ModuleKind.NodeNext, lib: ['lib.es2022.d.ts'], types: [] })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(join(folder, 'program.ts'))
  const [options] = source === undefined ? [] : checker.getExportsOfModule(checker.getSymbolAtLocation(source) as ts.Symbol)
  const properties = options === undefined ? [] : checker.getPropertiesOfType(checker.getTypeOfSymbol(options))
  const documented = new Map(properties.map(property =>
    [property.name, ts.displayPartsToString(property.getDocumentationComment(checker))]))
  const names = Object.keys(OPTIONS).filter(name => name !== 'sandbox' && name !== 'clockFrozen')
  t.strictSame([...documented.keys()].sort(), names.sort())
  for (const [name, text] of documented) t.match(text, /^[A-Z].{15,}\.$/s, name)
  t.match(documented.get('linkLifetime'), /^How long a payment link can be paid .*Default: `24h`\.$/)
})

t.test('the examples of the how-to for tests compile unchanged', async t => {
  const text = readFileSync(packagePath('docs', 'how-to', 'use-in-tests.md'), 'utf8')
  const blocks = [...text.matchAll(/^```js\n(.*?)^```/gms)].map(([, block = '']) => block.replace(/^import .*\n/gm, ''))
  const inline = [...text.matchAll(/`(await (?:emulator|start)\b[^`]*)`/g)].map(([, code = '']) => code)
  t.ok(blocks.length >= 5 && inline.length >= 5)
  const program = `import DodoPayments from 'dodopayments'
import { connect, start, type Emulator } from 'dodo-emulator'
declare const client: DodoPayments, emulator: Emulator, session_id: string, payment_id: string, url: string
declare const event: Awaited<ReturnType<Emulator['events']>>[number]
${[...blocks, ...inline].map((code, index) => `export async function example${index} () {\n${code}\n}`).join('\n')}
export const used = [client, connect(url), start, session_id, payment_id, event, emulator]
`
  const folder = consumer(t, 'module', program)
  symlinkSync(packagePath('node_modules', 'dodopayments'), join(folder, 'node_modules', 'dodopayments'))
  t.strictSame(await complaints(folder, { module: 'nodenext', skipLibCheck: true, lib: ['es2022', 'dom', 'esnext.disposable'] }), [])
})

t.test('the examples of the other how-tos for programs compile', async t => {
  const pages = ['inside-your-application', 'test-with-vitest', 'test-with-jest', 'test-with-playwright', 'test-with-containers', 'matchers']
  const blocks = pages.flatMap(page => [...readFileSync(packagePath('docs', 'how-to', `${page}.md`), 'utf8').matchAll(/^```js\n(.*?)^```/gms)]
    .map(([, block = '']) => block.replace(/^import .*\n|^export \{.*\}\n|^const .* = require\(.*\n/gm, '')
      .replace(/^export default /gm, 'void ').replace(/^export /gm, '').replace(/^module\.exports = /gm, 'void ')))
  t.ok(blocks.length > 20)
  const program = `import { createHandler, type MountedEmulator } from 'dodo-emulator/handler'
import { createGlobalSetup, withEmulator } from 'dodo-emulator/vitest'
import type { TestEmulator } from 'dodo-emulator/jest'
import { fixtures, type Checkout, type PageLike } from 'dodo-emulator/playwright'
import { matchers, type EmulatorMatchers } from 'dodo-emulator/testing'
import { startContainer } from 'dodo-emulator/testcontainers'
type Assertion = EmulatorMatchers & { toBe (value: unknown): void }
type Page = PageLike & { goto (url: string): Promise<void>, getByRole (role: string, options: object): { click (): Promise<void> }, frameLocator (selector: string): PageLike }
interface Given { emulator: TestEmulator, checkout: Checkout, page: Page }
declare function expect (value: unknown): Assertion & { not: Assertion }
declare namespace expect { export function extend (given: typeof matchers): void }
declare function test (name: string, action: (given: Given) => Promise<void>): void
declare const base: { extend (given: object): typeof test }
declare const emulator: TestEmulator, payment_id: string, app: any, express: any, Hono: any, createServer: any, defineConfig: any, DodoPayments: any
declare const process: { env: Record<string, string> }
declare global { var dodo: MountedEmulator }
${blocks.map((code, index) => `export async function example${index} () {\n${code}\n}`).join('\n')}
export const used = [createHandler, createGlobalSetup, withEmulator, fixtures, matchers, startContainer, expect, test, base, emulator, payment_id]
`
  const folder = consumer(t, 'module', program, ['index', 'handler', ...RUNNERS].map(name => `${name}.d.cts`))
  t.strictSame(await complaints(folder, { module: 'nodenext', noImplicitAny: false, lib: ['es2022', 'dom', 'esnext.disposable'] }), [])
})

t.test('documentation and examples import what the package exports', async t => {
  const files = ['README.md', ...['docs', 'examples'].flatMap(folder => readdirSync(packagePath(folder), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(?:md|m?js|cjs)$/.test(name) && !name.includes('node_modules')).map(name => join(folder, name)))]
  const imports = new Set(files.flatMap(file => [...readFileSync(packagePath(file), 'utf8').matchAll(
    /^(?:import|export) (?:type )?\{ ([^}]+) \} from '(dodo-emulator[\w/-]*)'|^const \{ ([^}]+) \} = require\('(dodo-emulator[\w/-]*)'\)/gm
  )].flatMap(([, names, module, required, path]) => (names ?? required ?? '').split(', ').map(name =>
    `import { ${name.replace(/ as \w+$/, '')} as NAME } from '${module ?? path ?? ''}'`))))
  t.ok(imports.size > 10, `${imports.size} names are imported`)
  const names = [...imports].map((line, index) => line.replace('NAME', `name${index}`))
  const text = `${names.join('\n')}\nexport { ${names.map((_, index) => `name${index}`).join(', ')} }\n`
  const folder = consumer(t, 'module', text, ['index', 'handler', ...RUNNERS].map(name => `${name}.d.cts`))
  t.strictSame(await complaints(folder, { module: 'nodenext' }), [])
})

t.test('require', async t => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(packagePath(), join(folder, 'node_modules', 'dodo-emulator'))
  writeFileSync(join(folder, 'program.cjs'), `
const { start, EmulatorError, SetupError } = require('dodo-emulator')
start().then(async emulator => {
  const error = await emulator.pay('pay_x').catch(reason => reason)
  console.log(error instanceof EmulatorError, new SetupError('x').name)
  await emulator.close()
})
`)
  writeFileSync(join(folder, 'redirect.cjs'), "require('dodo-emulator/redirect')\n")
  const run = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: folder })

  t.test('returns the same as import', async t => {
    t.match((await run('program.cjs')).stdout, /^true SetupError\n$/)
    await run('redirect.cjs')
    const modules = { index: await import('../src/index.js'), handler: await import('../src/handler.js') }
    const runners = await Promise.all(RUNNERS.map(async name => [name, await import(`../src/${name}.js`) as object] as const))
    for (const [name, values] of [...Object.entries(modules), ...runners]) {
      const declared = [...readFileSync(join(DIST, `${name}.d.cts`), 'utf8').matchAll(/^export declare const (\w+)/gm)].map(([, name]) => name)
      t.strictSame(declared.sort(), Object.keys(values).filter(key => key !== 'default').sort(), `the types of ${name} name every value`)
    }
  })

  t.test('explains what to do where Node.js cannot load it', async t => {
    for (const program of ['program.cjs', 'redirect.cjs']) {
      const { stderr } = await run('--no-experimental-require-module', program).then(() => ({ stderr: '' }), (error: { stderr: string }) => error)
      t.match(stderr, /Error: dodo-emulator is an ES module, which require\(\) can't load here: load it with await import\('dodo-emulator/)
    }
  })
})
