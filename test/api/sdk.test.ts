/** The official client `dodopayments`, unmodified, over HTTP: results of a user's program, and its errors. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, request as forward, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import DodoPayments from 'dodopayments'
import t, { type Test } from 'tap'
import { contract } from '../../src/contract/load.js'
import { handlers } from '../../src/resources/all.js'
import { start, type StartOptions } from '../../src/index.js'
import { packagePath } from '../../src/root.js'
import { freePort, temporaryFolder } from '../processes.js'

/** As published in the API reference. */
const SAMPLE = readFileSync(packagePath('examples', 'node-test', 'sample.js'), 'utf8')

interface Client {
  client: DodoPayments
  url: string
}

/** An emulator on a free port, and a client as a program creates it. */
async function startWithClient (test: Test, options: StartOptions = {}, bearerToken = 'My Bearer Token'): Promise<Client> {
  const emulator = await start(options)
  test.teardown(emulator.close)
  return { client: new DodoPayments({ baseURL: emulator.url, bearerToken }), url: emulator.url }
}

/** A proxy between client and emulator that counts requests. */
async function counted (test: Test, url: string): Promise<{ url: string, requests: string[] }> {
  const requests: string[] = []
  const proxy = createServer((incoming: IncomingMessage, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`)
    const { method = '', url: path = '', headers } = incoming
    const onward = forward(url + path, { method, headers, agent: false }, answer => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward.on('error', () => { outgoing.destroy() }))
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  test.teardown(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, requests }
}

const cart = [{ product_id: 'pdt_ebook', quantity: 1 }]

const sale = { billing: { country: 'US' }, customer: { customer_id: 'cus_ada' }, product_cart: cart } as const

function order (changes: Partial<DodoPayments.PaymentCreateParams> = {}): DodoPayments.PaymentCreateParams {
  return { ...sale, product_cart: [...cart], ...changes }
}

/** The error that the client throws. A call that does not throw fails the test. */
async function thrown (call: PromiseLike<unknown>): Promise<unknown> {
  return await call.then(() => { throw new Error('the call was accepted') }, (error: unknown) => error)
}

t.test('answers', async t => {
  t.test('the published sample, unchanged, as a separate program', async t => {
    const { url } = await startWithClient(t)
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, 'sample.mjs'), SAMPLE)
    symlinkSync(packagePath('node_modules'), join(folder, 'node_modules'), 'junction')
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'sample.mjs')], {
      env: { PATH: process.env['PATH'], DODO_PAYMENTS_BASE_URL: url, DODO_PAYMENTS_API_KEY: 'My Bearer Token' }
    })
    t.match(stdout, /^pay_\w{21}\n$/)
  })

  t.test('a payment link, read back, with its line items', async t => {
    const { client, url } = await startWithClient(t)
    const created = await client.payments.create(order({
      customer: { email: 'new@example.com', name: 'New Customer' },
      payment_link: true,
      discount_code: 'SAVE10',
      metadata: { order_id: 'order_1' }
    }))
    t.ok(created.payment_link?.startsWith(`${url}/`))
    t.ok(Date.parse(created.expires_on ?? '') > Date.now())

    const payment = await client.payments.retrieve(created.payment_id)
    t.match(payment, {
      payment_id: created.payment_id,
      total_amount: 1799,
      currency: 'USD',
      customer: { email: 'new@example.com', name: 'New Customer' },
      metadata: { order_id: 'order_1' },
      payment_link: created.payment_link
    })
    const { currency, items } = await client.payments.retrieveLineItems(created.payment_id)
    t.equal(currency, 'USD')
    t.match(items, [{ items_id: 'pdt_ebook', amount: 1799, tax: 0, refundable_amount: 1799 }])
  })

  t.test('a list over several pages, from page 0', async t => {
    const { client } = await startWithClient(t)
    const created: string[] = []
    for (let n = 0; n < 23; n++) created.unshift((await client.payments.create(order())).payment_id)

    const listed: string[] = []
    for await (const payment of client.payments.list({ page_number: 0, page_size: 5 })) listed.push(payment.payment_id)
    t.strictSame(listed, created, 'each once, newest first')

    let page = await client.payments.list({ page_number: 0, page_size: 10 })
    const sizes = [page.items.length]
    while (page.hasNextPage()) {
      page = await page.getNextPage()
      sizes.push(page.items.length)
    }
    t.strictSame(sizes, [10, 10, 3, 0])

    // Without a page number the client requests page 2 after the first, which is its own defect. It must still end.
    const byDefault: string[] = []
    for await (const payment of client.payments.list()) byDefault.push(payment.payment_id)
    t.strictSame(byDefault, [...created.slice(0, 10), ...created.slice(20)], 'page 1 is skipped')
    for await (const payment of client.payments.list({ customer_id: 'cus_nobody' })) t.fail(`found ${payment.payment_id}`)
  })

  t.test('a base URL from the environment', async t => {
    const { url } = await startWithClient(t)
    const before = { ...process.env }
    t.teardown(() => { process.env = before })
    process.env['DODO_PAYMENTS_API_KEY'] = 'from the environment'
    for (const base of [url, `${url}/`]) {
      process.env['DODO_PAYMENTS_BASE_URL'] = base
      t.match((await new DodoPayments().payments.create(order())).payment_id, /^pay_/, base)
    }
  })

  t.test('a base URL with a trailing slash, or with a host name', async t => {
    const { url } = await startWithClient(t, { host: 'localhost' })
    for (const baseURL of [`${url}/`, url.replace('127.0.0.1', 'localhost')]) {
      const client = new DodoPayments({ baseURL, bearerToken: 'test' })
      const created = await client.payments.create(order({ payment_link: true }))
      t.equal(created.payment_link?.slice(0, -8), `${baseURL.replace(/\/$/, '')}/`)
      t.equal((await client.payments.retrieve(created.payment_id)).payment_id, created.payment_id)
    }
  })

  t.test('two emulators with one client each, concurrently', async t => {
    const clients = await Promise.all([startWithClient(t), startWithClient(t)])
    const created = await Promise.all(clients.map(async ({ client }, index) => {
      const replies = await Promise.all(Array.from({ length: 10 + index }, () => client.payments.create(order())))
      return replies.map(reply => reply.payment_id).sort()
    }))
    for (const [index, { client }] of clients.entries()) {
      const { items } = await client.payments.list({ page_number: 0, page_size: 100 })
      t.strictSame(items.map(item => item.payment_id).sort(), created[index], 'it has its own payments only')
    }
  })

  t.test('two clients of one emulator, concurrently', async t => {
    const { client, url } = await startWithClient(t)
    const other = new DodoPayments({ baseURL: url, bearerToken: 'another key' })
    const replies = await Promise.all([client, other, client, other].map(each => each.payments.create(order())))
    t.equal(new Set(replies.map(reply => reply.payment_id)).size, 4)
    for (const each of [client, other]) t.equal((await each.payments.list({ page_number: 0 })).items.length, 4)
  })
})

t.test('refuses', async t => {
  t.test('a key that is not on the list: AuthenticationError', async t => {
    const { url } = await startWithClient(t, { apiKeys: 'right' })
    const proxy = await counted(t, url)
    const client = new DodoPayments({ baseURL: proxy.url, bearerToken: 'wrong' })
    const error = await thrown(client.payments.create(order()))
    if (!(error instanceof DodoPayments.AuthenticationError)) throw error
    t.equal(error.status, 401)
    t.match(error.error, { code: 'UNAUTHORIZED', message: /^You are not authorised/ })
    t.ok(await thrown(client.payments.list()) instanceof DodoPayments.AuthenticationError)
    t.strictSame(proxy.requests, ['POST /payments', 'GET /payments'], 'one request each')
  })

  t.test('a write with a read-only key: PermissionDeniedError; reading works', async t => {
    const { url } = await startWithClient(t, { readOnlyApiKeys: 'reader' })
    const proxy = await counted(t, url)
    const client = new DodoPayments({ baseURL: proxy.url, bearerToken: 'reader' })
    const error = await thrown(client.payments.create(order()))
    if (!(error instanceof DodoPayments.PermissionDeniedError)) throw error
    t.equal(error.status, 403)
    t.match(error.error, { code: 'UNAUTHORIZED' })
    t.strictSame((await client.payments.list()).items, [], 'nothing was stored')
    t.strictSame(proxy.requests, ['POST /payments', 'GET /payments'])
  })

  t.test('an unknown payment: NotFoundError', async t => {
    const { client } = await startWithClient(t)
    for (const call of [client.payments.retrieve('pay_nothing'), client.payments.retrieveLineItems('pay_nothing')]) {
      const error = await thrown(call)
      if (!(error instanceof DodoPayments.NotFoundError)) throw error
      t.equal(error.status, 404)
      t.match(error.error, { code: 'NOT_FOUND' })
      t.match(error.message, '404 Item not found (there is no payment pay_nothing)')
    }
  })

  t.test('an invalid body, rule or query: UnprocessableEntityError, with the reason in its message', async t => {
    const { client, url } = await startWithClient(t)
    const proxy = await counted(t, url)
    const watched = new DodoPayments({ baseURL: proxy.url, bearerToken: 'test' })
    const refused: Array<[() => PromiseLike<unknown>, string, string]> = [
      [() => watched.payments.create(order({ product_cart: [{ product_id: 'pdt_ebook', quantity: -1 }] })),
        'INVALID_REQUEST_BODY', 'product_cart[0].quantity must be >= 0'],
      [() => watched.payments.create(order({ discount_code: 'EXPIRED' })), 'DISCOUNT_CODE_EXPIRED', 'Discount code expired'],
      [() => watched.payments.create(order({ billing: { country: 'AI' } })), 'UNSUPPORTED_COUNTRY', 'Anguilla'],
      [() => watched.payments.list({ page_size: 101 }), 'INVALID_QUERY_PARAMS', 'page_size must be at most 100']
    ]
    for (const [call, code, reason] of refused) {
      const error = await thrown(call())
      if (!(error instanceof DodoPayments.UnprocessableEntityError)) throw error
      t.equal(error.status, 422)
      t.match(error.error, { code })
      t.ok(error.message.includes(reason), error.message)
    }
    t.equal(proxy.requests.length, refused.length, 'no request was repeated')
    t.strictSame((await client.payments.list()).items, [], 'nothing was stored')
  })

  const missing = contract().operations.find(({ name, method, path }) =>
    !(name in handlers) && method === 'GET' && !path.includes('{'))
  t.test('an operation that is not emulated yet: 501, one request', { skip: missing === undefined }, async t => {
    const { url } = await startWithClient(t)
    const proxy = await counted(t, url)
    const client = new DodoPayments({ baseURL: proxy.url, bearerToken: 'test' })
    const error = await thrown(client.request({ method: 'get', path: missing?.path ?? '' }))
    if (!(error instanceof DodoPayments.InternalServerError)) throw error
    t.equal(error.status, 501)
    t.match(error.error, {
      code: 'NOT_IMPLEMENTED', message: `The emulator does not implement this operation yet (${missing?.name})`
    })
    t.strictSame(proxy.requests, [missing?.name])
  })

  t.test('without a running emulator: APIConnectionError', async t => {
    const emulator = await start({ port: await freePort() })
    await emulator.close()
    const client = new DodoPayments({ baseURL: emulator.url, bearerToken: 'test', maxRetries: 0 })
    t.ok(await thrown(client.payments.list()) instanceof DodoPayments.APIConnectionError)
  })
})
