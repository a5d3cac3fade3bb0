/** Handlers of the operations under /subscriptions. */
import { insideBatch, type Handlers } from '../../contract/handlers.js'
import type { Schemas } from '../../contract/operations.js'
import { paging } from '../../contract/paging.js'
import { formatOptionalTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { creditsOf } from '../credits/sold.js'
import { deductUsageOf } from '../credits/usage.js'
import { customerDetails } from '../customers/view.js'
import { chargeSaved, createCustomer } from '../payments/create.js'
import { checkoutOptions } from '../payments/routes.js'
import { paymentLink } from '../payments/view.js'
import { applyPatch } from './change.js'
import { changePlan, dropScheduledChange } from './change-plan.js'
import { changePreview } from './change-preview.js'
import { createSubscriptions, type CreatedSubscriptions, type SubscriptionOrder } from './create.js'
import { onlyStart } from './first-charge.js'
import { updatePaymentMethod } from './method.js'
import { chargeOnDemand } from './on-demand.js'
import { decidePatch } from './patch.js'
import { decideChange } from './plan-change.js'
import { decideSubscription, findSubscription, type SubscriptionDecision, type SubscriptionRequest } from './rules.js'
import { usageHistory } from './usage-history.js'
import { subscriptionItem, subscriptionResponse } from './view.js'

export const subscriptions = {
  'POST /subscriptions': ({ body, context }) => {
    const decision = decideSubscription(body, context)
    const order = orderOf(body, decision, context)
    const customer = decision.customer ?? createCustomer(decision.newCustomer, context)
    const created = createSubscriptions(decision, customer, order, context)
    if (body.payment_method_id != null) chargeSaved(created.payment.seq, body.payment_method_id, context)
    return createdReply(body, decision, order, created, context)
  },

  'GET /subscriptions': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    return { items: context.sandbox.subscriptions.list(filter, limit, offset).map(subscriptionItem) }
  },

  'GET /subscriptions/{subscription_id}': insideBatch(({ path, context }) => {
    const subscription = findSubscription(path.subscription_id, context)
    if (creditsOf(subscription).length > 0) deductUsageOf(subscription.customer_id, context)
    return subscriptionResponse(subscription, context)
  }),

  'PATCH /subscriptions/{subscription_id}': ({ path, body, context }) => {
    const subscription = findSubscription(path.subscription_id, context)
    applyPatch(subscription, decidePatch(subscription, body, context), context)
    return subscriptionResponse(findSubscription(path.subscription_id, context), context)
  },

  'POST /subscriptions/{subscription_id}/change-plan': ({ path, body, context }) => {
    const subscription = findSubscription(path.subscription_id, context)
    return changePlan(subscription, decideChange(subscription, body, context), context)
  },

  'POST /subscriptions/{subscription_id}/change-plan/preview': ({ path, body, context }) => {
    const subscription = findSubscription(path.subscription_id, context)
    return changePreview(subscription, decideChange(subscription, body, context), context)
  },

  'DELETE /subscriptions/{subscription_id}/change-plan/scheduled': ({ path, context }) => {
    dropScheduledChange(findSubscription(path.subscription_id, context), context)
  },

  'POST /subscriptions/{subscription_id}/charge': ({ path, body, context }) =>
    ({ payment_id: chargeOnDemand(findSubscription(path.subscription_id, context), body, context) }),

  'GET /subscriptions/{subscription_id}/usage-history': ({ path, query, context }) => {
    const { page_size: size, page_number: number, ...filter } = query
    const { limit, offset } = paging({
      ...(size == null ? {} : { page_size: size }), ...(number == null ? {} : { page_number: number })
    })
    const items = usageHistory(findSubscription(path.subscription_id, context), filter, context)
    return { items: items.slice(offset, offset + limit) }
  },

  'POST /subscriptions/{subscription_id}/update-payment-method': ({ path, body, context }) =>
    updatePaymentMethod(findSubscription(path.subscription_id, context), body, context)
} satisfies Handlers

function orderOf (body: SubscriptionRequest, { buyer }: SubscriptionDecision, { sandbox, now }: Context): SubscriptionOrder {
  const link = body.payment_link !== true ? null : body.short_link === true ? 'short' : 'long'
  return {
    link,
    expires_at: link === null ? null : now + sandbox.settings.linkLifetimeUs,
    billing: body.billing,
    metadata: body.metadata ?? {},
    checkout: checkoutOptions(body, buyer),
    payment_method_id: body.payment_method_id ?? null,
    mandate_min_amount: body.mandate_min_amount_inr_paise ?? null,
    custom_field_responses: null
  }
}

function createdReply (
  body: SubscriptionRequest, { first }: SubscriptionDecision, { link, expires_at: expiresAt }: SubscriptionOrder,
  { subscription_ids: [id = ''], customer, payment }: CreatedSubscriptions, context: Context
): Required<Schemas['CreateSubscriptionResponse']> {
  const { discounts } = first.amounts
  const start = onlyStart(first)
  const ids = [...new Set([...(discounts ?? []), ...start.slots].map(({ discount_id: discountId }) => discountId))]
  const cart = body.one_time_product_cart ?? []
  return {
    subscription_id: id,
    payment_id: payment.payment_id,
    recurring_pre_tax_amount: start.recurring_amount,
    customer: customerDetails(customer),
    metadata: body.metadata ?? {},
    addons: start.terms.addons.map(({ addon_id: addonId, quantity }) => ({ addon_id: addonId, quantity })),
    trial_amount: start.trial_amount,
    payment_method_required: start.method_required,
    payment_link: paymentLink(link, payment.seq, context),
    client_secret: payment.client_secret,
    expires_on: formatOptionalTime(expiresAt),
    discount_id: ids[0] ?? null,
    discount_ids: ids.length === 0 ? null : ids,
    one_time_product_cart: cart.length === 0
      ? null
      : cart.map(({ product_id: productId, quantity }) => ({ product_id: productId, quantity }))
  }
}
