/** Meters that take credits: deductions, overage in all its behaviours, and their order at a renewal. */
import t, { type Test } from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { openCreditShop, type CreditShop } from './credit-calls.js'
import { createMeter, event, ingest, meteredProduct } from './usage-calls.js'

type Behavior = Schemas['CbbOverageBehavior']

interface Metered extends CreditShop {
  entitlementId: string
  subscriptionId: string
  /** Records usage of a meter that adds up units. */
  use (units: number, meter?: number): Promise<void>
  advanceMinute (): Promise<void>
}

interface Plan {
  credits?: string
  free?: number
  units?: string
  behavior?: Behavior
  limit?: number
  precision?: number
  meters?: number
  rollover?: boolean
  /** Whether the product grants the credits that its meters take. */
  attached?: boolean
}

/** A subscription whose meters take credits of one entitlement. */
async function meter (t: Test, plan: Plan = {}): Promise<Metered> {
  const { credits = '100', free = 0, units = '1', behavior, limit, precision = 0, meters = 1, rollover = false, attached = true } = plan
  const shop = openCreditShop(t)
  const overage = behavior === undefined ? {} : { overage_enabled: true, overage_behavior: behavior, price_per_unit: '2', currency: 'USD' as const }
  const { id: entitlementId } = await shop.entitlement({
    precision, ...overage, ...(limit === undefined ? {} : { overage_limit: limit }), rollover_enabled: rollover, rollover_percentage: 75
  })
  const priced = []
  for (let number = 0; number < meters; number++) {
    const { id } = await createMeter(shop, { name: `Meter ${number}`, event_name: `use.${number}`, aggregation: { type: 'sum', key: 'units' } })
    priced.push({ meter_id: id, free_threshold: free, credit_entitlement_id: entitlementId, meter_units_per_credit: units })
  }
  const granted = attached ? { credit_entitlements: [{ credit_entitlement_id: entitlementId, credits_amount: credits }] } : {}
  const { status, json, text } = await shop.call('POST', '/products', { body: { ...meteredProduct(2900, priced), ...granted } })
  t.equal(status, 200, text)
  const subscriptionId = await shop.activate((json as { product_id: string }).product_id)
  shop.creditEvents()
  return {
    ...shop,
    entitlementId,
    subscriptionId,
    async use (amount, number = 0) {
      const answer = await ingest(shop, [event({ event_name: `use.${number}`, metadata: { units: amount } })])
      t.equal(answer.status, 200, answer.text)
    },
    advanceMinute: async () => { await shop.advance(1 / 1440) }
  }
}

t.test('K6: units above the free threshold take credits', async t => {
  const shop = await meter(t, { free: 500, units: '100' })
  await shop.use(2500)
  t.strictSame(shop.changes(), [], 'a minute later')
  await shop.advanceMinute()
  t.match(shop.creditEvents(), [{
    type: 'credit.deducted',
    data: {
      amount: '20',
      balance_before: '100',
      balance_after: '80',
      transaction_type: 'credit_deducted',
      is_credit: false,
      reference_type: 'subscription',
      reference_id: shop.subscriptionId,
      description: 'Usage of Meter 0',
      grant_id: /^cgr_/
    }
  }])
  await shop.advanceMinute()
  t.strictSame(shop.changes(), [], 'once')
  const [renewal] = (await shop.payments(shop.subscriptionId)).slice(-1)
  t.equal(renewal?.total_amount, 2900)
})

t.test('K7: the usage of a cycle is rounded as a whole', async t => {
  const shop = await meter(t, { units: '100' })
  for (let tick = 0; tick < 2; tick++) {
    await shop.use(1000)
    await shop.use(275)
    await shop.advanceMinute()
  }
  t.strictSame(shop.changes(), ['deducted 13', 'deducted 13'])
  t.match(await shop.balance(shop.entitlementId), { balance: '74' })
})

t.test('reads deduct the usage that waits', async t => {
  const reads: Array<(shop: Metered) => Promise<unknown>> = [
    async shop => (await shop.balance(shop.entitlementId)).balance,
    async shop => (await shop.grants(shop.entitlementId))[0]?.remaining_amount,
    async shop => (await shop.ledger(shop.entitlementId))[0]?.balance_after,
    async shop => (await shop.read(shop.subscriptionId)).credit_entitlement_cart[0]?.remaining_balance,
    async shop => (await shop.get<{ items: Array<{ balance: string }> }>(`/subscriptions/${shop.subscriptionId}/credit-usage`)).items[0]?.balance,
    async shop => (await shop.get<{ items: Array<{ balance: string }> }>('/customers/cus_ada/credit-entitlements')).items[0]?.balance,
    async shop => (await shop.get<{ items: Array<{ balance: string }> }>(`/credit-entitlements/${shop.entitlementId}/balances`)).items[0]?.balance,
    async shop => (await shop.book(shop.entitlementId, 'credit', '1')).balance_before
  ]
  const shop = await meter(t)
  for (const [index, read] of reads.entries()) {
    await shop.use(1)
    t.equal(await read(shop), String(99 - index), `${index}`)
  }
  t.strictSame(shop.changes().filter(change => change.startsWith('deducted')).length, reads.length)
})

t.test('several meters take credits of one entitlement, with decimals', async t => {
  const shop = await meter(t, { meters: 2, precision: 2, units: '3' })
  await shop.use(1)
  await shop.use(10, 1)
  t.match(await shop.balance(shop.entitlementId), { balance: '96.34' })
  t.strictSame(shop.changes(), ['deducted 0.33', 'deducted 3.33'])
})

t.test('without overage, usage beyond the balance is neither deducted nor billed', async t => {
  const shop = await meter(t)
  await shop.use(130)
  t.match(await shop.balance(shop.entitlementId), { balance: '0', overage: '0' })
  await shop.book(shop.entitlementId, 'credit', '10')
  await shop.use(4)
  t.match(await shop.balance(shop.entitlementId), { balance: '6' }, 'nor later')
  await shop.advance(28)
  t.strictSame((await shop.payments(shop.subscriptionId)).map(({ total_amount: total }) => total), [2900, 2900])
})

t.test('overage stops at its limit', async t => {
  const shop = await meter(t, { behavior: 'carry_deficit', limit: 50 })
  await shop.use(130)
  t.match(await shop.balance(shop.entitlementId), { balance: '0', overage: '30' }, 'K8')
  t.strictSame(shop.changes(), ['deducted 100', 'overage_charged 30'])
  const [entry] = await shop.ledger(shop.entitlementId)
  t.match(entry, { transaction_type: 'overage_charged', balance_before: '0', balance_after: '0', overage_before: '0', overage_after: '30' })
  await shop.use(100)
  t.match(await shop.get(`/subscriptions/${shop.subscriptionId}/credit-usage`), {
    items: [{ balance: '0', overage: '50', limit_reached: true, remaining_headroom: '0' }]
  })
  await shop.use(100)
  await shop.advanceMinute()
  t.strictSame(shop.changes(), ['overage_charged 20'])
})

t.test('overage at the renewal that ends the cycle, with usage of its last minute', async t => {
  const expected: Record<Behavior, { changes: string[], balance: string, overage: string, totals: number[] }> = {
    forgive_at_reset: { changes: ['overage_reset 30', 'added 100'], balance: '100', overage: '0', totals: [2900, 2900] },
    invoice_at_billing: { changes: ['overage_reset 30', 'added 100'], balance: '100', overage: '0', totals: [2900, 2960] },
    carry_deficit: { changes: ['added 100'], balance: '100', overage: '30', totals: [2900, 2900] },
    carry_deficit_auto_repay: { changes: ['added 100', 'deducted 30'], balance: '70', overage: '0', totals: [2900, 2900] }
  }
  for (const [behavior, { changes, balance, overage, totals }] of Object.entries(expected) as Array<[Behavior, typeof expected[Behavior]]>) {
    const shop = await meter(t, { behavior })
    await shop.moveTo('2026-02-28T23:59:30Z')
    await shop.use(130)
    const before = shop.types().length
    await shop.moveTo('2026-03-01T00:00:00Z')
    t.strictSame(shop.changes(), ['deducted 100', 'overage_charged 30', ...changes], behavior)
    t.strictSame(shop.types().slice(before, before + 5), ['credit.deducted', 'credit.overage_charged', 'payment.succeeded',
      'subscription.renewed', 'subscription.updated'], 'usage belongs to the cycle that ends')
    t.match(await shop.balance(shop.entitlementId), { balance, overage }, behavior)
    t.strictSame((await shop.payments(shop.subscriptionId)).map(({ total_amount: total }) => total), totals, behavior)
    await shop.use(10)
    t.match(await shop.balance(shop.entitlementId), { balance: String(Number(balance) - 10), overage }, 'the next cycle counts from 0')
  }
})

t.test('meters take credits that another product sells', async t => {
  const shop = await meter(t, { attached: false, behavior: 'invoice_at_billing' })
  await shop.book(shop.entitlementId, 'credit', '100')
  await shop.use(130)
  await shop.advance(28)
  t.strictSame(shop.changes(), ['manual_adjustment 100', 'deducted 100', 'overage_charged 30', 'overage_reset 30'])
  t.strictSame((await shop.payments(shop.subscriptionId)).map(({ total_amount: total }) => total), [2900, 2960])
})

t.test('S10 with a meter: 800 of 1000 used, 75 % rolls over', async t => {
  const shop = await meter(t, { credits: '1000', rollover: true })
  await shop.use(800)
  await shop.advance(28)
  t.strictSame(shop.changes(), ['deducted 800', 'rolled_over 150', 'expired 50', 'added 1000'])
  t.match(await shop.balance(shop.entitlementId), { balance: '1150' })
})

t.test('the cart of meters', async t => {
  const shop = await meter(t, { units: '2.5' })
  const subscription = await shop.read(shop.subscriptionId)
  t.match(subscription.meter_credit_entitlement_cart, [{
    credit_entitlement_id: shop.entitlementId, meter_name: 'Meter 0', meter_units_per_credit: '2.5', product_id: subscription.product_id
  }])
})
