/** Merchants' real code: the published adapters, run as servers, and the schemas that they validate bodies with. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { verifyWebhookPayload } from '@dodopayments/core/webhook'
import { Webhooks as expressWebhooks } from '@dodopayments/express'
import { Webhooks as honoWebhooks } from '@dodopayments/hono'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import t, { type Test } from 'tap'
import { PAYLOAD_TYPES } from '../../src/delivery/catalogue.js'
import { openShop, type Shop } from './helper.js'

const HOUR_MS = 3_600_000

interface Merchant {
  url: string
  /** The payloads that its handler received, in order. */
  handled: Array<{ type: string, data: object }>
}

const EVERY_TYPE = Object.keys(PAYLOAD_TYPES)

/**
 * Sends everything that can be sent and checks the calls of the merchant's handler. An adapter with an older copy of the schemas refuses
 * unknown types with 400. It must accept the types in `needed`.
 */
async function deliverEverything (t: Test, shop: Shop, { handled }: Merchant, needed: string[]): Promise<void> {
  const paymentId = await shop.sell('succeeded', { discount_codes: ['SAVE10'], metadata: { order: '7' } })
  await shop.sell('failed')
  await shop.sell('cancelled')
  await shop.sell('processing')
  await shop.call('POST', '/refunds', { body: { payment_id: paymentId } })
  await shop.advance(HOUR_MS)
  await shop.idle()
  const happened = ['payment.succeeded', 'payment.failed', 'payment.cancelled', 'payment.processing', 'payment.succeeded',
    'refund.succeeded']
  t.strictSame(handled.map(({ type }) => type).toSorted(), happened.toSorted(), 'the event of the payment')

  handled.length = 0
  for (const type of EVERY_TYPE) await shop.control('POST', 'events/trigger', { type })
  await shop.idle()
  const taken = handled.map(({ type }) => type)
  t.strictSame(needed.filter(type => !taken.includes(type)), [], 'a sample of every event that it knows')
  const refusals = (await shop.deliveries()).filter(({ state }) => state !== 'succeeded')
  t.strictSame([...taken, ...refusals.map(({ event_type: type }) => type)].toSorted(), EVERY_TYPE.toSorted(), 'each once')
  for (const { attempts } of refusals) t.equal(attempts[0]?.response_status, 400, 'refused for its type, not for its signature')

  await shop.control('POST', 'deliveries/faults', { kind: 'wrong_secret' })
  await shop.control('POST', 'events/trigger', { type: 'payment.succeeded' })
  await shop.idle()
  const [refused] = await shop.deliveries()
  t.match(refused, { state: 'failed', attempts: [{ response_status: 401 }] }, 'and one with a wrong signature was not')
}

/** The types that adapters with an older copy of the schemas accept, too. */
const OLDER_TYPES = EVERY_TYPE.filter(type => /^(?:payment|refund|license_key)\./.test(type) ||
  ['subscription.active', 'subscription.renewed', 'subscription.cancelled', 'subscription.on_hold', 'dispute.opened'].includes(type))

/** An endpoint whose secret is known only after registration. Its server must listen first. */
async function register (t: Test, shop: Shop, server: Server, handled: Merchant['handled']) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`
  const { secret } = await shop.register({ url })
  return { merchant: { url, handled }, secret }
}

t.test('@dodopayments/express accepts deliveries', async t => {
  const shop = await openShop(t)
  const handled: Merchant['handled'] = []
  const types: string[] = []
  const app = express()
  const server = (await import('node:http')).createServer(app)
  const { merchant, secret } = await register(t, shop, server, handled)
  app.use(express.json())
  app.post('/webhook', expressWebhooks({
    webhookKey: secret,
    onPayload: async payload => { handled.push(payload) },
    onPaymentSucceeded: async ({ type }) => { types.push(type) },
    onRefundSucceeded: async ({ type }) => { types.push(type) }
  }))
  await deliverEverything(t, shop, merchant, OLDER_TYPES)
  t.strictSame(new Set(types), new Set(['payment.succeeded', 'refund.succeeded']), 'handlers of single events are called, too')
})

t.test('@dodopayments/hono accepts deliveries', async t => {
  const shop = await openShop(t)
  const handled: Merchant['handled'] = []
  const app = new Hono()
  const server = (await import('node:http')).createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk)).on('end', async () => {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string])
      const answer = await app.fetch(new Request(`http://merchant.example${request.url}`, {
        method: 'POST', headers, body: Buffer.concat(chunks)
      }))
      response.writeHead(answer.status).end(await answer.text())
    })
  })
  const { merchant, secret } = await register(t, shop, server, handled)
  app.post('/webhook', honoWebhooks({ webhookKey: secret, onPayload: async payload => { handled.push(payload) } }))
  await deliverEverything(t, shop, merchant, OLDER_TYPES)
})

t.test('@dodopayments/core in a SvelteKit route, as in the SvelteKit adapter, accepts deliveries', async t => {
  const shop = await openShop(t)
  const handled: Merchant['handled'] = []
  const keys: string[] = []
  const POST = async ({ request }: { request: Request }) => {
    const [webhookKey = ''] = keys
    const headers = Object.fromEntries(request.headers)
    const payload = await verifyWebhookPayload({ webhookKey, headers, body: await request.text() }).catch((error: Error) => error)
    if (payload instanceof Error) return new Response(payload.message, { status: 401 })
    handled.push(payload)
    return new Response(null, { status: 200 })
  }
  const server = (await import('node:http')).createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk)).on('end', async () => {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string])
      const answer = await POST({ request: new Request('http://merchant.example', { method: 'POST', headers, body: Buffer.concat(chunks) }) })
      response.writeHead(answer.status).end()
    })
  })
  const { merchant, secret } = await register(t, shop, server, handled)
  keys.push(secret)
  await deliverEverything(t, shop, merchant, EVERY_TYPE)
})

t.test('@dodopayments/core in a Fastify server, as in the Fastify adapter, accepts deliveries', async t => {
  const shop = await openShop(t)
  const handled: Merchant['handled'] = []
  const app = fastify()
  t.teardown(() => app.close())
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => { done(null, body) })
  let webhookKey = ''
  app.post('/webhook', async (request, reply) => {
    const headers = request.headers as Record<string, string>
    const payload = await verifyWebhookPayload({ webhookKey, headers, body: String(request.body) }).catch((error: Error) => error)
    if (payload instanceof Error) return await reply.code(401).send(payload.message)
    handled.push(payload)
    return await reply.send('')
  })
  const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/webhook`
  webhookKey = (await shop.register({ url })).secret
  await deliverEverything(t, shop, { url, handled }, EVERY_TYPE)
})
