/** An emulator inside another server: `node:http`, Express with and without parsed bodies, and Hono. */
import { once } from 'node:events'
import { createServer, request as send, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import DodoPayments from 'dodopayments'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import t, { type Test } from 'tap'
import { createHandler, SetupError, type HandlerOptions, type MountedEmulator } from '../../src/handler.js'
import { startReceiver } from '../receiver.js'

const PATH = '/shop/pay'
const SALE = { billing: { country: 'US' as const }, customer: { customer_id: 'cus_ada' }, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] }

function create (test: Test, options: Partial<HandlerOptions> = {}): MountedEmulator {
  const emulator = createHandler({ path: PATH, ...options })
  test.teardown(() => emulator.close())
  return emulator
}

/** Listens on a free port, and returns the origin. */
async function serve (test: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const KINDS: Record<string, (emulator: MountedEmulator) => RequestListener> = {
  'node:http': emulator => (request, response) => { emulator.node(request, response) },
  Express: emulator => express().use(PATH, (request, response, next) => { emulator.node(request, response, next) }),
  'Express that has parsed the body': emulator =>
    express().use(express.json(), express.urlencoded({ extended: true }), express.text(), emulator.node),
  'Express that has read the body as bytes': emulator => express().use(express.raw({ type: () => true }), emulator.node),
  Hono: emulator => {
    const app = new Hono().all(`${PATH}/*`, ({ req }) => emulator.fetch(req.raw) as Promise<Response>)
    return throughFetch(request => app.fetch(request) as Promise<Response>)
  },
  Fastify: emulator => {
    const app = fastify()
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => { done(null) })
    app.all(`${PATH}/*`, (request, reply) => {
      reply.hijack()
      emulator.node(request.raw, reply.raw)
    })
    return async (request, response) => {
      await app.ready()
      app.routing(request, response)
    }
  },
  'a Fetch handler': emulator => throughFetch(request => emulator.fetch(request) as Promise<Response>)
}

/** A small adapter from Node to Fetch, as `@hono/node-server` is one. Streams both bodies. */
function throughFetch (handle: (request: Request) => Promise<Response>): RequestListener {
  return (incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming
    const gone = new AbortController()
    outgoing.on('close', () => { gone.abort() })
    const body = method === 'GET' || method === 'HEAD' ? {} : { body: ReadableStream.from(incoming), duplex: 'half' as const }
    handle(new Request(`http://${headers.host ?? ''}${url}`, {
      method, headers: Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]), signal: gone.signal, ...body
    })).then(async response => {
      outgoing.writeHead(response.status, Object.fromEntries(response.headers)).flushHeaders()
      for await (const chunk of response.body ?? []) outgoing.write(chunk)
      outgoing.end()
    }).catch(() => { outgoing.destroy() })
  }
}

for (const [kind, listenerOf] of Object.entries(KINDS)) {
  t.test(kind, async t => {
    const receiver = await startReceiver(t)
    const emulator = create(t, { webhookUrl: receiver.url })
    const origin = await serve(t, listenerOf(emulator))
    const client = new DodoPayments({ bearerToken: 'test', baseURL: origin + PATH, maxRetries: 0 })

    const { payment_id: id, payment_link: link } = await client.payments.create({ ...SALE, payment_link: true })
    t.ok(link?.startsWith(`${origin}${PATH}/`), `${link ?? ''} carries the path`)
    const page = await (await fetch(link ?? '')).text()
    t.match(page, `${PATH}/assets/pages.css`)
    const { checkout_url: checkout } = await client.checkoutSessions.create({ product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] })
    t.ok(checkout?.startsWith(`${origin}${PATH}/`), checkout ?? '')
    const token = /name="token" value="([^"]*)"/.exec(page)?.[1] ?? ''
    const fields = { token, card_number: '4242424242424242', expiry: '12/40', cvc: '123', action: 'pay' }
    const paid = await fetch(link ?? '', { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
    t.equal(paid.status, 303)
    t.ok(new URL(paid.headers.get('location') ?? '', link ?? '').href.startsWith(`${origin}${PATH}/`), 'redirects stay below the path')

    await emulator.pay(id).catch(() => {}) // the form may have paid it
    await emulator.idle()
    t.match(receiver.received.find(({ type }) => type === 'payment.succeeded')?.data, { payment_id: id, payment_link: link })
    t.equal(emulator.url, origin + PATH)

    await t.rejects(client.payments.create({ billing: { country: 'US' } } as never), /422/)
    await t.rejects(client.payments.retrieve('pay_none'), /404/)
    const portal = await client.customers.customerPortal.create('cus_ada', {})
    t.ok(portal.link.startsWith(`${origin}${PATH}/`), 'a call without a body')
    const added = await client.discounts.create({ amount: 100, type: 'percentage', code: 'TEMPORARY' })
    await client.discounts.delete(added.discount_id)
    for (const body of ['', '{']) {
      const refused = await fetch(`${origin}${PATH}/payments`, { method: 'POST', body, headers: { authorization: 'Bearer test', 'content-type': 'application/json' } })
      t.equal(refused.status, body === '{' && kind.endsWith('parsed the body') ? 400 : 422, `the body ${JSON.stringify(body)}`)
    }
    const head = await fetch(`${origin}${PATH}/openapi.json`, { method: 'HEAD' })
    t.strictSame([head.status, await head.text()], [200, ''])
    const other = await fetch(`${origin}/elsewhere`)
    t.equal(other.status, 404)
    t.notMatch(await other.text(), 'sandbox')
  })

  t.test(`${kind}: live updates are streamed, and end with their reader`, async t => {
    const emulator = create(t)
    const origin = await serve(t, listenerOf(emulator))
    await emulator.ready
    for (const path of ['/_emulator/requests/stream', '/dashboard/changes']) {
      const request = send(`${origin}${PATH}${path}`).end()
      const [response] = await once(request, 'response') as [import('node:http').IncomingMessage]
      t.match(response.headers['content-type'], 'text/event-stream', path)
      t.match(response.headers['cache-control'], 'no-transform', 'compressing middleware leaves it alone')
      response.setEncoding('utf8')
      await once(response, 'data')
      await emulator.request('GET', '/payments')
      const [event] = await once(response, 'data') as [string]
      t.match(event, /^(?:event: request|data: )/m, 'an event arrives while the response is open')
      response.destroy()
    }
  })
}

t.test('links use the headers of a proxy that is trusted, or the public URL', async t => {
  const body = JSON.stringify({ ...SALE, payment_link: true })
  const headers = {
    authorization: 'Bearer test', 'content-type': 'application/json', 'x-forwarded-host': 'shop.example.test', 'x-forwarded-proto': 'https'
  }
  const linkOf = async (options: Partial<HandlerOptions>) => {
    const emulator = create(t, options)
    const response = await emulator.fetch(new Request(`http://10.0.0.1:3000${PATH}/payments`, { method: 'POST', headers, body }))
    return (await response.json() as { payment_link: string }).payment_link.replace(/\/\w{8}$/, '')
  }
  t.match(await linkOf({}), `http://10.0.0.1:3000${PATH}`)
  t.match(await linkOf({ trustProxy: true }), `https://shop.example.test${PATH}`)
  t.match(await linkOf({ publicUrl: 'https://pay.example.test/outer' }), 'https://pay.example.test/outer')
})

t.test('the functions of the handler need no server, and no permission of the host', async t => {
  const emulator = create(t, { publicUrl: `https://shop.example.test${PATH}`, controlKey: 'secret', apiKeys: ['key'] })
  const { payment_link: link } = await emulator.request<{ payment_link: string }>('POST', '/payments', { ...SALE, payment_link: true })
  t.ok(link.startsWith(`https://shop.example.test${PATH}/`), link)
  const own = emulator.sandbox('other')
  t.match(own, { url: `https://shop.example.test${PATH}/~other`, apiKey: 'sandbox_other' })
  const refused = await emulator.fetch(new Request(`https://other.example.test${PATH}/_emulator/clock`))
  t.equal(refused.status, 403, 'but visitors do')
})

t.test('clients can call the handler without the network', async t => {
  const emulator = create(t)
  const fetchInside: typeof fetch = async (input, init) => await emulator.fetch(new Request(input, init)) as Response
  const client = new DodoPayments({ bearerToken: 'test', baseURL: `http://localhost:3000${PATH}`, fetch: fetchInside })
  const { payment_id: id, payment_link: link } = await client.payments.create({ ...SALE, payment_link: true })
  t.match(link, `http://localhost:3000${PATH}/`)
  const { setImmediate } = globalThis
  t.teardown(() => { globalThis.setImmediate = setImmediate })
  globalThis.setImmediate = (() => {}) as unknown as typeof setImmediate
  t.equal((await emulator.pay(id)).status, 'succeeded', 'with fake timers')
  globalThis.setImmediate = setImmediate
  t.equal((await client.payments.retrieve(id)).status, 'succeeded')
})

t.test('the dashboard\'s cookie is sent to the mount path only', async t => {
  const emulator = create(t, { controlKey: 'secret' })
  const page = await emulator.fetch(new Request(`http://localhost${PATH}/`, { headers: { accept: 'text/html' } }))
  t.equal(page.status, 401)
  const body = new URLSearchParams({ action: 'sign-in', key: 'secret' })
  const signedIn = await emulator.fetch(new Request(`http://localhost${PATH}/`, { method: 'POST', body, headers: { accept: 'text/html' } }))
  t.match(signedIn.headers.get('set-cookie'), `; Path=${PATH};`)
  t.equal(signedIn.headers.get('location'), `${PATH}/`)
})

t.test('faults, uploads and readers that leave', async t => {
  const emulator = create(t)
  const call = (path: string, init: RequestInit & { duplex?: 'half' } = {}) => emulator.fetch(new Request(`http://localhost${PATH}${path}`, {
    ...init, headers: { authorization: 'Bearer test', ...init.headers as Record<string, string> }
  }))
  await t.rejects(call('/payments', { headers: { 'x-emulator-fault': 'reset' } }), { name: 'TypeError', message: /^fetch failed/ })
  await t.rejects(async () => await (await call('/payments', { headers: { 'x-emulator-fault': 'truncate' } })).text(), { message: /^terminated/ })
  await t.rejects(call('/payments', { headers: { 'x-emulator-fault': 'delay;ms=60000' }, signal: AbortSignal.timeout(50) }), { name: 'TimeoutError' })

  const entitlement = await emulator.request<{ id: string }>('POST', '/entitlements', {
    name: 'Files', integration_type: 'digital_files', integration_config: { digital_file_ids: [] }
  })
  const form = new FormData()
  form.set('file', new Blob(['content'], { type: 'text/plain' }), 'book.txt')
  const uploaded = await call(`/entitlements/${entitlement.id}/files`, { method: 'POST', body: form })
  t.equal(uploaded.status, 201, 'a body without a length')
  const large = await call('/payments', { method: 'POST', body: 'x'.repeat(2 ** 21), headers: { 'content-type': 'application/json' } })
  t.equal(large.status, 413)
})

t.test('a body that nothing can read again', async t => {
  const emulator = create(t)
  const origin = await serve(t, express().use(async (request, response, next) => {
    await once(request.resume(), 'end')
    next()
  }, emulator.node))
  const response = await fetch(`${origin}${PATH}/payments`, {
    method: 'POST', body: '{}', headers: { authorization: 'Bearer test', 'content-type': 'application/json' }
  })
  t.equal(response.status, 422)
  t.match(await response.text(), 'mount the emulator before')
  t.equal((await fetch(`${origin}${PATH}/payments`, { headers: { authorization: 'Bearer test' } })).status, 200, 'without a body')
})

t.test('wrong options', async t => {
  for (const path of ['dodo', '', '//dodo', '/dodo?x', '/a//b', undefined]) {
    t.throws(() => createHandler({ path: path as string }), new SetupError(), String(path))
  }
  for (const path of ['/dodo/', '/']) await createHandler({ path }).close()
  t.throws(() => createHandler({ path: '/dodo', port: 4010 } as HandlerOptions), { message: /^port: leave it out/ })
  t.throws(() => createHandler({ path: '/dodo', refundDelay: 'soon' }), { message: /refundDelay/ })
  const broken = createHandler({ path: '/dodo', fixtures: 'no-such-file.json' })
  await t.rejects(broken.ready, { message: /no-such-file/ })
  await t.rejects(broken.fetch(new Request('http://localhost/dodo/payments')), { message: /no-such-file/ })
  const origin = await serve(t, (request, response) => { broken.node(request, response) })
  t.match(await (await fetch(`${origin}/dodo/payments`)).text(), 'no-such-file')
  await broken.close()
})
