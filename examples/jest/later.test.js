/**
 * @jest-environment-options {"emulator": {"settlementDelay": "3d", "seed": 42}}
 */
/* global emulator, afterAll, test, expect, jest */
const { openShop } = require('./shop.js')

let shop
afterAll(() => { shop.close() })

test('a bank debit is paid three days later', async () => {
  shop = await openShop()
  shop.connect(emulator)
  const { payment_id: id } = await shop.sell(1)
  await emulator.pay(id, { outcome: 'processing' })
  await emulator.advance('2d')
  expect(await shop.status(id)).toBe('processing')
  await emulator.advance('1d')
  expect(await shop.status(id)).toBe('succeeded')
})

test('fake timers do not affect the emulator', async () => {
  jest.useFakeTimers()
  await emulator.advance('1h')
  expect(await emulator.waitForEvent('payment.succeeded')).toMatchObject({ type: 'payment.succeeded' })
  jest.useRealTimers()
})
