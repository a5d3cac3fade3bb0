/** The fields of payments that later clients require: what a payment charges, the period it pays for, and partial refunds. */
import t from 'tap'
import { startEmulator, paymentBody } from '../helper.js'
import { openShop, type Shop } from './subscription-calls.js'

interface Described {
  charge_type: string | null
  includes_usage: boolean
  retry_attempt: number
  service_periods: Array<{ subscription_id: string, starts_at: string, ends_at: string, proration_factor: string }>
}

/** The fields of each payment of a subscription, oldest first. Lists and single payments must agree. */
async function described (shop: Shop, id: string): Promise<Described[]> {
  const pick = ({ charge_type: type, includes_usage: usage, retry_attempt: retry, service_periods: periods }: Described): Described =>
    ({ charge_type: type, includes_usage: usage, retry_attempt: retry, service_periods: periods })
  const { items } = await shop.get<{ items: Array<Described & { payment_id: string }> }>(`/payments?subscription_id=${id}&page_size=100`)
  const single = await Promise.all(items.map(async item => pick(await shop.get<Described>(`/payments/${item.payment_id}`))))
  t.strictSame(single, items.map(pick), 'the list shows the same')
  return single.reverse()
}

const period = (id: string, from: string, to: string, factor = '1') => ({
  subscription_id: id, starts_at: `${from}T00:00:00.000000Z`, ends_at: `${to}T00:00:00.000000Z`, proration_factor: factor
})

t.test('a subscription\'s payments say what they charge', async t => {
  const shop = openShop(t, '2026-02-01T00:00:00Z')
  const plan = await shop.plan(2900)
  const { subscription_id: unpaid } = await shop.subscribe(plan)
  t.match(await described(shop, unpaid), [{ charge_type: 'new', service_periods: [] }], 'no period until the payment succeeds')
  const id = await shop.activate(plan)
  await shop.moveTo('2026-03-01T00:00:00Z')
  await shop.moveTo('2026-03-25T19:12:00Z') // a fifth of the period is left
  await shop.changePlan(id, { product_id: await shop.plan(9900) })
  const payments = await described(shop, id)
  t.strictSame(payments.map(({ charge_type: type }) => type), ['new', 'renewal', 'plan_change'])
  t.strictSame(payments.map(({ service_periods: periods }) => periods), [
    [period(id, '2026-02-01', '2026-03-01')],
    [period(id, '2026-03-01', '2026-04-01')],
    [{ ...period(id, '', '', '0.2'), starts_at: '2026-03-25T19:12:00.000000Z', ends_at: '2026-04-25T19:12:00.000000Z' }]
  ])
  t.ok(payments.every(({ includes_usage: usage, retry_attempt: retry }) => !usage && retry === 0))
})

t.test('a retry of a renewal is numbered, also in lists', async t => {
  const shop = openShop(t, '2026-02-01T00:00:00Z')
  await shop.call('PATCH', '/_emulator/settings', { body: { payment_retries: true } })
  const id = await shop.activate(await shop.plan(2900))
  await shop.useCard(id, '4000000000000341')
  await shop.moveTo('2026-03-10T00:00:00Z')
  const attempts = (await described(shop, id)).filter(({ charge_type: type }) => type === 'renewal')
  t.ok(attempts.length > 1)
  t.strictSame(attempts.map(({ retry_attempt: retry }) => retry), attempts.map((_, index) => index))
  t.ok(attempts.every(({ service_periods: periods }) => periods.length === 0), 'a declined charge pays for nothing')
})

t.test('a one-time payment charges no subscription, and says whether a part can be refunded', async t => {
  const { pay, get } = startEmulator(t)
  const { payment_id: id } = await pay(paymentBody())
  t.match(await get(`/payments/${id}`), { charge_type: null, includes_usage: false, service_periods: [] })
  t.match(await get(`/payments/${id}/line-items`), { partial_refund_allowed: true })
})
