/** Credits of subscriptions by period: grants, rollover, overage, trials, plan changes, and their events in order. */
import t, { type Test } from 'tap'
import { sellCredits, type Attached } from './credit-calls.js'

const OVERAGE = { overage_enabled: true, price_per_unit: '2', currency: 'USD' as const }
const ROLLOVER = { rollover_enabled: true, rollover_percentage: 75 }

t.test('a period', async t => {
  t.test('is granted at the activation and at each renewal, for each unit', async t => {
    const shop = await sellCredits(t, { credits_amount: '100.0' })
    const { entitlementId: id, productId } = shop
    const subscriptionId = await shop.activate(productId, { quantity: 3 })
    t.match(await shop.balance(id), { balance: '300' }, 'K16')
    t.strictSame(shop.types(), ['payment.succeeded', 'subscription.active', 'subscription.renewed', 'subscription.updated', 'credit.added'])
    t.match(shop.creditEvents(), [{
      type: 'credit.added',
      data: {
        amount: '300',
        is_credit: true,
        balance_before: '0',
        balance_after: '300',
        reference_type: 'subscription',
        reference_id: subscriptionId,
        transaction_type: 'credit_added',
        description: 'Credits with subscription',
        grant_id: /^cgr_/
      }
    }])
    await shop.advance(28)
    t.match(await shop.balance(id), { balance: '600' }, 'without rollover, credits add up until they expire')
    t.strictSame(shop.types().slice(5), ['payment.succeeded', 'subscription.renewed', 'subscription.updated', 'credit.added'])
    t.match(await shop.grants(id), Array(2).fill({ source_type: 'subscription', source_id: subscriptionId, initial_amount: '300', expires_at: null }))
  })

  t.test('K2: ends with its days of expiry', async t => {
    const shop = await sellCredits(t, { expires_after_days: 28 })
    await shop.activate(shop.productId)
    await shop.book(shop.entitlementId, 'debit', '800')
    shop.changes()
    await shop.moveTo('2026-03-01T00:00:00Z')
    t.strictSame(shop.changes(), ['expired 200', 'added 1000'])
    t.match(await shop.balance(shop.entitlementId), { balance: '1000' })
  })

  t.test('S10, K1: rolls over', async t => {
    const shop = await sellCredits(t, {}, ROLLOVER)
    const { entitlementId: id } = shop
    const subscriptionId = await shop.activate(shop.productId)
    const [first] = await shop.grants(id)
    await shop.book(id, 'debit', '800')
    const before = shop.types().length
    shop.changes()
    await shop.moveTo('2026-03-01T00:00:00Z')
    t.strictSame(shop.types().slice(before), ['payment.succeeded', 'subscription.renewed', 'subscription.updated',
      'credit.rolled_over', 'credit.expired', 'credit.added'])
    t.strictSame(shop.changes(), ['rolled_over 150', 'expired 50', 'added 1000'])
    t.match(await shop.ledger(id), [
      { transaction_type: 'credit_added', balance_before: '150', balance_after: '1150' },
      { transaction_type: 'credit_expired', amount: '50', is_credit: false, balance_before: '200', balance_after: '150', grant_id: first?.id },
      { transaction_type: 'credit_rolled_over', amount: '150', is_credit: true, balance_before: '50', balance_after: '200', reference_id: subscriptionId },
      {}, {}
    ])
    t.match(await shop.grants(id), [
      { source_type: 'subscription', remaining_amount: '1000', rollover_count: 0, parent_grant_id: null },
      { source_type: 'rollover', initial_amount: '150', remaining_amount: '150', rollover_count: 1, parent_grant_id: first?.id, is_rolled_over: false },
      { id: first?.id, remaining_amount: '0', is_rolled_over: true, is_expired: true, rollover_count: 0 }
    ])
    t.match(await shop.balance(id), { balance: '1150' })
  })

  t.test('K5: what was carried over as often as possible is forfeited', async t => {
    const shop = await sellCredits(t, {}, { ...ROLLOVER, max_rollover_count: 1 })
    await shop.activate(shop.productId)
    await shop.advance(28)
    shop.changes()
    await shop.moveTo('2026-04-01T00:00:00Z')
    t.strictSame(shop.changes(), ['rolled_over 750', 'rollover_forfeited 750', 'expired 250', 'added 1000'])
    t.match(await shop.balance(shop.entitlementId), { balance: '1750' })
  })

  t.test('a count of 0 carries nothing, and 100 % carries everything', async t => {
    const none = await sellCredits(t, {}, { ...ROLLOVER, max_rollover_count: 0 })
    await none.activate(none.productId)
    none.changes()
    await none.advance(28)
    t.strictSame(none.changes(), ['rollover_forfeited 1000', 'added 1000'])
    const all = await sellCredits(t, {}, { rollover_enabled: true })
    await all.activate(all.productId)
    all.changes()
    await all.advance(28)
    t.strictSame(all.changes(), ['rolled_over 1000', 'added 1000'])
    t.match((await all.grants(all.entitlementId)).at(-1), { is_rolled_over: true, is_expired: false })
  })

  t.test('rollover comes before expiry, and carried credits last for their timeframe', async t => {
    const shop = await sellCredits(t, { expires_after_days: 20 }, { ...ROLLOVER, rollover_timeframe_count: 1, rollover_timeframe_interval: 'Week' })
    await shop.activate(shop.productId)
    shop.changes()
    await shop.advance(27)
    t.match(await shop.balance(shop.entitlementId), { balance: '1000' }, 'the renewal decides about it')
    await shop.advance(1)
    t.strictSame(shop.changes(), ['rolled_over 750', 'expired 250', 'added 1000'])
    t.match((await shop.grants(shop.entitlementId))[1], { source_type: 'rollover', expires_at: '2026-03-08T00:00:00.000000Z' })
    await shop.advance(7)
    t.strictSame(shop.changes(), ['expired 750'])
  })
})

t.test('overage at a renewal', async t => {
  const renewed = async (t: Test, behavior: Attached['overage_behavior'], entitlement = {}) => {
    const shop = await sellCredits(t, { overage_behavior: behavior ?? null, credits_amount: '100' }, { ...OVERAGE, ...entitlement })
    const subscriptionId = await shop.activate(shop.productId)
    await shop.book(shop.entitlementId, 'debit', '130')
    shop.changes()
    return { ...shop, subscriptionId, totals: async () => (await shop.payments(subscriptionId)).map(({ total_amount: total }) => total) }
  }

  t.test('K12: forgiven', async t => {
    const shop = await renewed(t, 'forgive_at_reset')
    await shop.advance(28)
    t.strictSame(shop.changes(), ['overage_reset 30', 'added 100'])
    t.match(await shop.balance(shop.entitlementId), { balance: '100', overage: '0' })
    t.strictSame(await shop.totals(), [2900, 2900])
  })

  t.test('K9: invoiced', async t => {
    const shop = await renewed(t, 'invoice_at_billing')
    await shop.advance(28)
    t.strictSame(shop.changes(), ['overage_reset 30', 'added 100'])
    t.strictSame(await shop.totals(), [2900, 2960])
    const [, renewal] = await shop.payments(shop.subscriptionId)
    const explained = await shop.get<{ steps: Array<{ text: string }> }>(`/_emulator/payments/${renewal?.payment_id}/explain`)
    t.match(JSON.stringify(explained.steps), /overage cde_\w+: 1 × \$0\.60/)
    t.match(await shop.balance(shop.entitlementId), { balance: '100', overage: '0' })
  })

  t.test('invoiced once, if the renewal fails first; overage that comes later waits for the next one', async t => {
    const shop = await renewed(t, 'invoice_at_billing')
    await shop.useCard(shop.subscriptionId, '4000000000000341')
    await shop.advance(28)
    t.strictSame(shop.changes(), [], 'nothing is granted on hold')
    await shop.book(shop.entitlementId, 'debit', '7')
    await shop.useCard(shop.subscriptionId, '4242424242424242')
    t.strictSame(shop.changes(), ['manual_adjustment 7', 'overage_reset 30', 'added 100'])
    t.match(await shop.balance(shop.entitlementId), { balance: '100', overage: '7' })
    await shop.advance(31)
    t.strictSame((await shop.totals()).filter(total => total > 0), [2900, 2960, 2960, 2914])
  })

  t.test('K10: carried as a deficit', async t => {
    const shop = await renewed(t, 'carry_deficit')
    await shop.advance(28)
    t.strictSame(shop.changes(), ['added 100'])
    t.match(await shop.balance(shop.entitlementId), { balance: '100', overage: '30' })
  })

  t.test('K11: repaid from the new credits', async t => {
    const shop = await renewed(t, 'carry_deficit_auto_repay')
    await shop.advance(28)
    t.strictSame(shop.changes(), ['added 100', 'deducted 30'])
    t.match(await shop.balance(shop.entitlementId), { balance: '70', overage: '0' })
  })
})

t.test('a trial', async t => {
  const trial = async (t: Test, credit: Partial<Attached>) => {
    const shop = await sellCredits(t, credit, {}, { trial_period_days: 14 })
    const subscriptionId = await shop.activate(shop.productId)
    return { ...shop, subscriptionId }
  }

  t.test('has its own credits, which stay', async t => {
    const shop = await trial(t, { trial_credits: '50' })
    t.strictSame(shop.changes(), ['added 50'])
    await shop.advance(14)
    t.strictSame(shop.changes(), ['added 1000'])
    t.match(await shop.balance(shop.entitlementId), { balance: '1050' })
  })

  t.test('has its own credits, which end with it', async t => {
    const shop = await trial(t, { trial_credits: '50', trial_credits_expire_after_trial: true })
    await shop.book(shop.entitlementId, 'debit', '20')
    t.match(await shop.grants(shop.entitlementId), [{ expires_at: '2026-02-15T00:00:00.000000Z' }])
    shop.changes()
    await shop.advance(14)
    t.strictSame(shop.changes(), ['expired 30', 'added 1000'])
  })

  t.test('has the regular credits unless it has its own, and none with 0', async t => {
    t.strictSame((await trial(t, {})).changes(), ['added 1000'])
    t.strictSame((await trial(t, { trial_credits: '0' })).changes(), [])
  })

  t.test('whose end moves keeps its credits until then', async t => {
    const shop = await trial(t, { trial_credits: '50', trial_credits_expire_after_trial: true })
    await shop.change(shop.subscriptionId, { next_billing_date: '2026-02-20T00:00:00Z' })
    shop.changes()
    await shop.advance(15)
    t.strictSame(shop.changes(), [])
    await shop.advance(4)
    t.strictSame(shop.changes(), ['expired 50', 'added 1000'])
  })
})

t.test('a plan change', async t => {
  const change = async (t: Test, behavior: 'prorate' | 'no_prorate', body = {}) => {
    const shop = await sellCredits(t, { proration_behavior: behavior })
    const larger = await shop.plan(8900, {}, {
      credit_entitlements: [{ credit_entitlement_id: shop.entitlementId, credits_amount: '5000', proration_behavior: behavior }]
    })
    const subscriptionId = await shop.activate(shop.productId)
    await shop.book(shop.entitlementId, 'debit', '400')
    shop.changes()
    await shop.moveTo('2026-02-15T00:00:00Z') // half of the period
    await shop.changePlan(subscriptionId, { product_id: larger, ...body })
    return { ...shop, larger, subscriptionId }
  }

  t.test('prorates: the rest ends, and the new credits are a part', async t => {
    const shop = await change(t, 'prorate')
    t.strictSame(shop.types().slice(-5), ['payment.succeeded', 'subscription.plan_changed', 'subscription.updated', 'credit.expired', 'credit.added'])
    t.strictSame(shop.changes(), ['expired 600', 'added 2500'])
  })

  t.test('prorates with a full charge: all new credits', async t => {
    const shop = await change(t, 'prorate', { proration_billing_mode: 'full_immediately' })
    t.strictSame(shop.changes(), ['expired 600', 'added 5000'])
  })

  t.test('does not prorate: the rest stays, and all new credits come', async t => {
    const shop = await change(t, 'no_prorate')
    t.strictSame(shop.changes(), ['added 5000'])
    t.match(await shop.balance(shop.entitlementId), { balance: '5600' })
  })

  t.test('without a bill, or scheduled: the new credits come with the renewal', async t => {
    for (const body of [{ proration_billing_mode: 'do_not_bill' }, { proration_billing_mode: 'full_immediately', effective_at: 'next_billing_date' }]) {
      const shop = await change(t, 'prorate', body)
      t.strictSame(shop.changes(), [])
      await shop.moveTo('2026-03-01T00:00:00Z')
      t.strictSame(shop.changes(), ['added 5000'])
    }
  })

  t.test('ends a trial, and the credits that end with it', async t => {
    const shop = await sellCredits(t, { trial_credits: '50', trial_credits_expire_after_trial: true }, {}, { trial_period_days: 14 })
    const subscriptionId = await shop.activate(shop.productId)
    shop.changes()
    await shop.advance(7)
    await shop.changePlan(subscriptionId, { product_id: shop.productId, quantity: 2 })
    t.strictSame(shop.changes(), ['expired 50', 'added 2000'])
  })

  t.test('that fails grants nothing until it is paid', async t => {
    const shop = await sellCredits(t, { proration_behavior: 'no_prorate' })
    const larger = await shop.plan(8900, {}, { credit_entitlements: [{ credit_entitlement_id: shop.entitlementId, credits_amount: '5000' }] })
    const subscriptionId = await shop.activate(shop.productId)
    await shop.useCard(subscriptionId, '4000000000000341')
    shop.changes()
    await shop.changePlan(subscriptionId, { product_id: larger })
    t.match(await shop.read(subscriptionId), { status: 'on_hold', product_id: larger })
    t.strictSame(shop.changes(), [])
    await shop.useCard(subscriptionId, '4242424242424242')
    t.strictSame(shop.changes(), ['added 5000'])
  })
})

t.test('the end of a subscription leaves credits until they expire', async t => {
  const shop = await sellCredits(t, { expires_after_days: 40 }, ROLLOVER)
  const subscriptionId = await shop.activate(shop.productId)
  await shop.change(subscriptionId, { status: 'cancelled' })
  await shop.moveTo('2026-03-12T00:00:00Z')
  t.match(await shop.balance(shop.entitlementId), { balance: '1000' })
  await shop.moveTo('2026-03-13T00:00:00Z')
  t.match(await shop.balance(shop.entitlementId), { balance: '0' })
  t.strictSame(shop.changes(), ['added 1000', 'expired 1000'])

  const paused = await sellCredits(t)
  const pausedId = await paused.activate(paused.productId)
  await paused.change(pausedId, { status: 'paused' })
  await paused.advance(100)
  t.strictSame(paused.changes(), ['added 1000'], 'a pause grants nothing and takes nothing back')
})
