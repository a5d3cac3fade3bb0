import { expect, onTestFinished, vi } from 'vitest'
import { testWith } from './test.js'

// A file with options has an emulator of its own.
const test = testWith({ settlementDelay: '3d', seed: 42, clock: { now: '2026-01-01T00:00:00Z', frozen: true } })

test('a bank debit is paid three days later', async ({ emulator, shop }) => {
  const { payment_id: id } = await shop.sell(1)
  await emulator.pay(id, { outcome: 'processing' })
  await emulator.advance('2d')
  expect(await shop.status(id)).toBe('processing')
  await emulator.advance('1d')
  expect(await shop.status(id)).toBe('succeeded')
  await emulator.idle()
  expect(shop.isPaid(id)).toBe(true)
})

test('fake timers do not affect the emulator', async ({ emulator, shop }) => {
  vi.useFakeTimers()
  onTestFinished(() => { vi.useRealTimers() })
  const { payment_id: id } = await shop.sell(1)
  await emulator.pay(id)
  await emulator.waitForEvent({ type: 'payment.succeeded', payment_id: id })
})
