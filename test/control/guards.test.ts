/**
 * Access to the control API. Every way in which a web page that a user visits could reach /_emulator is tried: another origin,
 * another site without an origin, a form, a name that was rebound to this computer.
 */
import { connect as connectSocket } from 'node:net'
import t, { type Test } from 'tap'
import { readConfig, type OptionName } from '../../src/config/config.js'
import { startEmulator, type Answer } from '../helper.js'
import { connect, JSON_TYPE, runToEnd, startProcess } from '../processes.js'

const CLOCK = '/_emulator/clock'

function started (test: Test, options: Partial<Record<OptionName, string>> = {}) {
  const { call, emulator } = startEmulator(test, options)
  return {
    call,
    emulator,
    steer: (headers: Record<string, string>) => call('POST', CLOCK, { key: null, body: { advance_ms: 1000 }, headers }),
    read: (headers: Record<string, string>) => call('GET', CLOCK, { key: null, headers })
  }
}

function refused (test: Test, { status, json, headers }: Answer, expected: number, message: RegExp, what: string): void {
  test.equal(status, expected, what)
  test.match(json, { code: expected === 404 ? 'NOT_FOUND' : 'UNAUTHORIZED', message }, what)
  test.equal(headers['access-control-allow-origin'], undefined, 'no page can read the reason')
}

/** The raw bytes of the answer to a request. */
async function firstLine (url: string, request: string): Promise<string> {
  const socket = connectSocket(Number(new URL(url).port), '127.0.0.1')
  socket.write(`${request}\r\nConnection: close\r\n\r\n`)
  let text = ''
  for await (const part of socket) text += String(part)
  return text.split('\r\n', 1)[0] ?? ''
}

const offset = async ({ read }: ReturnType<typeof started>) =>
  (await read({ 'x-emulator-key': 'secret' })).json as { offset_ms: number }

t.test('answers', async t => {
  t.test('this computer, by all its names', async t => {
    const { read } = started(t)
    const hosts = [
      'localhost', 'localhost:80', 'LOCALHOST:4010', 'localhost.:4010', 'app.localhost:4010', 'a.b.localhost', '127.0.0.1:4010', '127.1.2.3',
      '[::1]:4010', '[::1]'
    ]
    for (const host of hosts) t.equal((await read({ host })).status, 200, host)
  })

  t.test('names listed in the options', async t => {
    const { read } = started(t, { controlHosts: 'Emulator, *.ci.test, 10.0.0.5', publicUrl: 'https://pay.example.test/dodo', host: '192.168.1.5' })
    const hosts = ['emulator:4010', 'EMULATOR', 'a.ci.test', 'a.b.ci.test:80', '10.0.0.5:4010', 'pay.example.test', '192.168.1.5:4010']
    for (const host of hosts) t.equal((await read({ host })).status, 200, host)
    for (const host of ['ci.test', 'xci.test', 'emulator.evil.test', '10.0.0.50']) t.equal((await read({ host })).status, 403, host)
    t.equal((await started(t, { controlHosts: '*' }).read({ host: 'anything.test' })).status, 200)
  })

  t.test('pages of its own origin, and origins listed in the options', async t => {
    const { read, steer, emulator } = started(t, { controlOrigins: 'http://localhost:3000', publicUrl: 'https://pay.example.test' })
    t.equal((await steer({ host: 'localhost:4010', origin: 'http://localhost:4010' })).status, 200)
    t.equal((await steer({ host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'same-origin' })).status, 200)
    t.equal((await steer({ host: 'localhost:4010', origin: 'https://pay.example.test' })).status, 200, 'behind a proxy')
    const listed = await read({ origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' })
    t.equal(listed.status, 200)
    t.match(listed.headers, { 'access-control-allow-origin': 'http://localhost:3000', vary: /origin/ })
    const { statusCode, headers } = await emulator.app.inject({
      method: 'OPTIONS',
      url: CLOCK,
      headers: {
        origin: 'http://localhost:3000',
        'access-control-request-method': 'POST',
        'access-control-request-private-network': 'true'
      }
    })
    t.equal(statusCode, 204)
    t.match(headers, {
      'access-control-allow-private-network': 'true',
      'access-control-allow-origin': 'http://localhost:3000',
      'access-control-allow-methods': /POST.*DELETE/,
      'access-control-allow-headers': /content-type.*x-emulator-key/
    })
  })

  t.test('a typed address, and programs, which send neither header', async t => {
    const { read } = started(t)
    t.equal((await read({ 'sec-fetch-site': 'none' })).status, 200)
    t.equal((await read({})).status, 200)
  })

  t.test('the health check for every caller', async t => {
    const { call } = started(t, { control: 'off', controlKey: 'secret' })
    for (const headers of [{}, { host: '10.1.2.3:4010' }, { host: 'emulator' }, { origin: 'http://evil.test' }]) {
      const { status, headers: answered } = await call('GET', '/_emulator/health', { key: null, headers })
      t.equal(status, 200)
      t.equal(answered['access-control-allow-origin'], undefined)
    }
  })

  t.test('the emulated API for every origin and name, as the real one does', async t => {
    const { call } = started(t, { control: 'off' })
    const { status, headers } = await call('GET', '/payments', { headers: { host: 'emulator:4010', origin: 'http://shop.example' } })
    t.strictSame([status, headers['access-control-allow-origin']], [200, '*'])
  })
})

t.test('refuses', async t => {
  t.test('other names: a page whose name was rebound to this computer', async t => {
    const emulator = started(t)
    const hosts = [
      'evil.test', 'evil.test:4010', 'localhost.evil.test', '127.0.0.1.evil.test', 'evillocalhost', '127.0.0.1@evil.test', 'emulator', '127.1',
      '0.0.0.0:4010', '[::]:4010', '10.0.0.1', 'localhost:4010:80', 'localhost/', 'localhost evil', '.', '.localhost.evil',
      `${'a'.repeat(5000)}.test`
    ]
    for (const host of hosts) {
      refused(t, await emulator.steer({ host }), 403, /which is not this computer: add the name to --control-hosts\)$/, host.slice(0, 40))
      // The page has the same origin as the emulator, as far as the browser knows.
      refused(t, await emulator.steer({ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }), 403, /--control-hosts/, host)
    }
    t.equal((await offset(emulator)).offset_ms, 0, 'the clock was not moved')
  })

  t.test('pages of other origins', async t => {
    const emulator = started(t, { controlOrigins: 'http://localhost:3000' })
    const origins = [
      'http://evil.test', 'https://evil.test', 'null', '', 'http://localhost:3001', 'http://localhost:30000', 'https://localhost:3000',
      'http://localhost:3000/', 'http://localhost:3000.evil.test', 'file://', 'chrome-extension://localhost', 'localhost'
    ]
    for (const origin of origins) {
      refused(t, await emulator.steer({ host: 'localhost', origin }), 403, /add the origin to --control-origins\)$/, origin)
      refused(t, await emulator.read({ host: 'localhost', origin }), 403, /--control-origins/, origin)
      const { statusCode, headers } = await emulator.emulator.app.inject({
        method: 'OPTIONS', url: CLOCK, headers: { origin, 'access-control-request-method': 'POST' }
      })
      t.equal(statusCode, 403)
      t.equal(headers['access-control-allow-origin'], undefined)
    }
    const elsewhere = await emulator.read({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })
    refused(t, elsewhere, 403, /called by a page of another site/, 'an image or a link, which sends no origin')
    t.equal((await offset(emulator)).offset_ms, 0)
  })

  t.test('callers without the key or with a wrong one', async t => {
    const emulator = started(t, { controlKey: 'secret' })
    const wrong: Array<Record<string, string>> = [
      {}, { 'x-emulator-key': '' }, { 'x-emulator-key': 'Secret' }, { 'x-emulator-key': 'secret2' }, { 'x-emulator-key': 'secre' },
      { authorization: 'Bearer test' }, { authorization: 'Basic secret' }, { authorization: 'secret' }, { 'x-emulator-key': 'é' }
    ]
    for (const headers of wrong) {
      refused(t, await emulator.steer(headers), 401, /send the key of --control-key as x-emulator-key or as/, JSON.stringify(headers))
    }
    t.equal((await offset(emulator)).offset_ms, 0)
    t.equal((await emulator.read({ 'x-emulator-key': 'secret' })).status, 200)
    t.equal((await emulator.read({ authorization: 'Bearer secret' })).status, 200)
    t.equal((await emulator.read({ authorization: 'Bearer sandbox_one', 'x-emulator-key': 'secret' })).status, 200)
    const rebound = await emulator.read({ host: 'evil.test', 'x-emulator-key': 'secret' })
    refused(t, rebound, 403, /--control-hosts/, 'the key does not help a wrong place')
  })

  t.test('every caller when it is off', async t => {
    const emulator = started(t, { control: 'off' })
    refused(t, await emulator.steer({}), 404, /the control API is off/, 'POST')
    refused(t, await emulator.read({}), 404, /the control API is off/, 'GET')
    refused(t, await emulator.call('POST', '/_emulator/faults', { body: { preset: 'down' } }), 404, /is off/, 'faults')
    t.equal((await emulator.call('GET', '/payments')).status, 200)
  })

  t.test('options that are certainly mistakes', async t => {
    const wrong: Array<[Partial<Record<OptionName, string>>, RegExp]> = [
      [{ controlHosts: 'http://emulator' }, /^--control-hosts: must be host names/], [{ controlHosts: 'emulator:4010' }, /without a port/],
      [{ controlHosts: 'a*' }, /host names/], [{ controlOrigins: 'localhost:3000' }, /^--control-origins: must be origins/],
      [{ controlOrigins: 'http://localhost:3000/' }, /without a trailing slash/], [{ controlOrigins: '*' }, /must be origins/],
      [{ controlKey: 'a b' }, /^--control-key: must consist of visible ASCII/], [{ control: 'no' }, /^--control: must be on or off/]
    ]
    for (const [options, message] of wrong) {
      t.throws(() => readConfig(options, {}), { message }, JSON.stringify(options))
    }
  })
})

t.test('holds over real connections', async t => {
  t.test('for the bytes of a rebound page, and of a container on the same network', async t => {
    const { emulator } = started(t, { controlHosts: 'emulator' })
    const { url } = await emulator.listen()
    const { send } = connect(t, url)
    const move = (headers: Record<string, string>) => send('POST', CLOCK, '{"advance_ms":1}', { ...JSON_TYPE, ...headers })
    t.equal((await move({ host: 'evil.test' })).status, 403)
    t.equal((await move({ host: 'emulator:4010' })).status, 200)
    t.equal((await move({})).status, 200)
    const form = await send('POST', CLOCK, 'advance_ms=1', { 'content-type': 'text/plain', origin: 'http://evil.test' })
    t.equal(form.status, 403, 'a form of another page, which sends no preflight')
    const hostless = ['GET /_emulator/clock HTTP/1.0', 'GET /_emulator/clock HTTP/1.1\r\nHost:']
    for (const request of [...hostless, 'GET http://localhost/_emulator/clock HTTP/1.1\r\nHost: evil.test']) {
      t.match(await firstLine(url, request), /^HTTP\/1\.1 403 /, request)
    }
  })

  t.test('for the commands, which send the key from a flag or the environment', async t => {
    const { port } = await startProcess(t, ['--database', ':memory:'], { env: { CONTROL_KEY: 'secret' } })
    const at = ['--port', String(port)]
    const bare = await runToEnd(t, ['clock', ...at])
    t.equal(bare.code, 1)
    t.match(bare.stderr, 'send the key of --control-key')
    t.equal((await runToEnd(t, ['clock', 'freeze', ...at, '--control-key', 'secret'])).code, 0)
    t.match((await runToEnd(t, ['clock', ...at], { env: { CONTROL_KEY: 'secret' } })).stdout, '"frozen": true')
    t.equal((await runToEnd(t, ['health', ...at])).code, 0, 'as in a container')
  })
})
