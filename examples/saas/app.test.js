// Fourteen months of two teams, in seconds: the emulator's clock moves, and the application learns of it through its webhooks.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { start } from 'dodo-emulator'
import DodoPayments from 'dodopayments'
import { createApp } from './app.js'
import { createPlans, createWebhook } from './plans.js'

let emulator
let server
let baseUrl
before(async () => {
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  baseUrl = `http://127.0.0.1:${server.address().port}`
  emulator = await start({ clock: { now: '2026-01-31T09:00:00Z', frozen: true } })
  const client = new DodoPayments({ bearerToken: emulator.apiKey, baseURL: emulator.url })
  const webhookKey = await createWebhook(client, `${baseUrl}/webhook`)
  server.on('request', createApp({ client, webhookKey, plans: await createPlans(client), baseUrl }))
})
after(async () => {
  await emulator.close()
  server.closeAllConnections()
  server.close()
})

async function call (method, path, body = {}) {
  const response = await fetch(baseUrl + path, {
    method, headers: { 'content-type': 'application/json' }, ...(method === 'GET' ? {} : { body: JSON.stringify(body) })
  })
  return await response.json()
}

/** The team as the application sees it, after all webhooks have been delivered. */
async function team (id) {
  await emulator.idle()
  const { plan, seats, status, paid_until: until, payments, subscription } = await call('GET', `/teams/${id}`)
  return { plan, seats, status, until: until?.slice(0, 10), paid: Object.values(payments), subscription }
}

async function subscribe (name, plan, seats) {
  const { id } = await call('POST', '/teams', { name, email: `${name.toLowerCase()}@example.org` })
  const { session } = await call('POST', `/teams/${id}/subscribe`, { plan, seats })
  assert.equal((await team(id)).status, 'free', 'until the customer has paid')
  await emulator.pay(session, { card: '4242424242424242' })
  return { id, subscription: (await team(id)).subscription }
}

test('fourteen months', async () => {
  const monthly = await subscribe('Ada', 'monthly', 3)
  const yearly = await subscribe('Grace', 'monthly', 1)
  assert.deepEqual(await team(monthly.id), {
    plan: 'monthly', seats: 3, status: 'active', until: '2026-02-28', paid: [3600], subscription: monthly.subscription
  })

  await emulator.setClock('2026-02-14T09:00:00Z') // the middle of the period
  await call('PATCH', `/teams/${monthly.id}`, { seats: 5 })
  await call('PATCH', `/teams/${yearly.id}`, { plan: 'yearly' })
  const changed = await team(monthly.id)
  assert.deepEqual([changed.seats, changed.until, changed.paid], [5, '2026-03-14', [3600, 3000 - 1800]])
  const upgraded = await team(yearly.id)
  assert.deepEqual([upgraded.plan, upgraded.until, upgraded.paid], ['yearly', '2027-02-14', [1200, 12000 - 600]])

  await emulator.advanceUntil(monthly.subscription, 'renewed')
  assert.equal((await team(monthly.id)).until, '2026-04-14')

  await emulator.declineNext(monthly.subscription, { error_code: 'INSUFFICIENT_FUNDS' })
  await emulator.advanceUntil(monthly.subscription, 'on_hold')
  const held = await team(monthly.id)
  assert.deepEqual([held.status, held.until], ['on_hold', '2026-04-14'])
  await emulator.advance('2d')
  const { payment } = await call('POST', `/teams/${monthly.id}/payment-method`)
  await emulator.pay(payment, { card: '5555555555554444' })
  const recovered = await team(monthly.id)
  assert.deepEqual([recovered.status, recovered.until, recovered.paid.length], ['active', '2026-05-14', 4])

  for (let month = 5; month <= 12; month++) await emulator.advanceUntil(monthly.subscription, 'renewed')
  assert.deepEqual((await team(monthly.id)).paid, [3600, 1200, ...Array.from({ length: 10 }, () => 6000)])

  await emulator.advanceUntil(yearly.subscription, 'renewed', { within: '400d' })
  assert.deepEqual([(await team(yearly.id)).until, (await team(yearly.id)).paid], ['2028-02-14', [1200, 11400, 12000]])

  await call('DELETE', `/teams/${monthly.id}/subscription`)
  assert.equal((await team(monthly.id)).status, 'active', 'until the end of the period')
  await emulator.advanceUntil(monthly.subscription, 'cancelled')
  assert.equal((await team(monthly.id)).status, 'cancelled')
  assert.equal((await emulator.now()).toISOString(), '2027-03-14T09:00:00.000Z')
})

test('webhooks that arrive twice or late change nothing', async () => {
  await emulator.failDeliveries({ kind: 'duplicate', count: 20 })
  const { id, subscription } = await subscribe('Joan', 'monthly', 2)
  assert.deepEqual((await team(id)).paid, [2400])
  await emulator.failDeliveries({ kind: 'shuffle', count: 20 })
  await emulator.advanceUntil(subscription, 'renewed')
  const renewed = await team(id)
  assert.deepEqual(renewed.paid, [2400, 2400])
  await call('DELETE', `/teams/${id}/subscription`)
  await emulator.advanceUntil(subscription, 'cancelled')
  const [activation] = await emulator.events({ type: 'subscription.active', subscription_id: subscription })
  await emulator.replay(activation.event_id)
  assert.equal((await team(id)).status, 'cancelled')
  const [payment] = await emulator.events({ type: 'payment.succeeded', subscription_id: subscription })
  await emulator.replay(payment.event_id)
  assert.deepEqual((await team(id)).paid, [2400, 2400])
})

test('a declined first payment leaves the team without a subscription', async () => {
  const { id } = await call('POST', '/teams', { name: 'Mary', email: 'mary@example.com' })
  const { session } = await call('POST', `/teams/${id}/subscribe`, { plan: 'yearly', seats: 1 })
  await emulator.pay(session, { card: '4000000000000002' })
  assert.equal((await team(id)).status, 'failed')
  const { error } = await call('PATCH', `/teams/${id}`, { seats: 2 })
  assert.match(error, /inactive subscriptions/)
  await emulator.pay(session, { card: '4242424242424242' }) // the page of the session offers another try
  assert.equal((await team(id)).status, 'active')
})

test('refuses an unsigned webhook', async () => {
  const response = await fetch(`${baseUrl}/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1', 'webhook-timestamp': '1', 'webhook-signature': 'v1,forged' },
    body: JSON.stringify({ type: 'subscription.cancelled' })
  })
  assert.equal(response.status, 401)
})
