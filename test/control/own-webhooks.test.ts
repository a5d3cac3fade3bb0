/**
 * Webhooks that an emulator sends to itself. Any caller with an API key can register an endpoint with any URL, so a URL below
 * /_emulator must not be enough to change anything there, however it is spelt and with any headers that the endpoint adds.
 */
import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { controlContract } from '../../src/contract/load.js'
import { openShop, type Shop } from '../delivery/helper.js'
import { paymentBody } from '../helper.js'
import { JSON_TYPE, connect } from '../processes.js'

interface Target extends Shop {
  /** The base URL of the emulator: `http://127.0.0.1:4010`. */
  url: string
  port: number
  /** Paths below /_emulator where a POST changes something, with ids that exist. */
  paths: string[]
  /** The state that a control operation could change. */
  state (): Promise<unknown>
}

async function openTarget (test: Test, options = {}): Promise<Target> {
  const shop = await openShop(test, { controlHosts: '*', ...options })
  const { url, port } = await shop.emulator.listen()
  await shop.freeze()
  const sold = await shop.sell()
  const { payment_id: open } = await shop.pay(paymentBody({ payment_link: true }))
  const { refund_id: refund } = (await shop.call('POST', '/refunds', { body: { payment_id: sold } })).json as { refund_id: string }
  await shop.control('POST', 'snapshots', { name: 'mine' })
  await shop.control('POST', 'faults', { operation: 'GET /brands', kind: 'error', status: 500, count: 1 })
  const { id } = await shop.register({ url: 'http://127.0.0.1:1/' })
  await shop.control('POST', 'events/trigger', { type: 'payment.failed', webhook_id: id })
  await shop.call('PATCH', `/webhooks/${id}`, { body: { disabled: true } })
  const [delivery] = await shop.deliveries()
  const ids: Record<string, string> = {
    payment_id: open, refund_id: refund, event_id: delivery?.event_id ?? '', delivery_id: delivery?.delivery_id ?? '', name: 'mine'
  }
  const paths = controlContract().operations.filter(({ method }) => method === 'POST')
    .map(({ path }) => path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? name))
  const state = async () => {
    const { webhook_events: events, webhook_deliveries: deliveries, webhook_attempts: attempts, ...rows } = shop.stored()
    const [clock, sandboxes, snapshots, faults, payment, refunded] = await Promise.all([
      ...['clock', 'sandboxes', 'snapshots', 'faults'].map(path => shop.get(`/_emulator/${path}`)),
      shop.get(`/payments/${open}`), shop.get(`/refunds/${refund}`)
    ])
    return { rows, clock, sandboxes, snapshots, faults, payment, refunded }
  }
  return { ...shop, url, port, paths, state }
}

/** Sends an event to an endpoint with this URL; returns the status of the answer. */
async function statusOf (shop: Shop, url: string, headers = {}): Promise<number | null> {
  const { id } = await shop.register({ url, headers })
  await shop.control('POST', 'events/trigger', { type: 'payment.succeeded', webhook_id: id })
  await shop.idle()
  const [delivery] = await shop.deliveries(`webhook_id=${id}`)
  await shop.call('DELETE', `/webhooks/${id}`)
  return delivery?.attempts[0]?.response_status ?? null
}

t.test('refuses webhooks at every operation that changes something', async t => {
  const target = await openTarget(t)
  const before = await target.state()
  t.ok(target.paths.length > 10)
  for (const path of target.paths) {
    t.equal(await statusOf(target, target.url + path), 403, path)
    t.equal(await statusOf(target, `${target.url}/~other${path}`), 403, `of another sandbox: ${path}`)
  }
  t.strictSame(await target.state(), before)
})

t.test('with any spelling of the URL', async t => {
  const target = await openTarget(t)
  const before = await target.state()
  const { port } = target
  const hosts = ['localhost', 'LOCALHOST', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '127.0.0.1.', 'ada:secret@127.0.0.1']
  for (const host of hosts) {
    const status = await statusOf(target, `http://${host}:${port}/_emulator/reset`)
    t.ok(status === 403 || status === null, `${host}: ${status}`)
  }
  for (const path of ['/_emulator/reset/', '/%5Femulator/reset', '/_emulator/./reset', '/a/../_emulator/reset', '/_emulator/reset?a=1#b']) {
    t.equal(await statusOf(target, target.url + path), 403, path)
  }
  for (const path of ['//_emulator/reset', '/_EMULATOR/reset']) t.not(await statusOf(target, target.url + path), 200, path)
  t.strictSame(await target.state(), before)
})

t.test('with any headers of the endpoint', async t => {
  const target = await openTarget(t)
  const before = await target.state()
  const headers: Array<Record<string, string>> = [
    { origin: target.url }, { authorization: 'Bearer test' }, { 'x-emulator-key': 'test' }, { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, { 'x-http-method-override': 'DELETE' }, { accept: 'text/html' },
    { 'content-encoding': 'identity' }, { 'x-forwarded-host': 'localhost' }, { cookie: 'emulator=1' }
  ]
  for (const added of headers) t.equal(await statusOf(target, `${target.url}/_emulator/reset`, added), 403, JSON.stringify(added))
  for (const name of ['User-Agent', 'Webhook-Id', 'Webhook-Signature', 'WEBHOOK-TIMESTAMP', 'Content-Type', 'Host', 'Content-Length']) {
    const { status } = await target.call('POST', '/webhooks', { body: { url: target.url, headers: { [name]: 'x' } } })
    t.equal(status, 422, `the endpoint cannot set ${name}`)
  }
  t.strictSame(await target.state(), before)
})

t.test('behind a proxy that removes headers', async t => {
  const target = await openTarget(t)
  const before = await target.state()
  const proxy = createServer((request, response) => {
    const outgoing = httpRequest({ port: target.port, path: request.url, method: 'POST', headers: JSON_TYPE }, incoming => {
      response.writeHead(incoming.statusCode ?? 500)
      incoming.pipe(response)
    })
    request.pipe(outgoing)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.teardown(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const through = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  for (const path of target.paths) {
    const status = await statusOf(target, through + path)
    const isRefused = status === 422 || status === 404 || (path === '/_emulator/mcp' && status === 400) // no message of the protocol
    t.ok(isRefused, `${path}: ${status}`)
  }
  t.strictSame(await target.state(), before)
})

t.test('at forms of the dashboard and of hosted pages', async t => {
  const target = await openTarget(t)
  const { payment_link: link } = await target.pay(paymentBody({ payment_link: true }))
  const before = await target.state()
  for (const path of ['/', '/dashboard/clock', '/dashboard/data', '/dashboard/webhooks', '/dashboard/sandboxes', '/dashboard/faults']) {
    t.equal(await statusOf(target, target.url + path, { accept: 'text/html', origin: target.url }), 403, path)
  }
  const status = await statusOf(target, target.url + new URL(link ?? '').pathname)
  t.ok(status !== null && status >= 400 && status < 500, `a payment's page: ${status}`)
  t.strictSame(await target.state(), before)
})

t.test('accepts documented calls', async t => {
  const target = await openTarget(t)
  const { send } = connect(t, target.url)
  const bare = { authorization: '' }
  t.equal((await send('POST', '/_emulator/snapshots/mine/restore', undefined, bare)).status, 200, 'curl -X POST')
  t.equal((await send('POST', '/_emulator/reset', '', { ...bare, ...JSON_TYPE })).status, 200, 'with a content type and no body')
  t.equal((await send('POST', '/_emulator/reset', '{}', { ...bare, ...JSON_TYPE })).status, 200, 'with an empty object')
  const { status, json } = await send('POST', '/_emulator/reset', '{"name":"mine"}', JSON_TYPE)
  t.equal(status, 422)
  t.match(json, { code: 'INVALID_REQUEST_BODY', message: /POST \/_emulator\/reset takes no body: leave it out/ })
})
