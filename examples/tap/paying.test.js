import { start } from 'dodo-emulator'
import t from 'tap'
import { openShop } from './shop.js'

// tap runs each file in its own process, so each file has its own emulator.
const shop = await openShop()
const emulator = await start({ webhookUrl: shop.webhookUrl })
shop.connect(emulator)
t.teardown(async () => {
  await emulator.close()
  shop.close()
})

t.test('an order is marked as paid', async t => {
  const { payment_id: id } = await shop.sell(2)
  await emulator.pay(id)
  await emulator.idle() // the webhook has been delivered
  t.equal(shop.isPaid(id), true)
})

t.test('an order stays unpaid after a declined card', async t => {
  const { payment_id: id } = await shop.sell(1)
  await emulator.pay(id, { outcome: 'failed', error_code: 'INSUFFICIENT_FUNDS' })
  t.match(await emulator.waitForEvent({ type: 'payment.failed', payment_id: id }), {
    body: { data: { error_code: 'INSUFFICIENT_FUNDS' } }
  })
  await emulator.idle()
  t.equal(shop.isPaid(id), false)
})
