/** The types of the package, as those see them who install it: whole, and without the types of the libraries inside. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { packagePath } from '../src/root.js'
import { temporaryFolder } from './processes.js'

const DIST = packagePath('dist')

interface Declarations {
  /** Below dist/. */
  files: string[]
  /** What they name outside of dist/: packages, and parts of the compiler's library. */
  packages: string[]
  libraries: string[]
}

/** Every declaration file that an entrance reaches. */
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
  const { status: refunded } = await emulator.settleRefund('ref_1', 'succeeded')
  await emulator.advance('2h')
  const time: number = (await emulator.now()).getTime() + total
  const found = await emulator.request<{ items: string[] }>('GET', '/payments')
  await connect(emulator.url).idle()
  try {
    await emulator.close()
  } catch (error) {
    if (error instanceof EmulatorError) return error.code + error.details[0]?.path
    if (error instanceof SetupError) return error.message
  }
  return [status, next.type, refunded, time, found.items[0], emulator.webhookSecret?.length].join()
}

// @ts-expect-error: there is no such option
start({ prot: 1 })
// @ts-expect-error: a port is no list
start({ port: [1] })
// @ts-expect-error: a duration is no boolean
start({ linkLifetime: true })
// @ts-expect-error: there is no such type of event
start().then(emulator => emulator.waitForEvent('payment.lost'))
// @ts-expect-error: there is no such outcome
start().then(emulator => emulator.pay('pay_1', { outcome: 'lost' }))
`

/** A folder with the package's declarations alone installed, and a program that uses them. */
function consumer (test: Test): string {
  const folder = temporaryFolder(test)
  const installed = join(folder, 'node_modules', 'dodo-emulator')
  const place = (path: string, text: string) => {
    mkdirSync(dirname(join(installed, path)), { recursive: true })
    writeFileSync(join(installed, path), text)
  }
  place('package.json', readFileSync(packagePath('package.json'), 'utf8'))
  for (const file of reached('index.d.ts').files) place(join('dist', file), readFileSync(join(DIST, file), 'utf8'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'program.ts'), CONSUMER)
  return folder
}

function complaints (folder: string, options: ts.CompilerOptions): string[] {
  const program = ts.createProgram([join(folder, 'program.ts')], {
    strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true, target: ts.ScriptTarget.ES2022, lib: ['lib.es2022.d.ts'], types: [], ...options
  })
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) =>
    `${file === undefined ? '' : relative(folder, file.fileName)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
}

t.test('the declarations stand by themselves', async t => {
  t.ok(existsSync(join(DIST, 'index.d.ts')), 'built: npm run build')
  const { files, packages, libraries } = reached('index.d.ts')
  t.ok(files.length > 3)
  t.strictSame(packages, [], 'no type of a library, nor of Node')
  t.strictSame(libraries, ['esnext.disposable'])
  t.strictSame(reached('redirect.d.ts').packages, [])
})

t.test('a program compiles with all declarations checked', async t => {
  const { ModuleKind, ModuleResolutionKind } = ts
  const nodenext = { module: ModuleKind.NodeNext, moduleResolution: ModuleResolutionKind.NodeNext }
  const bundler = { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler }

  t.test('with nodenext, without the types of Node', async t => {
    t.strictSame(complaints(consumer(t), nodenext), [])
  })

  t.test('with bundler, and as loosely as programs are compiled', async t => {
    t.strictSame(complaints(consumer(t), { ...bundler, strict: false, exactOptionalPropertyTypes: false }), [])
  })

  t.test('beside the types of Node', async t => {
    const folder = consumer(t)
    mkdirSync(join(folder, 'node_modules', '@types'))
    for (const name of ['@types/node', 'undici-types']) symlinkSync(packagePath('node_modules', name), join(folder, 'node_modules', name))
    t.strictSame(complaints(folder, { ...nodenext, types: ['node'] }), [])
  })
})
