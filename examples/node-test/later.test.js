import assert from 'node:assert/strict'
import { test } from 'node:test'
import { start } from 'dodo-emulator'
import { openShop } from './shop.js'

test('a bank debit is paid three days later', async t => {
  const shop = await openShop()
  const emulator = await start({
    webhookUrl: shop.webhookUrl, settlementDelay: '3d', seed: 42, clock: { now: '2026-01-01T00:00:00Z', frozen: true }
  })
  t.after(async () => {
    await emulator.close()
    shop.close()
  })
  shop.connect(emulator)
  const { payment_id: id } = await shop.sell(1)
  await emulator.pay(id, { outcome: 'processing' })
  await emulator.advance('2d')
  assert.equal(await shop.status(id), 'processing')
  await emulator.advance('1d')
  assert.equal(await shop.status(id), 'succeeded')
  await emulator.idle()
  assert.equal(shop.isPaid(id), true)
})
