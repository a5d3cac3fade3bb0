/** The computer's clock is set back or forward. The sandbox's clock never goes back by itself. */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { steadyClock, type Clock } from '../../src/sandbox/clock.js'
import { paymentBody, startEmulator, type TestEmulator } from '../helper.js'
import { startReceiver } from '../receiver.js'

const HOUR_US = 3_600_000_000

/** The computer's clock, set by the test. */
function computer (): Clock & { setBy: (us: number) => void } {
  let offset = 0
  return { now: () => Date.now() * 1000 + offset, setBy: us => { offset += us } }
}

const clockOf = async ({ get }: TestEmulator) => Date.parse((await get<{ now: string }>('/_emulator/clock')).now) * 1000

async function idsInList ({ get }: TestEmulator): Promise<string[]> {
  const { items } = await get<{ items: Array<{ payment_id: string }> }>('/payments?page_size=100')
  return items.map(({ payment_id: id }) => id)
}

async function payTimes (shop: TestEmulator, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < count; index++) ids.push((await shop.pay(paymentBody())).payment_id)
  return ids
}

t.test('steadyClock never goes back, follows the computer forward, and keeps pace with real time', async t => {
  fc.assert(fc.property(fc.array(fc.record({ passes: fc.nat(10_000), set: fc.integer({ min: -1e7, max: 1e7 }) })), steps => {
    let [wall, elapsed] = [1_000_000_000, 0]
    const clock = steadyClock({ now: () => wall }, () => elapsed / 1000)
    let before = clock.now()
    for (const { passes, set } of steps) {
      wall += passes + set
      elapsed += passes
      const now = clock.now()
      if (passes + set >= 0) t.equal(now - before, passes + set, 'as far as the computer')
      else t.equal(now - before, passes, 'as far as elapsed time')
      before = now
    }
  }))
})

t.test('keeps lists in order when the computer is set back while it runs', async t => {
  const system = computer()
  const receiver = await startReceiver(t)
  const shop = startEmulator(t, { refundDelay: '100ms', settlementDelay: '100ms', webhookUrl: receiver.url }, system)
  await shop.emulator.app.ready()
  const paid = await payTimes(shop, 3)
  const [first = ''] = paid
  await shop.call('POST', `/_emulator/payments/${first}/pay`, { body: { outcome: 'succeeded' } })
  await shop.call('GET', '/_emulator/idle')
  const before = await clockOf(shop)
  system.setBy(-HOUR_US)
  paid.push(...await payTimes(shop, 3))
  t.strictSame(await idsInList(shop), paid.toReversed(), 'lists stay in order')
  t.ok(await clockOf(shop) >= before)
  await shop.call('POST', '/refunds', { body: { payment_id: first } })
  const statuses = async () => (await shop.get<{ items: Array<{ status: string }> }>('/refunds')).items.map(({ status }) => status)
  while ((await statuses()).includes('pending')) await wait(5)
  t.strictSame(await statuses(), ['succeeded'], 'a refund settles')
  await shop.call('GET', '/_emulator/idle')
  const signed = receiver.received.map(({ headers }) => Number(headers['webhook-timestamp']))
  t.equal(signed.length, 2)
  t.ok(Math.abs((signed[1] ?? 0) - Date.now() / 1000 + 3600) < 60, "deliveries are signed with the computer's time, which receivers compare")
  system.setBy(3 * HOUR_US)
  const later = await clockOf(shop)
  t.ok(later >= before + 2 * HOUR_US && later < before + 3 * HOUR_US + 60_000_000, 'it follows the computer forward')
})

t.test('keeps lists in order when the computer is set back between two runs', async t => {
  const database = join(t.testdir(), 'shop.db')
  const runs = async (t: Test, system: Clock, act: (shop: TestEmulator) => Promise<void>) => {
    const shop = startEmulator(t, { database }, system)
    await shop.emulator.app.ready()
    await act(shop)
    await shop.emulator.close()
  }
  const system = computer()
  const paid: string[] = []
  let before = 0
  await runs(t, system, async shop => {
    paid.push(...await payTimes(shop, 2))
    await wait(20)
    before = await clockOf(shop)
  })
  system.setBy(-HOUR_US)
  for (let run = 0; run < 2; run++) {
    await runs(t, system, async shop => {
      t.ok(await clockOf(shop) >= before, 'it continues from the time it had reached')
      paid.push(...await payTimes(shop, 2))
      t.strictSame(await idsInList(shop), paid.toReversed())
      before = await clockOf(shop)
    })
  }
  await runs(t, system, async shop => {
    await shop.call('POST', '/_emulator/clock', { body: { now: '2026-01-01T00:00:00Z' } })
  })
  system.setBy(-HOUR_US)
  await runs(t, system, async shop => {
    const now = await shop.get<{ now: string }>('/_emulator/clock')
    t.match(now.now, /^2026-01-01T00:0/, 'a clock that was set back on purpose stays there')
  })
})

t.test('accepts a snapshot of a computer that is ahead', async t => {
  const ahead = computer()
  ahead.setBy(HOUR_US)
  const other = startEmulator(t, {}, ahead)
  const [id = ''] = await payTimes(other, 1)
  const snapshot = other.emulator.sandbox.snapshot()
  const shop = startEmulator(t)
  const { sandbox } = shop.emulator
  await new Promise<void>((resolve, reject) => {
    sandbox.batch.run(() => { sandbox.restore(snapshot) }, error => { error === undefined ? resolve() : reject(error) })
  })
  t.strictSame(await idsInList(shop), [id])
  const [next = ''] = await payTimes(shop, 1)
  t.strictSame(await idsInList(shop), [next, id], 'later payments are newer')
})
