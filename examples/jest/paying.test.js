/* global emulator, beforeAll, afterAll, test, expect */
const { openShop } = require('./shop.js')

// The environment `dodo-emulator/jest` provides `emulator`: a sandbox for each file.
let shop
beforeAll(async () => {
  shop = await openShop()
  const { secret } = await emulator.addWebhook(shop.webhookUrl)
  shop.connect({ ...emulator, webhookSecret: secret })
})
afterAll(() => { shop.close() })

test('an order is marked as paid', async () => {
  const { payment_id: id } = await shop.sell(2)
  await emulator.pay(id)
  await expect(emulator).toHaveDelivered('payment.succeeded', { payment_id: id })
  expect(shop.isPaid(id)).toBe(true)
  await expect(emulator).toHaveReceivedCall({ operation: 'POST /payments', body: { product_cart: [{ quantity: 2 }] } })
})

test('an order stays unpaid after a declined card', async () => {
  const { payment_id: id } = await shop.sell(1)
  await emulator.pay(id, { outcome: 'failed', error_code: 'INSUFFICIENT_FUNDS' })
  await expect(emulator).toHaveDelivered('payment.failed', { payment_id: id, data: { error_code: expect.stringMatching(/^INSUFFICIENT/) } })
  await expect(emulator).not.toHaveDelivered('payment.succeeded', { payment_id: id })
  expect(shop.isPaid(id)).toBe(false)
})
