/** Decides changes of the credits of a subscription. They apply from the next grant on. */
import type { Schemas } from '../../contract/operations.js'
import { doesNotExist, invalid } from '../../errors.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { checkAmount, checkPercent, checkRepeated, plain } from '../credit-entitlements/attachments.js'
import type { SoldCredit } from '../credit-entitlements/store.js'
import { checkCombination, checkRanges, givenTerms } from '../credit-entitlements/terms.js'
import type { Plan } from './store.js'

type Given = Schemas['UpdateCreditEntitlementCartItem']

/** The settings that null clears. For the others, null means no change. */
const CLEARED = ['expires_after_days', 'max_rollover_count', 'overage_limit', 'rollover_percentage', 'rollover_timeframe_count',
  'rollover_timeframe_interval'] as const

/** Returns the plan with the changed credits. Throws for credits that the subscription does not grant. */
export function changedCredits (plan: Plan, given: readonly Given[], sandbox: Sandbox): Plan {
  const { credits = [] } = plan
  checkRepeated(given, 'credit_entitlement_cart')
  const changes = new Map(given.map((item, index) => {
    const { credit_entitlement_id: id } = item
    const at = `credit_entitlement_cart[${index}].`
    const sold = credits.find(({ credit_entitlement_id: other }) => other === id)
    const entitlement = sandbox.creditEntitlements.find(id)
    if (entitlement === undefined) throw doesNotExist('Credit entitlement', id, `${at}credit_entitlement_id`)
    if (sold === undefined) throw invalid(`${at}credit_entitlement_id`, `The subscription does not grant credits of ${id}`)
    return [id, changedCredit(sold, item, entitlement.precision, at)] as const
  }))
  return { ...plan, credits: credits.map(sold => changes.get(sold.credit_entitlement_id) ?? sold) }
}

function changedCredit (sold: SoldCredit, given: Given, precision: number, at: string): SoldCredit {
  const { credits_amount: amount, low_balance_threshold_percent: percent } = given
  if (amount != null) checkAmount(amount, precision, `${at}credits_amount`)
  if (percent != null) checkPercent(percent, `${at}low_balance_threshold_percent`)
  checkRanges(given, precision, at)
  const cleared = Object.fromEntries(CLEARED.filter(name => given[name] === null).map(name => [name, null]))
  const terms = { ...sold.terms, ...cleared, ...givenTerms(given) }
  checkCombination(terms, at)
  return {
    ...sold,
    credits_amount: amount == null ? sold.credits_amount : plain(amount, precision),
    low_balance_threshold_percent: percent === undefined ? sold.low_balance_threshold_percent : percent,
    terms
  }
}
