import { start } from 'dodo-emulator'
import t from 'tap'
import { openShop } from './shop.js'

t.test('a bank debit is paid three days later', async t => {
  const shop = await openShop()
  const emulator = await start({
    webhookUrl: shop.webhookUrl, settlementDelay: '3d', seed: 42, clock: { now: '2026-01-01T00:00:00Z', frozen: true }
  })
  t.teardown(async () => {
    await emulator.close()
    shop.close()
  })
  shop.connect(emulator)
  const { payment_id: id } = await shop.sell(1)
  await emulator.pay(id, { outcome: 'processing' })
  await emulator.advance('2d')
  t.equal(await shop.status(id), 'processing')
  await emulator.advance('1d')
  t.equal(await shop.status(id), 'succeeded')
  await emulator.idle()
  t.equal(shop.isPaid(id), true)
})
