/** Plan changes: their stories, refusals, codes and dates. */
import t from 'tap'
import { CHANGED, FULL, SCHEDULED, SETTLES_LATER, begin, deleteScheduled, since, totals } from './plan-change-calls.js'
import { openShop } from './subscription-calls.js'

t.test('the stories', async t => {
  t.test('an upgrade, and the renewals after it', async t => {
    const shop = openShop(t, '2026-04-01T00:00:00Z')
    const { id, dear } = await begin(shop)
    await shop.advance(15)
    await shop.changePlan(id, { product_id: dear })
    await shop.moveTo('2026-06-16T00:00:00Z')
    t.strictSame((await shop.payments(id)).map(({ total_amount: total, created_at: at }) => [total, at.slice(0, 10)]),
      [[3000, '2026-04-01'], [2500, '2026-04-16'], [8000, '2026-05-16'], [8000, '2026-06-16']])
    const times = shop.events().filter(({ at }) => at.startsWith('2026-04-16'))
    t.strictSame(times.map(({ type }) => type), ['payment.succeeded', ...CHANGED])
    t.equal(new Set(times.map(({ at }) => at)).size, 1, 'all at one time')
  })

  t.test('a downgrade whose credit lasts for three renewals', async t => {
    const shop = openShop(t, '2026-04-01T00:00:00Z')
    const id = await shop.activate(await shop.plan(8000))
    await shop.advance(15)
    await shop.changePlan(id, { product_id: await shop.plan(2000), proration_billing_mode: 'difference_immediately' })
    await shop.moveTo('2026-08-16T00:00:00Z')
    t.strictSame(await totals(shop, id), [8000, 0, 0, 0, 2000])
  })

  t.test('schedules a change, deletes it and schedules it again', async t => {
    const shop = openShop(t, '2026-04-01T00:00:00Z')
    const [dear, small] = [await shop.plan(8000), await shop.plan(2000)]
    const id = await shop.activate(dear)
    await shop.advance(15)
    const sent = shop.types().length
    t.strictSame(await shop.changePlan(id, { product_id: small, quantity: 2, ...SCHEDULED }),
      { payment_id: null, payment_link: null, client_secret: null, expires_on: null })
    const { scheduled_change: first, product_id: present } = await shop.read(id)
    t.equal(present, dear, 'the plan stays until then')
    t.match(first, { product_id: small, product_name: 'Plan 2000', quantity: 2, addons: [], effective_at: '2026-05-01T00:00:00.000000Z' })
    t.equal((await deleteScheduled(shop, id)).status, 204)
    t.equal((await shop.read(id)).scheduled_change, null)
    await shop.changePlan(id, { product_id: small, ...SCHEDULED })
    t.not((await shop.read(id)).scheduled_change?.id, first?.id)
    t.strictSame(since(shop, sent), ['subscription.updated', 'subscription.updated', 'subscription.updated'])
    await shop.moveTo('2026-05-01T00:00:00Z')
    t.strictSame(since(shop, sent + 3), ['payment.succeeded', 'subscription.plan_changed', 'subscription.renewed', 'subscription.updated'])
    t.strictSame(await totals(shop, id), [8000, 2000])
    t.match(await shop.read(id), {
      product_id: small,
      scheduled_change: null,
      recurring_pre_tax_amount: 2000,
      previous_billing_date: '2026-05-01T00:00:00.000000Z',
      next_billing_date: '2026-06-01T00:00:00.000000Z',
      expires_at: '2036-05-01T00:00:00.000000Z'
    })
  })

  t.test('a pause delays a scheduled change', async t => {
    const shop = openShop(t, '2026-04-01T00:00:00Z')
    const small = await shop.plan(2000)
    const id = await shop.activate(await shop.plan(8000))
    await shop.moveTo('2026-04-16T00:00:00Z')
    await shop.changePlan(id, { product_id: small, ...SCHEDULED })
    await shop.moveTo('2026-04-20T00:00:00Z')
    await shop.change(id, { status: 'paused' })
    await shop.moveTo('2026-04-30T00:00:00Z')
    t.match((await shop.read(id)).scheduled_change, { effective_at: '2026-05-01T00:00:00.000000Z' })
    await shop.change(id, { status: 'active' })
    await shop.moveTo('2026-05-10T23:59:59Z')
    t.strictSame(await totals(shop, id), [8000])
    await shop.moveTo('2026-05-11T00:00:00Z')
    t.strictSame(await totals(shop, id), [8000, 2000])
    t.match(await shop.read(id), { product_id: small, next_billing_date: '2026-06-11T00:00:00.000000Z' })
  })

  t.test('refuses a change while a renewal is in flight', async t => {
    const shop = openShop(t, '2026-04-01T00:00:00Z', { settlementDelay: '1h' })
    const { id, dear } = await begin(shop)
    await shop.useCard(id, SETTLES_LATER)
    await shop.advance(1)
    await shop.moveTo('2026-05-01T00:00:00Z')
    t.match(await shop.refusePlan(id, { product_id: dear }), {
      status: 409,
      code: 'PREVIOUS_PAYMENT_PENDING',
      message: /Cannot create new charge as previous payment is not successful yet/
    })
    await shop.moveTo('2026-05-01T01:00:00Z')
    t.ok((await shop.changePlan(id, { product_id: dear, ...FULL })).payment_id)
  })

  t.test('refuses a change while a cancellation is scheduled', async t => {
    const shop = openShop(t, '2026-04-01T00:00:00Z')
    const { id, dear } = await begin(shop)
    await shop.change(id, { cancel_at_next_billing_date: true })
    t.match(await shop.refusePlan(id, { product_id: dear }), { status: 422, code: 'PLAN_CHANGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION' })
    await shop.change(id, { cancel_at_next_billing_date: false })
    t.ok((await shop.changePlan(id, { product_id: dear })).payment_id)
  })
})

t.test('refusals, of the change and of its preview', async t => {
  const shop = openShop(t, '2026-04-01T00:00:00Z', { settlementDelay: '1h' })
  const { cheap, dear, id } = await begin(shop)
  const refuses = async (subscriptionId: string, body: object, status: number, code: string) => {
    t.match(await shop.refusePlan(subscriptionId, { product_id: dear, ...body }), { status, code }, code)
  }
  await refuses('sub_gone', {}, 404, 'NOT_FOUND')
  const { subscription_id: pending } = await shop.subscribe(cheap)
  await refuses(pending, {}, 422, 'INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED')
  const onDemand = await shop.activate(cheap, { on_demand: { mandate_only: true } })
  await refuses(onDemand, {}, 422, 'ON_DEMAND_PLAN_CHANGE_NOT_SUPPORTED')
  await refuses(id, { product_id: 'pdt_gone' }, 422, 'INVALID_REQUEST_PARAMETERS')
  await refuses(id, { product_id: 'pdt_ebook' }, 422, 'INVALID_REQUEST_PARAMETERS')
  const archived = await shop.plan(4000)
  t.equal((await shop.call('DELETE', `/products/${archived}`)).status, 200)
  await refuses(id, { product_id: archived }, 422, 'PRODUCT_IS_DELETED')
  await refuses(id, { quantity: 0 }, 422, 'INVALID_REQUEST_PARAMETERS')
  await refuses(id, { effective_at: 'next_billing_date' }, 422, 'INVALID_PRORATION_MODE_WITH_NEXT_BILLING_DATE')
  await refuses(id, { effective_at: 'next_billing_date', proration_billing_mode: 'do_not_bill' }, 422, 'INVALID_PRORATION_MODE_WITH_NEXT_BILLING_DATE')
  await refuses(id, { collect_via_payment_link: true }, 422, 'INVALID_REQUEST_PARAMETERS')
  await refuses(id, { collect_via_payment_link: true, on_payment_failure: 'prevent_change', ...SCHEDULED }, 422, 'INVALID_REQUEST_PARAMETERS')
  await refuses(id, { addons: [{ addon_id: 'adn_gone', quantity: 1 }] }, 422, 'MISSING_ADDON_IDS')
  await refuses(id, { discount_codes: ['NOTHING'] }, 422, 'INVALID_DISCOUNT_CODE')
  await refuses(id, { discount_code: 'SAVE10', discount_codes: [] }, 422, 'INVALID_REQUEST_PARAMETERS')
  await refuses(id, { quantity: 1_000_000, proration_billing_mode: 'do_not_bill' }, 422, 'INVALID_REQUEST_PARAMETERS')
  await refuses(id, { metadata: { key: 'x'.repeat(501) } }, 422, 'INVALID_REQUEST_PARAMETERS')
  await refuses(id, { proration_billing_mode: 'later' }, 422, 'INVALID_REQUEST_BODY')
  const restricted = await shop.discount({ code: 'CHEAPONLY', restricted_to: [cheap] })
  await refuses(id, { discount_codes: [restricted] }, 422, 'DISCOUNT_NOT_APPLICABLE_TO_NEW_PRODUCT')

  await shop.changePlan(id, { product_id: dear, ...SCHEDULED })
  await refuses(id, {}, 409, 'SCHEDULED_PLAN_CHANGE_EXISTS')
  await refuses(id, SCHEDULED, 409, 'SCHEDULED_PLAN_CHANGE_EXISTS')
  await shop.changePlan(id, { product_id: cheap, quantity: 2, cancel_scheduled_change_plan: true })
  t.match(await shop.read(id), { quantity: 2, scheduled_change: null })
  const none = await deleteScheduled(shop, id)
  t.match([none.status, none.json], [404, { code: 'SCHEDULED_PLAN_CHANGE_NOT_FOUND', message: /No scheduled plan change found for this subscription\./ }])

  await shop.useCard(id, SETTLES_LATER)
  await shop.advance(1)
  await shop.changePlan(id, { product_id: dear, on_payment_failure: 'prevent_change', ...FULL })
  await refuses(id, {}, 409, 'PENDING_PLAN_CHANGE_EXISTS')
  const { headers } = await shop.call('POST', `/subscriptions/${id}/change-plan`, {
    body: { product_id: dear, quantity: 1, proration_billing_mode: 'do_not_bill' }
  })
  t.equal(headers['x-should-retry'], 'false')

  await shop.change(id, { status: 'cancelled' })
  await refuses(id, {}, 422, 'INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED')
  const ended = await deleteScheduled(shop, id)
  t.match([ended.status, ended.json], [422, { code: 'INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED' }])
  t.equal((await deleteScheduled(shop, 'sub_gone')).status, 404)
})

t.test('discount codes', async t => {
  const shop = openShop(t, '2026-04-01T00:00:00Z')
  const { cheap, dear } = await begin(shop)
  const [stays, goes] = [
    await shop.discount({ code: 'STAYS', preserve_on_plan_change: true, subscription_cycles: 3 }), await shop.discount({ code: 'GOES' })
  ]
  const cheapOnly = await shop.discount({ code: 'CHEAP', preserve_on_plan_change: true, restricted_to: [cheap] })
  const codes = async (id: string) => ((await shop.read(id)).discounts ?? []).map(({ code, cycles_remaining: left }) => [code, left ?? null])
  const id = await shop.activate(cheap, { discount_codes: [stays, goes, cheapOnly] })
  t.strictSame(await codes(id), [['STAYS', 2], ['GOES', null], ['CHEAP', null]])
  await shop.changePlan(id, { product_id: dear, ...FULL })
  t.strictSame(await codes(id), [['STAYS', 1]], 'those that are made to stay and fit the new product, and the payment uses a cycle')
  t.match((await shop.payments(id)).at(-1), { total_amount: 7200, discounts: [{ code: 'STAYS' }] })
  for (const code of ['GOES', 'CHEAP']) {
    t.match(await shop.refusePlan(id, { product_id: cheap, discount_codes: [code] }), { status: 422, code: 'DISCOUNT_ALREADY_USED_ON_SUBSCRIPTION' })
  }
  const fresh = await shop.discount({ code: 'FRESH', amount: 5000, subscription_cycles: 2 })
  await shop.changePlan(id, { product_id: dear, discount_codes: [fresh, stays, fresh], ...FULL })
  t.strictSame(await codes(id), [['FRESH', 1]], 'STAYS had one cycle left')
  t.equal((await totals(shop, id)).at(-1), 3600)
  t.equal((await shop.get<{ times_used: number }>('/discounts/code/STAYS')).times_used, 1, 'it is counted once')
  await shop.changePlan(id, { product_id: dear, discount_codes: [], ...FULL })
  t.strictSame(await codes(id), [])
  t.match(await shop.refusePlan(id, { product_id: dear, discount_code: stays }), { code: 'DISCOUNT_ALREADY_USED_ON_SUBSCRIPTION' })
})

t.test('another frequency', async t => {
  t.test('applies from the next renewal, which becomes the anchor', async t => {
    for (const body of [{ proration_billing_mode: 'do_not_bill' }, SCHEDULED] as const) {
      const shop = openShop(t, '2026-01-31T09:00:00Z')
      const id = await shop.activate(await shop.plan(1000))
      await shop.advance(10)
      await shop.changePlan(id, { product_id: await shop.plan(2500, { payment_frequency_count: 3 }), ...body })
      t.equal((await shop.read(id)).next_billing_date, '2026-02-28T09:00:00.000000Z', 'the date stays')
      await shop.moveTo('2026-08-28T09:00:00Z')
      t.strictSame((await shop.payments(id)).map(({ created_at: at }) => at.slice(0, 10)), ['2026-01-31', '2026-02-28', '2026-05-28', '2026-08-28'])
    }
  })

  t.test('keeps the anchor if it is changed back before the renewal', async t => {
    const shop = openShop(t, '2026-01-31T09:00:00Z')
    const monthly = await shop.plan(1000)
    const id = await shop.activate(monthly)
    for (const product of [await shop.plan(2500, { payment_frequency_count: 3 }), monthly]) {
      await shop.changePlan(id, { product_id: product, proration_billing_mode: 'do_not_bill' })
    }
    await shop.moveTo('2026-03-31T09:00:00Z')
    t.strictSame((await shop.payments(id)).map(({ created_at: at }) => at.slice(0, 10)), ['2026-01-31', '2026-02-28', '2026-03-31'])
  })
})

t.test('a cancellation ends a scheduled change', async t => {
  const shop = openShop(t, '2026-04-01T00:00:00Z')
  const { id, dear } = await begin(shop)
  await shop.changePlan(id, { product_id: dear, ...SCHEDULED })
  await shop.change(id, { status: 'cancelled' })
  t.match(await shop.read(id), { status: 'cancelled', scheduled_change: null })
  await shop.moveTo('2026-05-01T00:00:00Z')
  t.strictSame(await totals(shop, id), [3000])
})

t.test('keeps some terms of the plan, and replaces others', async t => {
  const shop = openShop(t, '2026-04-01T00:00:00Z')
  const [addon, other] = [await shop.addon(500), await shop.addon(700)]
  const plan = await shop.plan(1000, {}, { addons: [addon, other] })
  const id = await shop.activate(plan, { addons: [{ addon_id: addon, quantity: 2 }], metadata: { team: 'blue' } })
  const { expires_at: expiresAt } = await shop.read(id)
  await shop.advance(15)
  const preview = await shop.preview(id, { product_id: plan, addons: [{ addon_id: other, quantity: 3 }] })
  t.match(preview.immediate_charge.line_items, [
    { id: plan, type: 'subscription', proration_factor: -0.5, unit_price: 1000, quantity: 1, name: 'Plan 1000' },
    { id: addon, type: 'addon', proration_factor: -0.5, unit_price: 500, quantity: 2, tax_category: 'saas' },
    { id: plan, type: 'subscription', proration_factor: 0.5, unit_price: 1000, quantity: 1 },
    { id: other, type: 'addon', proration_factor: 0.5, unit_price: 700, quantity: 3 }
  ])
  await shop.changePlan(id, { product_id: plan, addons: [{ addon_id: other, quantity: 3 }] })
  t.match(await shop.read(id), { addons: [{ addon_id: other, quantity: 3 }], expires_at: expiresAt, recurring_pre_tax_amount: 3100 })
  const payment = (await shop.payments(id)).at(-1)
  t.match(payment, { total_amount: 550, metadata: { team: 'blue' }, product_cart: null, subscription_id: id })
  const refund = await shop.call('POST', '/refunds', { body: { payment_id: payment?.payment_id, items: [{ item_id: other, amount: 100 }] } })
  t.match([refund.status, refund.json], [400, { code: 'LINE_ITEM_PRORATED' }])
  await shop.changePlan(id, { product_id: plan, proration_billing_mode: 'do_not_bill' })
  t.strictSame((await shop.read(id)).addons, [], 'add-ons that are left out go')
})
