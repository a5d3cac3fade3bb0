import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { start } from 'dodo-emulator'
import DodoPayments from 'dodopayments'
import next from 'next'

let emulator
let application
let client
let server
let shop
before(async () => {
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  shop = `http://127.0.0.1:${server.address().port}`
  emulator = await start({ webhookUrl: `${shop}/api/webhook` })
  process.env.SHOP_URL = shop
  process.env.DODO_PAYMENTS_BASE_URL = emulator.url
  process.env.DODO_PAYMENTS_API_KEY = emulator.apiKey
  process.env.DODO_PAYMENTS_WEBHOOK_KEY = emulator.webhookSecret
  client = new DodoPayments()
  application = next({ dir: import.meta.dirname, dev: false, httpServer: server }) // built by `next build`
  await application.prepare()
  server.on('request', application.getRequestHandler())
})
after(async () => {
  await application.close()
  await emulator.close()
  server.closeAllConnections()
  server.close()
})

/** Presses the button. Returns the link of the payment page and the payment's id. */
async function buy () {
  assert.match(await (await fetch(shop)).text(), /<form action="\/api\/buy" method="post">.*<button>Buy it<\/button>/)
  const { status, headers } = await send('nina@example.com')
  assert.equal(status, 303)
  const [{ payment_id: id }] = (await client.payments.list({ page_number: 0 })).items
  return { id, link: headers.get('location') }
}

const send = email => fetch(`${shop}/api/buy`, { method: 'POST', body: new URLSearchParams({ email }), redirect: 'manual' })
const thanks = async id => /<h1>(.*?)<\/h1>/.exec(await (await fetch(`${shop}/thanks?payment_id=${id}&status=succeeded`)).text())?.[1]

test('the button leads to the payment page, and the webhook marks the order as paid', async () => {
  const { id, link } = await buy()
  assert.match(await (await fetch(link)).text(), /\$19\.99/) // the payment page
  assert.equal(await thanks(id), 'We are waiting for your payment', 'the query is ignored')
  await emulator.pay(id, { card: '4242424242424242' })
  await emulator.idle() // the webhook has been delivered
  assert.equal(await thanks(id), 'Thank you: it is paid')
})

test('an order stays unpaid after a declined card', async () => {
  const { id } = await buy()
  await emulator.pay(id, { outcome: 'failed', error_code: 'INSUFFICIENT_FUNDS' })
  await emulator.idle()
  assert.equal(await thanks(id), 'We are waiting for your payment')
})

test('refuses an unsigned webhook', async () => {
  const { id } = await buy()
  const forged = await fetch(`${shop}/api/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1', 'webhook-timestamp': '1', 'webhook-signature': 'v1,forged' },
    body: JSON.stringify({ type: 'payment.succeeded', data: { payment_id: id } })
  })
  assert.equal(forged.status, 401)
  assert.equal(await thanks(id), 'We are waiting for your payment')
})

test('shows the buyer why Dodo Payments refused a payment', async () => {
  const refused = await send('not an address')
  assert.equal(refused.status, 422)
  assert.match((await refused.json()).error, /email/)
})
