/** Calls from web pages: of other origins, and of the emulator's own pages. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { contract } from '../../src/contract/load.js'
import { packagePath, VERSION } from '../../src/root.js'
import { paymentBody, startEmulator, type Answer } from '../helper.js'

const { operations } = contract()
type Document = ReturnType<typeof contract>['document']

const ORIGIN = { origin: 'https://shop.example' }

t.test('accepts calls from pages of other origins', async t => {
  const { emulator, call } = startEmulator(t)

  t.test('answers a preflight with 204 everywhere but under /_emulator', async t => {
    for (const url of ['/payments', '/payments/pay_x', '/nowhere']) { // /_emulator: test/control/guards.test.ts
      const { statusCode, headers, body } = await emulator.app.inject({
        method: 'OPTIONS',
        url,
        headers: {
          ...ORIGIN,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type,x-stainless-lang'
        }
      })
      t.strictSame([statusCode, body], [204, ''], url)
      t.equal(headers['access-control-allow-origin'], '*')
      t.match(headers['access-control-allow-headers'], /authorization.*content-type.*x-stainless-lang/)
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) t.match(headers['access-control-allow-methods'], method)
    }
    const { statusCode } = await emulator.app.inject({ method: 'OPTIONS', url: '/payments' })
    t.equal(statusCode, 204, 'an OPTIONS request that is not a preflight')
  })

  t.test('accepts a page of a public site once its browser has asked for private network access', async t => {
    const ask = async (url: string, asked: string | undefined) => {
      const headers = { ...ORIGIN, 'access-control-request-method': 'POST' }
      const more = asked === undefined ? {} : { 'access-control-request-private-network': asked }
      const answer = await emulator.app.inject({ method: 'OPTIONS', url, headers: { ...headers, ...more } })
      return [answer.statusCode, answer.headers['access-control-allow-private-network']]
    }
    for (const url of ['/payments', '/payments/pay_x', '/~one/payments']) {
      t.strictSame(await ask(url, 'true'), [204, 'true'], url)
      t.strictSame(await ask(url, undefined), [204, undefined], url)
      t.strictSame(await ask(url, 'false'), [204, undefined], url)
    }
    t.strictSame(await ask('/_emulator/clock', 'true'), [403, undefined], 'but not under /_emulator')
  })

  t.test('sends CORS headers with every answer, also with errors', async t => {
    const answers: Array<[number, Promise<Answer>]> = [
      [200, call('GET', '/payments', { headers: ORIGIN })],
      [200, call('POST', '/payments', { headers: ORIGIN, body: paymentBody() })],
      [401, call('GET', '/payments', { headers: ORIGIN, key: null })],
      [404, call('GET', '/nowhere', { headers: ORIGIN })],
      [404, call('GET', '/payments/%zz', { headers: ORIGIN })],
      [405, call('DELETE', '/payments', { headers: ORIGIN })],
      [413, call('POST', '/payments', { headers: ORIGIN, raw: Buffer.alloc(1024 * 1024 + 1, ' ') })],
      [422, call('POST', '/payments', { headers: ORIGIN, raw: '{' })],
      [422, call('POST', '/payments', { headers: ORIGIN, body: {} })]
    ]
    for (const [expected, answer] of answers) {
      const { status, headers } = await answer
      t.strictSame([status, headers['access-control-allow-origin']], [expected, '*'])
    }
  })
})

t.test('serves its own pages', async t => {
  const { emulator, call } = startEmulator(t, { apiKeys: 'right' })

  t.test('/_emulator/health', async t => {
    const { status, headers, json } = await call('GET', '/_emulator/health', { key: null })
    t.equal(status, 200)
    t.match(headers['content-type'], /^application\/json/)
    t.match(json, {
      status: 'ok',
      version: VERSION,
      contract_version: 'newest',
      node_version: process.versions.node,
      links_url: String,
      uptime_ms: Number
    })
  })

  t.test('/openapi.json is the bundled document, which is OpenAPI 3.1', async t => {
    const { status, json } = await call('GET', '/openapi.json', { key: null })
    t.equal(status, 200)
    t.strictSame(json, JSON.parse(readFileSync(packagePath('openapi/openapi.gen.json'), 'utf8')))
    const { openapi, info, paths, components } = json as Document
    t.match(openapi, /^3\.1\.\d+$/)
    t.match(info, { title: String, version: 'newest' })
    const text = JSON.stringify(json)
    for (const [, name = ''] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      t.ok(name in components.schemas, `refers to ${name}`)
    }
    t.notMatch(text, /"\$ref":"(?!#\/)/, 'refers to nothing outside itself')
    const ids = Object.values(paths).flatMap(item => Object.values(item).flatMap(({ operationId }) => operationId ?? []))
    t.equal(new Set(ids).size, operations.length, 'every operation has a unique id')
  })

  t.test('/docs, with everything it needs, and nothing from elsewhere', async t => {
    const page = await emulator.app.inject('/docs')
    t.equal(page.statusCode, 200)
    t.match(page.headers['content-type'], /^text\/html/)
    t.match(page.headers['content-security-policy'], /^default-src 'none'/)
    t.notMatch(page.headers['content-security-policy'], /https?:|\*/)
    const references = [...page.body.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, reference = '']) => reference)
    t.ok(references.length >= 5)
    for (const reference of references) {
      t.notMatch(reference, /^(?:[a-z]+:|\/\/)/i, 'of this origin')
      const { pathname } = new URL(reference, 'http://emulator/docs')
      const { statusCode, headers, rawPayload } = await emulator.app.inject(pathname)
      t.equal(statusCode, 200, pathname)
      t.ok(rawPayload.length > 0)
      if (pathname.endsWith('.js')) t.match(headers['content-type'], /^text\/javascript/)
      if (pathname.endsWith('.css')) t.match(headers['content-type'], /^text\/css/)
    }
    const { body: start } = await emulator.app.inject('/docs/start.js')
    t.match(start, /url: document\.getElementById\('contract'\)\.dataset\.document/)
    t.match(start, /validatorUrl: null/, "Swagger UI's validator badge would call its makers")
  })
})
