/** Explanations of what a subscription charges: first payment, renewal and plan change. */
import t from 'tap'
import type { components } from '../../src/contract/control-types.gen.js'
import { FAILS_LATER, begin } from './plan-change-calls.js'
import { openShop, type Shop } from './subscription-calls.js'

type Explanation = components['schemas']['PaymentExplanation']

const explain = async (shop: Shop, id: string) => await Promise.all((await shop.payments(id)).map(async ({ payment_id: paymentId }) =>
  await shop.get<Explanation>(`/_emulator/payments/${paymentId}/explain`)))
/** The text without its first line, which names the payment, and the last one, which explains the fee. */
const stepsOf = (explanation?: Explanation) => explanation?.text.split('\n').slice(1).filter(line => !line.startsWith('Fee: ')) ?? []

t.test('a plan change, and renewals that credit pays in part', async t => {
  const shop = openShop(t, '2026-04-01T00:00:00Z')
  const { dear, cheap } = await begin(shop)
  const id = await shop.activate(cheap, { billing: { country: 'GB' } })
  await shop.moveTo('2026-04-16T00:00:00Z')
  await shop.changePlan(id, { product_id: dear })
  await shop.moveTo('2026-05-01T00:00:00Z')
  await shop.changePlan(id, { product_id: await shop.plan(2000) })
  await shop.moveTo('2026-07-01T00:00:00Z')
  const explained = await explain(shop, id)
  t.strictSame(explained.map(({ basis, total_amount: total }) => [basis, total]), [
    ['recalculated', 3600], ['recalculated', 3000], ['recalculated', 1200], ['recalculated', 2400]
  ])
  t.strictSame(stepsOf(explained[1]), [
    `old plan ${cheap}: $36.00 paid for the current period, including $6.00 tax`,
    `old plan ${cheap}: 1/2 of $30.00 credited: -$15.00`,
    `old plan ${cheap}: tax, 1/2 of $6.00 credited: -$3.00`,
    `new plan ${dear}: 1 × $80.00, the price of the plan = $80.00`,
    `new plan ${dear}: 20% VAT of the billing country GB: $16.00`,
    `new plan ${dear}: line total: $96.00`,
    `new plan ${dear}: 1/2 of $80.00 charged: $40.00`,
    `new plan ${dear}: tax, 1/2 of $16.00 charged: $8.00`,
    'total: -$18.00 + $48.00 = $30.00, including $5.00 tax',
    'charged: $30.00, including $5.00 tax'
  ])
  t.match(stepsOf(explained[2]).slice(-3), [
    /^total: \$24\.00, including \$4\.00 tax$/,
    "$12.00 of credit used; the subscription's credit is now $0.00",
    'charged: $12.00, including $2.00 tax'
  ])
  t.match(explained[2]?.steps.at(-2), { kind: 'credit', before: 2400, after: 1200 })
})

t.test('codes, add-ons, a product discount and the minimum charge', async t => {
  const shop = openShop(t, '2026-04-01T00:00:00Z')
  const addon = await shop.addon(700)
  const code = await shop.discount({ code: 'KEPT', amount: 1500, preserve_on_plan_change: true })
  const plan = await shop.plan(1999, { discount: 25 }, { addons: [addon] })
  const id = await shop.activate(plan, { quantity: 3, addons: [{ addon_id: addon, quantity: 2 }], discount_codes: [code], billing: { country: 'DE' } })
  await shop.moveTo('2026-04-12T00:00:00Z')
  await shop.changePlan(id, { product_id: plan, quantity: 5, addons: [{ addon_id: addon, quantity: 2 }] })
  await shop.changePlan(id, { product_id: await shop.plan(100), quantity: 102, proration_billing_mode: 'full_immediately' })
  await shop.moveTo('2026-06-12T00:00:00Z')
  const explained = await explain(shop, id)
  t.ok(explained.length > 4)
  for (const { basis, as_of_now: notes, steps, total_amount: total } of explained) {
    t.equal(basis, 'recalculated', notes.join(' '))
    t.match(steps.at(-1), { kind: 'charged', after: total })
  }
  t.match(explained[1]?.steps.find(({ kind }) => kind === 'product_discount'), { text: /product discount of 25%/ })

  const raised = await shop.activate(await shop.plan(2960))
  await shop.moveTo('2026-06-27T00:00:00Z')
  await shop.changePlan(raised, { product_id: await shop.plan(3000) })
  t.match((await explain(shop, raised)).at(-1), { basis: 'recalculated', text: /raised to the minimum charge of \$0\.50\n\$0\.30 added to the credit/ })
})

t.test('trials, charges on demand and recoveries', async t => {
  const shop = openShop(t, '2026-04-01T00:00:00Z')
  const { id: failing, dear } = await begin(shop)
  const ids = [
    await shop.activate(await shop.plan(2900, { trial_period_days: 7, trial_amount: 500, discount: 10 })),
    await shop.activate(dear, { on_demand: { mandate_only: false, product_price: 700 } }),
    await shop.activate(dear, { one_time_product_cart: [{ product_id: 'pdt_course', quantity: 2 }] }),
    failing
  ]
  t.equal((await shop.call('POST', `/subscriptions/${ids[1]}/charge`, { body: { product_price: 1234 } })).status, 200)
  await shop.useCard(failing, FAILS_LATER)
  await shop.changePlan(failing, { product_id: dear })
  await shop.useCard(failing, '4242424242424242')
  await shop.advance(40)
  for (const id of ids) {
    for (const { basis, as_of_now: notes, total_amount: total } of await explain(shop, id)) t.equal(basis, 'recalculated', `${total}: ${notes.join(' ')}`)
  }
})

t.test('shows only stored amounts if the terms have changed', async t => {
  const shop = openShop(t, '2026-04-01T00:00:00Z')
  const code = await shop.discount({ code: 'MORE', amount: 1000 })
  const id = await shop.activate(await shop.plan(3000), { discount_codes: [code] })
  const { items } = await shop.get<{ items: Array<{ discount_id: string, code: string }> }>('/discounts?page_size=100')
  const discountId = items.find(discount => discount.code === code)?.discount_id ?? ''
  t.equal((await shop.call('PATCH', `/discounts/${discountId}`, { body: { amount: 2000 } })).status, 200)
  t.match(await explain(shop, id), [{ basis: 'stored', as_of_now: [/have changed since/] }])
})
