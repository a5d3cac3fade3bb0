/** The control API's own document is complete, valid, and served to callers who may use the API. */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { controlContract, type Contract } from '../../src/contract/load.js'
import { controlHandlers } from '../../src/control/routes.js'
import { packagePath, VERSION } from '../../src/root.js'
import type { Sandboxes } from '../../src/sandbox/sandboxes.js'
import { startEmulator } from '../helper.js'
import { temporaryFolder } from '../processes.js'

const PATH = '/_emulator/openapi.json'
const REDOCLY = join(dirname(createRequire(import.meta.url).resolve('@redocly/cli/package.json')), 'bin/cli.js')

type Document = Contract & { servers: Array<{ url: string }> }

const namesIn = ({ paths }: Contract) => Object.entries(paths)
  .flatMap(([path, item]) => Object.keys(item).map(method => `${method.toUpperCase()} ${path}`)).sort()

t.test('answers', async t => {
  t.test('the bundled document, which is valid OpenAPI 3.1', async t => {
    const { call } = startEmulator(t)
    const { status, headers, json } = await call('GET', PATH, { key: null })
    t.equal(status, 200)
    t.match(headers['content-type'], /^application\/json/)
    t.strictSame(json, JSON.parse(readFileSync(packagePath('openapi/control.gen.json'), 'utf8')))
    const { openapi, info } = json as Document
    t.match(openapi, /^3\.1\.\d+$/)
    t.equal(info.version, VERSION, "the version is the emulator's")
    const file = join(temporaryFolder(t), 'control.json')
    writeFileSync(file, JSON.stringify(json))
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
    await t.resolves(promisify(execFile)(process.execPath, [REDOCLY, 'lint', file, '--extends', 'spec'], { env }))
  })

  t.test('every operation that exists, and no other', async t => {
    const { emulator, call } = startEmulator(t)
    const answered = new Set<string>(Object.keys(controlHandlers({ sandboxes: {} as Sandboxes })))
    emulator.app.addHook('onRoute', ({ method, url, config }) => {
      const path = url.replace(/:(\w+)/g, '{$1}')
      const operations = controlContract().operations.map(({ name }) => name as string)
      if (path === '/_emulator/*') return // the route of all operations that have a handler
      // Pages may lie below /_emulator too. Other routes without the headers of the emulated API are operations.
      for (const name of [method].flat().map(verb => `${verb} ${path}`)) {
        if (operations.includes(name) || (config?.cors === false && /^(?!OPTIONS|HEAD)\w+ \/_emulator\//.test(name))) answered.add(name)
      }
    })
    const { json } = await call('GET', PATH)
    const described = namesIn(json as Document)
    t.ok(described.length > 20)
    t.strictSame([...answered].sort(), described)
    // A stream has no end.
    for (const name of described.filter(name => name.startsWith('GET ') && !/events|stream|\{/.test(name))) {
      t.equal((await call('GET', `${name.slice(4)}?limit=1&timeout_ms=0`)).status < 501, true, name)
    }
  })

  t.test('with the URL of the request, so that it describes the same sandbox and path', async t => {
    const { call, emulator } = startEmulator(t, { publicUrl: 'https://pay.example.test/dodo' })
    const [server] = ((await call('GET', PATH)).json as Document).servers
    const at = (base: string) => new URL(server?.url ?? '', `${base}${PATH}`).href
    t.equal(at('http://127.0.0.1:4010'), 'http://127.0.0.1:4010/')
    t.equal(at('http://127.0.0.1:4010/~shop'), 'http://127.0.0.1:4010/~shop/')
    t.equal(at('https://pay.example.test/dodo/~shop'), 'https://pay.example.test/dodo/~shop/')
    t.equal((await call('GET', `/~shop${PATH}`)).status, 200)
    const api = (await emulator.app.inject('/~shop/openapi.json')).json<Document>()
    t.equal(new URL(api.servers[0]?.url ?? '', 'https://pay.example.test/dodo/~shop/openapi.json').href,
      'https://pay.example.test/dodo/~shop/', 'as in the document of the emulated API')
  })

  t.test('without the key, and the document says how to send it', async t => {
    const { call } = startEmulator(t, { controlKey: 'opensesame' })
    const { status, json, text } = await call('GET', PATH, { key: null })
    t.equal(status, 200, text)
    t.notMatch(text, 'opensesame')
    t.match((json as { components: unknown }).components, {
      securitySchemes: { CONTROL_KEY: { type: 'apiKey', in: 'header', name: 'x-emulator-key' } }
    })
    t.equal((await call('GET', '/_emulator/clock', { key: null })).status, 401, 'every other path needs it')
  })
})

t.test('refuses', async t => {
  t.test('pages of other origins, and other names of this computer', async t => {
    const { call } = startEmulator(t)
    const strangers: Array<Record<string, string>> = [
      { origin: 'http://evil.test' }, { host: 'evil.test' }, { 'sec-fetch-site': 'cross-site' }
    ]
    for (const headers of strangers) {
      const { status, json } = await call('GET', PATH, { headers })
      t.strictSame([status, (json as { code: string }).code], [403, 'UNAUTHORIZED'], JSON.stringify(headers))
    }
  })

  t.test('every caller when the control API is off', async t => {
    const { call } = startEmulator(t, { control: 'off' })
    const { status, json } = await call('GET', PATH)
    t.strictSame([status, (json as { code: string }).code], [404, 'NOT_FOUND'])
  })

  t.test('changes to the document', async t => {
    const { call } = startEmulator(t)
    const { status, headers } = await call('POST', PATH, { body: {} })
    t.strictSame([status, headers['allow']], [405, 'GET, HEAD'])
  })
})
