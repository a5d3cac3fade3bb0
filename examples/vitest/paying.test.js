import { expect } from 'vitest'
import { testWith } from './test.js'

const test = testWith()

test('an order is marked as paid', async ({ emulator, shop }) => {
  const { payment_id: id } = await shop.sell(2)
  await emulator.pay(id)
  await expect(emulator).toHaveDelivered('payment.succeeded', { payment_id: id })
  expect(shop.isPaid(id)).toBe(true)
  await expect(emulator).toHaveReceivedCall({ operation: 'POST /payments', body: { product_cart: [{ quantity: 2 }] } })
})

test('an order stays unpaid after a declined card', async ({ emulator, shop }) => {
  const { payment_id: id } = await shop.sell(1)
  await emulator.pay(id, { outcome: 'failed', error_code: 'INSUFFICIENT_FUNDS' })
  await expect(emulator).toHaveDelivered('payment.failed', { payment_id: id, data: { error_code: 'INSUFFICIENT_FUNDS' } })
  await expect(emulator).not.toHaveDelivered('payment.succeeded', { payment_id: id })
  expect(shop.isPaid(id)).toBe(false)
})
