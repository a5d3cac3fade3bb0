/** The example file with subscriptions in each state, and mistakes in such a file. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { packagePath } from '../../src/root.js'
import { start } from '../../src/index.js'

type Item = Required<Schemas['SubscriptionListResponseItem']>

t.test('loads subscriptions in each state, with the renewals before it', async t => {
  const emulator = await start({ fixtures: packagePath('fixtures', 'examples', 'subscriptions.yaml') })
  t.teardown(() => emulator.close())
  const { items } = await emulator.request<{ items: Item[] }>('GET', '/subscriptions?page_size=100')
  const statuses = Object.fromEntries(items.map(({ subscription_id: id, status }) => [id, status]))
  t.strictSame(statuses, {
    sub_active: 'active',
    sub_yearly: 'active',
    sub_weekly: 'active',
    sub_quarterly: 'active',
    sub_seats: 'active',
    sub_free_trial: 'active',
    sub_paid_trial: 'active',
    sub_on_demand: 'active',
    sub_ending: 'active',
    sub_pending: 'pending',
    sub_failed: 'failed',
    sub_on_hold: 'on_hold',
    sub_expired: 'expired',
    sub_paused: 'paused',
    sub_cancelled: 'cancelled'
  })
  const totals = async (id: string) => (await emulator.request<{ items: Array<{ total_amount: number }> }>('GET',
    `/payments?subscription_id=${id}`)).items.map(payment => payment.total_amount)
  t.strictSame(await totals('sub_active'), [4641, 4641, 4641, 4641], 'three renewals in a hundred days: (2900 + 2 × 500) + 19 %')
  t.equal((await totals('sub_weekly')).length, 5)
  t.strictSame(await totals('sub_paid_trial'), [119])
  t.match(items.find(({ subscription_id: id }) => id === 'sub_ending'), { cancel_at_next_billing_date: true })
})

t.test('a refused change is reported with its path', async t => {
  const emulator = await start()
  t.teardown(() => emulator.close())
  const subscription = {
    product_id: 'pdt_pro_monthly', quantity: 1, customer: { customer_id: 'cus_ada' }, billing: { country: 'US' as const }
  }
  const file = { subscriptions: [{ ...subscription, outcome: 'failed' as const, changes: [{ status: 'paused' as const }] }] }
  const error: unknown = await emulator.load(file).catch((error: unknown) => error)
  t.match(error, { details: [{ path: /^subscriptions\[0\]\.changes\[0\]/ }] })
  t.strictSame(await emulator.request('GET', '/subscriptions'), { items: [] }, 'nothing is loaded')
})
