import { start } from 'dodo-emulator'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openShop } from './shop.js'

test('a bank debit is paid three days later', async () => {
  const shop = await openShop()
  const emulator = await start({
    webhookUrl: shop.webhookUrl, settlementDelay: '3d', seed: 42, clock: { now: '2026-01-01T00:00:00Z', frozen: true }
  })
  onTestFinished(async () => {
    await emulator.close()
    shop.close()
  })
  shop.connect(emulator)
  const { payment_id: id } = await shop.sell(1)
  await emulator.pay(id, { outcome: 'processing' })
  await emulator.advance('2d')
  expect(await shop.status(id)).toBe('processing')
  await emulator.advance('1d')
  expect(await shop.status(id)).toBe('succeeded')
  await emulator.idle()
  expect(shop.isPaid(id)).toBe(true)
})

test('fake timers do not affect the emulator', async () => {
  const emulator = await start()
  vi.useFakeTimers()
  onTestFinished(async () => {
    vi.useRealTimers()
    await emulator.close()
  })
  const { payment_id: id } = await emulator.request('POST', '/payments', {
    billing: { country: 'US' }, customer: { customer_id: 'cus_ada' }, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }]
  })
  await emulator.pay(id)
  await emulator.waitForEvent('payment.succeeded')
})
