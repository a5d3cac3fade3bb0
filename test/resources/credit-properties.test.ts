/** The ledger of a sandbox by random histories: its balances follow from its entries, and the grants add up to the balance. */
import t from 'tap'
import { sellCredits, type CreditSale } from './credit-calls.js'
import { randomFrom } from '../random.js'

/** Checks a ledger from its first entry. Amounts have at most two decimals here. */
async function check (shop: CreditSale, overage: boolean): Promise<string[]> {
  const problems: string[] = []
  const cents = (text: string) => Math.round(Number(text) * 100)
  const entries: Awaited<ReturnType<CreditSale['ledger']>> = []
  for (let page = 0; entries.length === page * 100; page++) entries.push(...await shop.ledger(shop.entitlementId, `&page_number=${page}`))
  let [balance, used] = [0, 0]
  for (const entry of entries.reverse()) {
    const { transaction_type: type, amount, is_credit: isCredit } = entry
    const [before, after, overBefore, overAfter] =
      [entry.balance_before, entry.balance_after, entry.overage_before, entry.overage_after].map(cents) as [number, number, number, number]
    const carried = type === 'credit_rolled_over' ? cents(amount) : 0
    if (before !== balance - carried || overBefore !== used) problems.push(`${entry.id} does not begin where the last entry ended`)
    const change = type === 'overage_reset' || type === 'overage_charged' ? 0 : isCredit ? cents(amount) : -Math.min(cents(amount), before)
    if (after !== before + change) problems.push(`${entry.id} (${type}) does not add up`)
    if (after < 0 || overAfter < 0 || (!overage && overAfter > 0)) problems.push(`${entry.id} goes below zero`)
    ;[balance, used] = [after, overAfter]
  }
  const held = await shop.balance(shop.entitlementId)
  if (cents(held.balance) !== balance || cents(held.overage) !== used) problems.push('the balance differs from the last entry')
  const grants = await shop.grants(shop.entitlementId, '&status=active')
  if (grants.reduce((sum, { remaining_amount: left }) => sum + cents(left), 0) !== balance) problems.push('the grants differ from the balance')
  return problems
}

const SHOPS = [
  { rollover_enabled: true, rollover_percentage: 33, max_rollover_count: 2, expires_after_days: 10 },
  { rollover_enabled: false, expires_after_days: 45, overage_enabled: true, price_per_unit: '1', currency: 'USD', overage_behavior: 'carry_deficit_auto_repay' },
  { rollover_enabled: true, rollover_timeframe_count: 3, rollover_timeframe_interval: 'Week', overage_enabled: true, overage_limit: 500, price_per_unit: '0.5', currency: 'USD' }
] as const

for (const [number, terms] of SHOPS.entries()) {
  t.test(`random history ${number}`, async t => {
    const random = randomFrom(20_261_128 + number)
    const shop = await sellCredits(t, { credits_amount: '100.25', low_balance_threshold_percent: 50, proration_behavior: number === 0 ? 'prorate' : 'no_prorate' }, { precision: 2, ...terms })
    const id = await shop.activate(shop.productId)
    const url = `/credit-entitlements/${shop.entitlementId}/balances/cus_ada/ledger-entries`
    let quantity = 1
    for (let step = 0; step < 40; step++) {
      const amount = String(1 + random.below(9000) / 100)
      const choice = random.below(100)
      if (choice < 45) await shop.call('POST', url, { body: { entry_type: 'debit', amount } }) // may be refused
      else if (choice < 60) await shop.call('POST', url, { body: { entry_type: 'credit', amount } })
      else if (choice < 90) await shop.advance(1 + random.below(12))
      else await shop.changePlan(id, { product_id: shop.productId, quantity: quantity = quantity % 3 + 1 })
    }
    t.strictSame(await check(shop, 'overage_enabled' in terms), [])
    const types = new Set((await shop.ledger(shop.entitlementId)).map(({ transaction_type: type }) => type))
    t.ok(types.size >= 3, [...types].join(', '))
    t.ok(shop.creditEvents().length > 20, 'each event matches its schema')
  })
}
