/* global emulator, beforeAll, afterAll, test, expect */
const { openShop } = require('./shop.js')

// Each file has its own emulator: see emulator-environment.cjs.
let shop
beforeAll(async () => {
  shop = await openShop()
  const { secret } = await registerWebhook(shop.webhookUrl)
  shop.connect({ ...emulator, webhookSecret: secret })
})
afterAll(() => { shop.close() })

async function registerWebhook (url) {
  const { id } = await emulator.request('POST', '/webhooks', { url })
  return emulator.request('GET', `/webhooks/${id}/secret`)
}

test('an order is marked as paid', async () => {
  const { payment_id: id } = await shop.sell(2)
  await emulator.pay(id)
  await emulator.idle() // the webhook has been delivered
  expect(shop.isPaid(id)).toBe(true)
})

test('an order stays unpaid after a declined card', async () => {
  const { payment_id: id } = await shop.sell(1)
  await emulator.pay(id, { outcome: 'failed', error_code: 'INSUFFICIENT_FUNDS' })
  const { body } = await emulator.waitForEvent({ type: 'payment.failed', payment_id: id })
  expect(body.data.error_code).toBe('INSUFFICIENT_FUNDS')
  await emulator.idle()
  expect(shop.isPaid(id)).toBe(false)
})
