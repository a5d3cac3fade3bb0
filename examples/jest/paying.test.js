/* global emulator, beforeAll, afterAll, test, expect */
const { openShop } = require('./shop.js')

// Each file has an emulator of its own: see emulator-environment.cjs.
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

test('a paid order is known to be paid', async () => {
  const { payment_id: id } = await shop.sell(2)
  await emulator.pay(id)
  await emulator.idle() // the webhook has been delivered and answered
  expect(shop.isPaid(id)).toBe(true)
})

test('a declined card leaves it unpaid', async () => {
  const { payment_id: id } = await shop.sell(1)
  await emulator.pay(id, { outcome: 'failed', error_code: 'INSUFFICIENT_FUNDS' })
  const { body } = await emulator.waitForEvent({ type: 'payment.failed', payment_id: id })
  expect(body.data.error_code).toBe('INSUFFICIENT_FUNDS')
  await emulator.idle()
  expect(shop.isPaid(id)).toBe(false)
})
