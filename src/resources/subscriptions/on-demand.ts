/** Charges an on-demand subscription at the merchant's request. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid } from '../../errors.js'
import { checkMinimum } from '../../rules/amounts.js'
import { checkMetadata } from '../../rules/metadata.js'
import type { Context } from '../../sandbox/sandbox.js'
import { collect } from './charge.js'
import { onDemandItems } from './first-charge.js'
import { owedCharge } from './pricing.js'
import { subscriptionStates } from './states.js'
import type { OwedCharge, Subscription } from './store.js'

type ChargeRequest = Schemas['CreateSubscriptionChargeRequest']

/** Charges, and returns the payment's id. Throws an ApiError for the first rule that the request breaks. */
export function chargeOnDemand (subscription: Subscription, body: ChargeRequest, context: Context): string {
  const charge = decideCharge(subscription, body, context)
  return collect(subscription, 'on_demand', charge, { metadata: body.metadata ?? undefined }, context)
}

function decideCharge (subscription: Subscription, body: ChargeRequest, context: Context): OwedCharge {
  const { sandbox, noteIgnored } = context
  const { subscription_id: id, plan, dues } = subscription
  const path = 'subscription_id'
  if (subscription.on_demand === null) {
    throw new ApiError('SUBSCRIPTION_NOT_ON_DEMAND', { path, because: `${id} renews automatically` })
  }
  subscriptionStates.check('charge', subscription, context)
  if (subscription.cancel_at_next_billing_date) {
    throw new ApiError('CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION', { path, because: 'undo the cancellation first' })
  }
  if (dues !== null || sandbox.payments.isInFlight(id)) {
    throw new ApiError('PREVIOUS_PAYMENT_PENDING', { path, because: `a payment of ${id} has not ended` })
  }
  if (body.product_price < 0) throw invalid('product_price', 'product_price must not be negative')
  checkMetadata(body.metadata ?? {})
  for (const path of ['customer_balance_config', 'adaptive_currency_fees_inclusive'] as const) {
    if (body[path] != null) noteIgnored?.(path) // later charges use no wallet and no adaptive currency
  }
  const [item] = onDemandItems(subscription, body.product_price, body.product_currency ?? plan.price.currency)
  if (item === undefined) throw new Error(`${id} has no plan`)
  const { product } = item.line
  const named = { ...item, line: { ...item.line, product: { ...product, name: body.product_description ?? product.name } } }
  const charge = owedCharge(subscription, [named], [], sandbox)
  const gross = charge.lines.reduce((sum, { total }) => sum + total, 0)
  checkMinimum(gross, charge.currency, sandbox.reference.currencies)
  return charge
}
