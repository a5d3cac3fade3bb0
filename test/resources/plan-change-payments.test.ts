/** Plan changes whose payment fails, settles later, or is collected with a payment link. */
import t from 'tap'
import { CHANGED, FAILS_LATER, FULL, SCHEDULED, SETTLES_LATER, begin, since, totals } from './plan-change-calls.js'
import { openShop } from './subscription-calls.js'

t.test('a payment that fails', async t => {
  t.test('applies the change and holds the subscription', async t => {
    const shop = openShop(t, '2026-04-01T00:00:00Z')
    const { id, dear } = await begin(shop)
    await shop.useCard(id, FAILS_LATER)
    await shop.advance(15)
    const sent = shop.types().length
    const { payment_id: paymentId } = await shop.changePlan(id, { product_id: dear, metadata: { reason: 'upgrade' } })
    t.strictSame(since(shop, sent), ['payment.failed', 'subscription.plan_changed', 'subscription.on_hold', 'subscription.updated'])
    t.match(await shop.read(id), { status: 'on_hold', product_id: dear, next_billing_date: '2026-05-16T00:00:00.000000Z' })
    t.match((await shop.payments(id)).at(-1), { payment_id: paymentId, status: 'failed', total_amount: 2500, metadata: { reason: 'upgrade' } })
    await shop.advance(2)
    await shop.useCard(id, '4242424242424242')
    t.match(await shop.read(id), {
      status: 'active',
      product_id: dear,
      previous_billing_date: '2026-04-16T00:00:00.000000Z',
      next_billing_date: '2026-05-16T00:00:00.000000Z'
    })
    t.equal((await shop.payments(id)).at(-1)?.total_amount, 2500, 'the amount that was owed is paid')
    await shop.moveTo('2026-05-16T00:00:00Z')
    t.equal((await totals(shop, id)).at(-1), 8000)
  })

  t.test('or keeps the current plan', async t => {
    const shop = openShop(t, '2026-04-01T00:00:00Z')
    const { id, dear } = await begin(shop)
    await shop.useCard(id, FAILS_LATER)
    await shop.advance(15)
    const [before, sent] = [await shop.read(id), shop.types().length]
    await shop.changePlan(id, { product_id: dear, on_payment_failure: 'prevent_change' })
    t.strictSame(since(shop, sent), ['payment.failed'])
    t.strictSame(await shop.read(id), before)
    await shop.useCard(id, '4242424242424242')
    t.ok((await shop.changePlan(id, { product_id: dear })).payment_id, 'it can be tried again')
    t.match(await shop.read(id), { product_id: dear })
  })

  t.test('as the settings of the business define', async t => {
    const shop = openShop(t, '2026-04-01T00:00:00Z')
    const { id, cheap, dear } = await begin(shop)
    await shop.call('PATCH', '/_emulator/settings', { body: { on_payment_failure: 'prevent_change' } })
    await shop.useCard(id, FAILS_LATER)
    await shop.changePlan(id, { product_id: dear })
    t.match(await shop.read(id), { status: 'active', product_id: cheap })
  })

  t.test('on the date of a scheduled change', async t => {
    const shop = openShop(t, '2026-04-01T00:00:00Z')
    const { id, dear } = await begin(shop)
    await shop.changePlan(id, { product_id: dear, ...SCHEDULED })
    await shop.useCard(id, FAILS_LATER)
    const sent = shop.types().length
    await shop.moveTo('2026-05-01T00:00:00Z')
    t.strictSame(since(shop, sent), ['payment.failed', 'subscription.plan_changed', 'subscription.on_hold', 'subscription.updated'])
    t.match(await shop.read(id), { status: 'on_hold', product_id: dear, scheduled_change: null })
    await shop.useCard(id, '4242424242424242')
    t.match(await shop.read(id), { status: 'active', next_billing_date: '2026-06-01T00:00:00.000000Z' })
    t.equal((await totals(shop, id)).at(-1), 8000)
  })

  t.test('does not use or add credit', async t => {
    const shop = openShop(t, '2026-04-01T00:00:00Z')
    const { id, dear } = await begin(shop)
    const credit = () => shop.emulator.sandbox.subscriptions.find(id)?.credit
    await shop.advance(15)
    await shop.changePlan(id, { product_id: await shop.plan(1000) })
    t.equal(credit(), 1000)
    await shop.useCard(id, FAILS_LATER)
    await shop.changePlan(id, { product_id: dear, ...FULL })
    t.equal(credit(), 1000, 'as before')
    await shop.useCard(id, '4242424242424242')
    t.equal(credit(), 0, 'used with the payment')
    t.equal((await totals(shop, id)).at(-1), 7000)
  })
})

t.test('a payment that settles later', async t => {
  for (const onFailure of ['prevent_change', 'apply_change'] as const) {
    t.test(onFailure, async t => {
      const shop = openShop(t, '2026-04-01T00:00:00Z', { settlementDelay: '1h' })
      const { id, cheap, dear } = await begin(shop)
      await shop.useCard(id, SETTLES_LATER)
      await shop.moveTo('2026-04-16T00:00:00Z')
      const sent = shop.types().length
      await shop.changePlan(id, { product_id: dear, on_payment_failure: onFailure })
      t.strictSame(since(shop, sent), ['payment.processing'])
      t.equal((await shop.read(id)).product_id, onFailure === 'apply_change' ? dear : cheap)
      await shop.moveTo('2026-04-16T01:00:00Z')
      t.strictSame(since(shop, sent + 1), ['payment.succeeded', ...CHANGED])
      const start = onFailure === 'apply_change' ? '2026-04-16T00:00:00.000000Z' : '2026-04-16T01:00:00.000000Z'
      t.match(await shop.read(id), { product_id: dear, previous_billing_date: start, next_billing_date: start.replace('-04-', '-05-') })
    })
  }
})

t.test('a payment link', async t => {
  const shop = openShop(t, '2026-04-01T00:00:00Z')
  const { id, cheap, dear } = await begin(shop)
  const body = { product_id: dear, on_payment_failure: 'prevent_change', collect_via_payment_link: true } as const
  await shop.advance(15)
  const first = await shop.changePlan(id, body)
  t.match(first, { payment_id: /^pay_/, payment_link: /^http/, client_secret: /_secret_/, expires_on: '2026-04-17T00:00:00.000000Z' })
  t.equal((await shop.read(id)).product_id, cheap)
  t.match(await shop.refusePlan(id, body), { status: 409, code: 'PENDING_PLAN_CHANGE_EXISTS' })
  await shop.advance(1)
  const sent = shop.types().length
  const second = await shop.changePlan(id, body)
  t.strictSame(since(shop, sent), ['payment.cancelled'], 'a link that has expired is replaced')
  await shop.payWith(second.payment_id ?? '')
  t.strictSame(since(shop, sent + 1), ['payment.succeeded', ...CHANGED])
  t.match(await shop.read(id), { product_id: dear, next_billing_date: '2026-05-17T00:00:00.000000Z' })

  const third = await shop.changePlan(id, { ...body, product_id: await shop.plan(20_000) })
  await shop.payWith(third.payment_id ?? '', '4000000000000002')
  t.match(await shop.read(id), { status: 'active', product_id: dear })
  await shop.moveTo('2026-05-16T12:00:00Z')
  const fourth = await shop.changePlan(id, { ...body, product_id: await shop.plan(30_000), ...FULL })
  await shop.moveTo('2026-05-17T00:00:00Z')
  t.equal((await shop.payments(id)).find(({ payment_id: paymentId }) => paymentId === fourth.payment_id)?.status, 'cancelled',
    'a renewal closes the page')
  t.match(await shop.read(id), { product_id: dear, next_billing_date: '2026-06-17T00:00:00.000000Z' })
})
