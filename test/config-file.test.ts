/** The configuration file: finding it, its values, their precedence, and the commands that write and print it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t, { type Test } from 'tap'
import { OPTIONS, readConfig, type OptionName } from '../src/config/config.js'
import { readConfigFile } from '../src/commands/config-file.js'
import { targetOf } from '../src/commands/target.js'
import { UsageError } from '../src/errors.js'
import { packageJson } from '../src/root.js'
import { parse } from 'yaml'
import { writeConfig } from '../src/commands/init.js'
import { fakes, run } from './command-runs.js'
import { connect, runToEnd, startProcess, temporaryFolder } from './processes.js'

/** A folder with files. */
function folderWith (test: Test, files: Record<string, string>): string {
  const folder = temporaryFolder(test)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

t.test('is found', async t => {
  const at = async (files: Record<string, string>, place = '.', flag?: string) => {
    const folder = folderWith(t, { 'inner/deep/x': '', ...files })
    return { folder, file: await readConfigFile(flag, {}, join(folder, place)) }
  }
  for (const [name, text] of [
    ['dodo-emulator.config.json', '{"port":4555,"tax":false}'],
    ['dodo-emulator.config.yaml', 'port: 4555\ntax: off\n'],
    ['dodo-emulator.config.yml', '{ port: "4555", tax: false }'],
    ['dodo-emulator.config.mjs', 'export default { port: 4555, tax: false }'],
    ['dodo-emulator.config.js', 'module.exports = { port: 4555, tax: false }']
  ] as const) {
    const { folder, file } = await at({ [name]: text }, 'inner/deep')
    t.match(file, { path: join(folder, name), texts: { port: '4555', tax: 'off' }, fixtures: null }, name)
  }
  const nested = { 'dodo-emulator.config.json': '{"port":1}', 'inner/dodo-emulator.config.json': '{"port":2}' }
  t.match((await at(nested, 'inner/deep')).file, { texts: { port: '2' } }, 'the nearest')
  t.match((await at(nested, 'inner', '../dodo-emulator.config.json')).file, { texts: { port: '1' } }, 'unless another is named')
  t.equal((await at(nested, 'inner', 'none')).file, null)
  const { folder } = await at(nested)
  t.match(await readConfigFile(undefined, { DODO_EMULATOR_CONFIG: 'inner/dodo-emulator.config.json' }, folder), { texts: { port: '2' } })
  t.equal(await readConfigFile(undefined, { DODO_EMULATOR_CONFIG: 'none' }, folder), null)
})

t.test('has the values of the command line', async t => {
  const folder = folderWith(t, {
    'dodo-emulator.config.yaml': `
    $schema: ignored
    database: data/shop.db
    fixtures: [shop.yaml, /absolute.yaml]
    fromSnapshot: x.db
    linkLifetime: 1500
    webhookRetrySchedule: [0, 1s, 2000]
    apiKeys: [a, b]
    control: true
    seed: 7
    controlKey:
  `
  })
  const file = await readConfigFile(undefined, {}, folder)
  t.strictSame(file?.texts, {
    database: join(folder, 'data/shop.db'),
    fixtures: `${join(folder, 'shop.yaml')},/absolute.yaml`,
    fromSnapshot: join(folder, 'x.db'),
    linkLifetime: '1500ms',
    webhookRetrySchedule: '0ms,1s,2000ms',
    apiKeys: 'a,b',
    control: 'on',
    seed: '7'
  })
  t.match(readConfig({}, {}, { file }), { linkLifetime: 1500, webhookRetrySchedule: [0, 1000, 2000], apiKeys: new Set(['a', 'b']) })
  const special = folderWith(t, { 'dodo-emulator.config.json': '{"database":":memory:","fixtures":"none"}' })
  t.match((await readConfigFile(undefined, {}, special))?.texts, { database: ':memory:', fixtures: 'none' })
})

t.test('a flag wins over the environment, that over the file, and that over the default', t => {
  const texts = { flag: '1', environment: '2', file: '3', default: OPTIONS.port.fallback }
  for (const [given, wins] of [
    [['flag', 'environment', 'file'], 'flag'], [['flag', 'file'], 'flag'], [['flag', 'environment'], 'flag'], [['flag'], 'flag'],
    [['environment', 'file'], 'environment'], [['environment'], 'environment'], [['file'], 'file'], [[], 'default']
  ] as Array<[string[], keyof typeof texts]>) {
    const has = (origin: keyof typeof texts) => given.includes(origin)
    const flags = has('flag') ? { port: texts.flag } : {}
    const env = has('environment') ? { PORT: texts.environment } : { PORT: '' }
    const file = { path: 'x', texts: has('file') ? { port: texts.file } : {}, fixtures: null }
    t.equal(readConfig(flags, env, { file }).port, Number(texts[wins]), given.join(' '))
    t.equal(targetOf(flags, env, file).url, `http://127.0.0.1:${texts[wins]}`, `a command: ${given.join(' ')}`)
  }
  const file = { path: 'x', texts: { port: '0', controlKey: 'k' }, fixtures: null }
  t.match(targetOf({}, {}, file), { url: 'http://127.0.0.1:4010', controlKey: 'k' }, 'port 0 is no address')
  t.end()
})

t.test('is refused with the place and the change to make', async t => {
  for (const [files, complaint] of [
    [{ 'dodo-emulator.config.yaml': 'port: 1\nwebookUrl: http://x\n' }, /\.yaml:2: there is no option "webookUrl": did you mean webhookUrl\?/],
    [{ 'dodo-emulator.config.json': '{"link-lifetime":"1h"}' }, /there is no option "link-lifetime": did you mean linkLifetime\?/],
    [{ 'dodo-emulator.config.json': '{"zzzzzz":1}' }, /there is no option "zzzzzz"; see docs\/options\.md/],
    [{ 'dodo-emulator.config.json': '{"port":"x"}' }, /\.json: port: must be a whole number from 0 to 65535, not "x"$/],
    [{ 'dodo-emulator.config.json': '{"port":{}}' }, /port must be a text, a number/],
    [{ 'dodo-emulator.config.json': '[]' }, /must contain an object/],
    [{ 'dodo-emulator.config.json': '{' }, /dodo-emulator\.config\.json/],
    [{ 'dodo-emulator.config.mjs': 'export const port = 1' }, /must have a default export/],
    [{ 'dodo-emulator.config.mjs': 'throw new Error("broken")' }, /can't be loaded: broken/],
    [{ 'dodo-emulator.config.json': '{}', 'dodo-emulator.config.yml': '' }, /contains dodo-emulator\.config\.yml and dodo-emulator\.config\.json/]
  ] as Array<[Record<string, string>, RegExp]>) {
    const folder = folderWith(t, files)
    const reading = async () => readConfig({}, {}, { file: await readConfigFile(undefined, {}, folder) })
    const error: unknown = await reading().catch(error => error)
    t.ok(error instanceof UsageError, String(error))
    t.match((error as Error).message, complaint)
  }
  const folder = folderWith(t, { 'dodo-emulator.config.yaml': 'port: 0\nfixtures:\n  products:\n    - name: 1\n' })
  const { code, stderr } = await runToEnd(t, ['start'], { folder })
  t.match([code, stderr], [1, /^dodo-emulator: .*dodo-emulator\.config\.yaml can't be used:\n {2}line 4: products\[0\]/])
})

t.test('start, exec and the other commands use it', async t => {
  const folder = folderWith(t, {
    'dodo-emulator.config.yaml': `
database: ':memory:'
controlKey: opensesame
apiKeys: first
fixtures:
  customers:
    - { customer_id: cus_mine, name: Mine, email: mine@example.com }
`
  })
  const emulator = await startProcess(t, [], { folder })
  const { json } = await connect(t, emulator.url).send<{ name: string }>('GET', '/customers/cus_mine', undefined, { authorization: 'Bearer first' })
  t.equal(json.name, 'Mine')
  const port = ['--port', String(emulator.port)]
  t.equal((await runToEnd(t, ['clock', ...port], { folder })).code, 0, 'with the control key')
  t.match(await runToEnd(t, ['clock', ...port, '--config', 'none'], { folder }), { code: 1, stderr: 'x-emulator-key' })
  const program = 'fetch(process.env.DODO_PAYMENTS_BASE_URL + "/customers", { headers: { authorization: "Bearer first" } })' +
    '.then(reply => reply.json()).then(({ items }) => console.log(items.length))'
  const executed = (...options: string[]) => runToEnd(t, ['exec', ...options, '--', process.execPath, '-e', program], { folder })
  t.equal((await executed()).stdout, '1\n')
  t.equal((await executed('--fixtures', 'none')).stdout, '0\n', 'a flag replaces the data of the file')
})

t.test('init writes a file that works and matches the schema', async t => {
  const folder = temporaryFolder(t)
  const schema = new Ajv2020({ strict: false, formats: { 'date-time': true, uri: true, email: true, int32: true, int64: true, double: true, float: true } })
    .addSchema(packageJson<object>('fixtures', 'schema.gen.json'), 'schema.gen.json')
    .compile(packageJson<object>('fixtures', 'config.schema.gen.json'))
  const init = (...args: string[]) => run(['init', ...args], { local: { ...fakes(), init: writeConfig } })
  for (const name of ['dodo-emulator.config.yaml', 'other.json']) {
    const path = join(folder, name)
    t.match(await init(path), { code: 0, stderr: '', stdout: `wrote ${path}` })
    const text = readFileSync(path, 'utf8')
    t.ok(schema(parse(text)), JSON.stringify(schema.errors))
    t.match(await init(path), { code: 1, stderr: 'already exists: replace it with --force' })
    t.equal(readFileSync(path, 'utf8'), text)
    writeFileSync(path, '')
    t.equal((await init(path, '--force')).code, 0)
    t.equal(readFileSync(path, 'utf8'), text)
  }
  t.match(await init(join(folder, 'dodo-emulator.config.json')), { code: 1, stderr: 'a folder can have one configuration file' })
  const yaml = readFileSync(join(folder, 'dodo-emulator.config.yaml'), 'utf8')
  for (const name of Object.keys(OPTIONS)) t.match(yaml, `${name}: `)
  const uncommented = yaml.replace(/^# (\w+: .*)$/gm, (line, option: string) => option.startsWith('fixtures') || option.includes("'<") ? line : option)
  writeFileSync(join(folder, 'dodo-emulator.config.yaml'), uncommented)
  t.strictSame(readConfig({}, {}, { file: await readConfigFile(undefined, {}, folder) }).linkLifetime, readConfig({}, {}).linkLifetime, 'comments are valid')
  t.match((await runToEnd(t, ['start', '--port', '0', '--print-config'], { folder })), { code: 0, stdout: `configuration file: ${folder}` })
  t.notOk(schema({ prot: 1 }))
  t.ok(schema({ tax: true, refundDelay: 5, apiKeys: ['a'], fixtures: ['a.yaml'] }))
})

t.test('start --print-config prints each option with its origin, and masks secrets', async t => {
  const folder = folderWith(t, {
    'dodo-emulator.config.json': JSON.stringify({
      controlKey: 'opensesame-and-more', webhookUrl: 'http://user:password@localhost/hook', tax: false, fixtures: { customers: [] }
    })
  })
  const print = async (...args: string[]) =>
    await runToEnd(t, ['start', '--print-config', '--port', '5', ...args], { folder, env: { HOST: '::1', API_KEYS: 'secret-one,secret-two' } })
  const { code, stdout } = await print('--json')
  const { file, options } = JSON.parse(stdout) as { file: string, options: Record<OptionName, { value: string, from: string, source: string }> }
  t.strictSame([code, file, Object.keys(options)], [0, join(folder, 'dodo-emulator.config.json'), Object.keys(OPTIONS)])
  t.match(options, {
    port: { value: '5', from: 'flag', source: '--port' },
    host: { value: '::1', from: 'environment', source: 'HOST' },
    tax: { value: 'off', from: 'file', source: file },
    fixtures: { value: '(in the file)', from: 'file' },
    linkLifetime: { value: '24h', from: 'default', source: null },
    seed: { value: null, from: 'default' }
  })
  for (const secret of ['opensesame-and-more', 'password', 'secret-one', 'secret-two']) t.notMatch(stdout, secret)
  t.match((await print()).stdout, /^configuration file: .*\nport +5 {2}flag --port\nhost +::1 {2}environment HOST\n/)
})
