import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { start } from 'dodo-emulator'
import DodoPayments from 'dodopayments'
import { createApp } from './app.js'

let emulator
let server
let shop
before(async () => {
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  shop = `http://127.0.0.1:${server.address().port}`
  emulator = await start({ webhookUrl: `${shop}/webhook` })
  const { apiKey, url, webhookSecret } = emulator
  server.on('request', createApp(new DodoPayments({ bearerToken: apiKey, baseURL: url, webhookKey: webhookSecret })))
})
after(async () => {
  await emulator.close()
  server.closeAllConnections()
  server.close()
})

const buy = body => fetch(`${shop}/buy`, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body)
})
const order = async id => await (await fetch(`${shop}/orders/${id}`)).json()

test('an order is open until it is paid', async () => {
  const { order: id, pay_at: link } = await (await buy({ email: 'nina@example.com', quantity: 2 })).json()
  assert.equal((await order(id)).status, 'open')
  assert.match(await (await fetch(link)).text(), /\$39\.98/) // the hosted page
  await emulator.pay(id)
  await emulator.idle() // the webhook has been delivered
  assert.deepEqual(await order(id), { id, total: 3998, status: 'paid' })
})

test('an order stays unpaid after a declined card, and a second attempt can pay it', async () => {
  const { order: id } = await (await buy({ email: 'nina@example.com' })).json()
  await emulator.pay(id, { outcome: 'failed', error_code: 'INSUFFICIENT_FUNDS' })
  await emulator.idle()
  assert.equal((await order(id)).status, 'declined')
  await emulator.pay(id)
  await emulator.idle()
  assert.equal((await order(id)).status, 'paid')
})

test('a webhook that arrives twice, the second time after another one', async () => {
  const { order: id } = await (await buy({ email: 'nina@example.com' })).json()
  await emulator.pay(id, { outcome: 'failed', error_code: 'INSUFFICIENT_FUNDS' })
  const failure = await emulator.waitForEvent({ type: 'payment.failed', payment_id: id })
  await emulator.pay(id)
  await emulator.idle()
  await emulator.request('POST', `/_emulator/events/${failure.event_id}/replay`)
  await emulator.idle()
  assert.equal((await order(id)).status, 'paid')
})

test('refuses an unsigned webhook', async () => {
  const { order: id } = await (await buy({ email: 'nina@example.com' })).json()
  const forged = await fetch(`${shop}/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1', 'webhook-timestamp': '1', 'webhook-signature': 'v1,forged' },
    body: JSON.stringify({ type: 'payment.succeeded', data: { payment_id: id } })
  })
  assert.equal(forged.status, 401)
  assert.equal((await order(id)).status, 'open')
})

test('shows the buyer why Dodo Payments refused a payment', async () => {
  const refused = await buy({ email: 'not an address' })
  assert.equal(refused.status, 422)
  assert.match((await refused.json()).error, /email/)
})
