import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { start } from 'dodo-emulator'
import { openShop } from './shop.js'

// node --test runs each file in its own process, so each file has its own emulator.
let shop
let emulator
before(async () => {
  shop = await openShop()
  emulator = await start({ webhookUrl: shop.webhookUrl })
  shop.connect(emulator)
})
after(async () => {
  await emulator.close()
  shop.close()
})

test('an order is marked as paid', async () => {
  const { payment_id: id } = await shop.sell(2)
  await emulator.pay(id)
  await emulator.idle() // the webhook has been delivered
  assert.equal(shop.isPaid(id), true)
})

test('an order stays unpaid after a declined card', async () => {
  const { payment_id: id } = await shop.sell(1)
  await emulator.pay(id, { outcome: 'failed', error_code: 'INSUFFICIENT_FUNDS' })
  const { body } = await emulator.waitForEvent({ type: 'payment.failed', payment_id: id })
  assert.equal(body.data.error_code, 'INSUFFICIENT_FUNDS')
  await emulator.idle()
  assert.equal(shop.isPaid(id), false)
})
