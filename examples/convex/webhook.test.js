import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { text } from 'node:stream/consumers'
import { start } from 'dodo-emulator'
import { webhook } from './webhook.js'

let emulator
let server
const mutations = []

/** The part of Convex's action context that the handler uses. */
const ctx = { runMutation: async (...mutation) => { mutations.push(mutation) } }

before(async () => {
  server = createServer(async (request, response) => {
    const { method, headers } = request
    const { status } = await webhook._handler(ctx, new Request('http://app.example/webhook', { method, headers, body: await text(request) }))
    response.writeHead(status).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  emulator = await start({ webhookUrl: `http://127.0.0.1:${server.address().port}` })
  process.env.DODO_PAYMENTS_WEBHOOK_SECRET = emulator.webhookSecret // the handler reads it here
})
after(async () => {
  await emulator.close()
  server.closeAllConnections()
  server.close()
})

test('a payment that succeeds is stored', async () => {
  const { session_id: id } = await emulator.request('POST', '/checkouts', {
    product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }],
    customer: { email: 'nina@example.com', name: 'Nina' },
    billing_address: { country: 'US', street: '1 Main St', city: 'Springfield', state: 'IL', zipcode: '62701' },
    metadata: { order: '7' }
  })
  const { payment_id: paymentId } = await emulator.pay(id)
  await emulator.idle()
  assert.deepEqual(mutations, [['orders:markAsPaid', { paymentId, orderId: '7' }]])
})

test('refuses an unsigned webhook', async () => {
  await emulator.failDeliveries({ kind: 'wrong_secret' })
  await emulator.trigger('payment.succeeded')
  await emulator.idle()
  const [delivery] = (await emulator.deliveries()).slice(-1)
  assert.deepEqual(delivery.attempts.map(({ response_status: status }) => status), [400])
  assert.equal(mutations.length, 1)
})
