import { start } from 'dodo-emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShop } from './shop.js'

// vitest runs the files in several workers, so each file has its own emulator.
let shop
let emulator
beforeAll(async () => {
  shop = await openShop()
  emulator = await start({ webhookUrl: shop.webhookUrl })
  shop.connect(emulator)
})
afterAll(async () => {
  await emulator.close()
  shop.close()
})

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
