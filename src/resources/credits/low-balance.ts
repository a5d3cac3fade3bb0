/** Sends `credit.balance_low` when a balance falls below the threshold of a subscription. */
import { emit } from '../../delivery/emit.js'
import { formatCredits } from '../../rules/credit-amounts.js'
import { fallsBelow } from '../../rules/credit-ledger.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { CreditEntitlement } from '../credit-entitlements/store.js'
import { periodCredits, subscriptionsGranting, thresholdOf } from './sold.js'

export interface BalanceChange {
  before: bigint
  after: bigint
}

/** The balance can fall below the threshold again only after it has been at the threshold or above. */
export function announceLowBalance (
  entitlement: CreditEntitlement, customerId: string, { before, after }: BalanceChange, context: Context
): void {
  if (after >= before) return
  const { sandbox, now } = context
  const { credit_entitlement_id: id, name, precision } = entitlement
  for (const granting of subscriptionsGranting(entitlement, customerId, context)) {
    const { subscription, sold } = granting
    const threshold = thresholdOf(granting, precision)
    const percent = sold.low_balance_threshold_percent
    const amount = periodCredits(sold, subscription.quantity, precision)
    if (percent === null || threshold === null || !fallsBelow(before, after, { percent, amount })) continue
    const { subscription_id: subscriptionId, brand_id: brandId } = subscription
    const lowId = sandbox.ids.next('clb', now)
    sandbox.credits.insertLow(lowId, {
      customer_id: customerId,
      subscription_id: subscriptionId,
      credit_entitlement_id: id,
      credit_entitlement_name: name,
      available_balance: formatCredits(after, precision),
      subscription_credits_amount: formatCredits(amount, precision),
      threshold_percent: percent,
      threshold_amount: threshold,
      brand_id: brandId
    })
    emit('credit.balance_low', lowId, { customer_id: customerId, subscription_id: subscriptionId }, context)
  }
}
