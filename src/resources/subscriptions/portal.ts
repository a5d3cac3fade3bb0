/**
 * The actions of customers on their subscriptions in the portal. The settings of the business allow it; everything else follows
 * the rules of the API.
 */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid } from '../../errors.js'
import { exchange } from '../../rules/amounts.js'
import { isCheaper, type PricedPeriod } from '../../rules/plan-order.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { offeredProducts } from '../product-collections/offered.js'
import type { Product } from '../products/store.js'
import { applyPatch } from './change.js'
import { changePlan, dropScheduledChange } from './change-plan.js'
import { changeDefaults } from './change-defaults.js'
import { changePreview } from './change-preview.js'
import { updatePaymentMethod } from './method.js'
import { decidePatch } from './patch.js'
import { planOf } from './plan.js'
import { decideChange, type ChangeDecision, type ChangeRequest } from './plan-change.js'
import { soldProduct } from './rules.js'
import { subscriptionStates } from './states.js'
import type { Plan, Subscription } from './store.js'

export type PortalAction =
  | 'cancel now' | 'cancel at the date' | 'undo' | 'pause' | 'resume' | 'change plan' | 'drop scheduled plan' | 'change method'

/** The actions that the settings and the state of a subscription allow. */
export function portalActions (subscription: Subscription, context: Context): Set<PortalAction> {
  const { sandbox } = context
  const { portal_cancel: cancels, portal_pause: pauses, portal_change_plan: changes } = sandbox.businessSettings.read()
  const possible = new Set(subscriptionStates.possible(subscription, context))
  const { status, on_demand: onDemand, cancel_at_next_billing_date: isEnding, scheduled_change: scheduled } = subscription
  const isLive = status !== 'pending'
  const actions: Array<[PortalAction, boolean]> = [
    ['cancel now', cancels && possible.has('cancel') && isLive && onDemand === null],
    ['cancel at the date', cancels && status === 'active' && !isEnding],
    ['undo', isEnding && possible.has('update')],
    ['pause', pauses && possible.has('pause')],
    ['resume', possible.has('resume') && subscription.paused_by_customer],
    ['change plan', changes && possible.has('change plan') && scheduled === null && otherPlans(subscription, sandbox).length > 0],
    ['drop scheduled plan', changes && scheduled !== null && possible.has('drop scheduled plan')],
    ['change method', possible.has('change method')]
  ]
  return new Set(actions.filter(([, isAllowed]) => isAllowed).map(([action]) => action))
}

export interface Cancellation {
  isImmediate: boolean
  feedback: Schemas['CancellationFeedback'] | null
  comment: string | null
}

/** Cancels now or at the next billing date. */
export function cancelInPortal (
  subscription: Subscription, { isImmediate, feedback, comment }: Cancellation, context: Context
): void {
  if (!context.sandbox.businessSettings.read().portal_cancel) {
    throw new ApiError('UNSUPPORTED_ACTION', {
      status: 403, path: 'subscription_id', message: 'The store does not let customers cancel subscriptions'
    })
  }
  if (isImmediate && subscription.on_demand !== null) {
    throw invalid('when', 'This subscription can be cancelled only at its next billing date')
  }
  const when = isImmediate ? { status: 'cancelled' as const } : { cancel_at_next_billing_date: true }
  patch(subscription, {
    ...when, cancel_reason: 'cancelled_by_customer', cancellation_feedback: feedback, cancellation_comment: comment
  }, context)
}

/** Undoes a scheduled cancellation. No setting forbids it. */
export function undoCancellation (subscription: Subscription, context: Context): void {
  patch(subscription, { cancel_at_next_billing_date: false }, context)
}

export function pauseInPortal (subscription: Subscription, context: Context): void {
  if (!context.sandbox.businessSettings.read().portal_pause) {
    throw new ApiError('SUBSCRIPTION_CUSTOMER_PAUSE_DISABLED', { path: 'subscription_id' })
  }
  const decision = decidePatch(subscription, { status: 'paused' }, context)
  applyPatch(subscription, { ...decision, changes: { ...decision.changes, paused_by_customer: true } }, context)
}

/** Resumes a subscription that the customer has paused, even if customers can no longer pause. */
export function resumeInPortal (subscription: Subscription, context: Context): void {
  const decision = decidePatch(subscription, { status: 'active' }, context)
  if (!subscription.paused_by_customer) {
    throw new ApiError('SUBSCRIPTION_CUSTOMER_PAUSE_DISABLED', {
      path: 'subscription_id', message: 'The store has paused this subscription, and only the store can resume it'
    })
  }
  applyPatch(subscription, decision, context)
}

function patch (subscription: Subscription, body: Schemas['PatchSubscriptionRequest'], context: Context): void {
  applyPatch(subscription, decidePatch(subscription, body, context), context)
}

/** The other recurring products of the subscription's collection that customers see. */
export function otherPlans ({ product_id: productId, brand_id: brandId }: Subscription, sandbox: Sandbox): Product[] {
  const collectionId = sandbox.productCollections.ofProduct(productId)
  return collectionId === null
    ? []
    : offeredProducts(collectionId, sandbox).filter(product =>
      product.product_id !== productId && product.is_recurring && product.brand_id === brandId)
}

export interface PlanChangeInPortal {
  preview: ReturnType<typeof changePreview>
  decision: ChangeDecision
  isDowngrade: boolean
}

/** Previews a change to another product of the collection. Throws an ApiError if it is not possible. */
export function previewInPortal (subscription: Subscription, productId: string, context: Context): PlanChangeInPortal {
  const { decision, isDowngrade } = decideInPortal(subscription, productId, context)
  return { preview: changePreview(subscription, decision, context), decision, isDowngrade }
}

/** Changes the plan to another product of the collection, with its quantity and the add-ons that the product has, too. */
export function changeInPortal (subscription: Subscription, productId: string, context: Context): void {
  changePlan(subscription, decideInPortal(subscription, productId, context).decision, context)
}

function decideInPortal (
  subscription: Subscription, productId: string, context: Context
): { decision: ChangeDecision, isDowngrade: boolean } {
  const { sandbox } = context
  const { quantity, addons } = subscription
  const target = otherPlans(subscription, sandbox).find(product => product.product_id === productId)
  if (target === undefined) throw invalid('product_id', 'The subscription cannot be changed to this product. Choose another.')
  const isDowngrade = isCheaper(periodOf(planFor(subscription, target, sandbox), quantity, subscription, sandbox),
    periodOf(subscription.plan, quantity, subscription, sandbox))
  const options = optionsOf(subscription, productId, isDowngrade, sandbox)
  checkAllowed(options, sandbox)
  const decision = decideChange(subscription, {
    ...options,
    product_id: productId,
    quantity: target.price.type === 'usage_based_price' ? 1 : quantity,
    addons: addons.filter(({ addon_id: id }) => target.addons?.includes(id) === true)
      .map(({ addon_id: addonId, quantity: count }) => ({ addon_id: addonId, quantity: count }))
  }, context)
  return { decision, isDowngrade }
}

type ChangeOptions = Pick<ChangeRequest, 'effective_at' | 'proration_billing_mode'>

/** A change at the next billing date is always charged in full. */
function optionsOf ({ product_id: from }: Subscription, to: string, isDowngrade: boolean, sandbox: Sandbox): ChangeOptions {
  const defaults = changeDefaults(from, to, sandbox)
  const effectiveAt = isDowngrade ? defaults.effective_at_on_downgrade : defaults.effective_at_on_upgrade
  const mode = isDowngrade ? defaults.proration_billing_mode_on_downgrade : defaults.proration_billing_mode_on_upgrade
  return {
    effective_at: effectiveAt, proration_billing_mode: effectiveAt === 'next_billing_date' ? 'full_immediately' : mode
  }
}

function checkAllowed ({ effective_at: effectiveAt, proration_billing_mode: mode }: ChangeOptions, sandbox: Sandbox): void {
  if (!sandbox.businessSettings.read().portal_change_plan) {
    throw new ApiError(effectiveAt === 'next_billing_date'
      ? 'SCHEDULE_PLAN_CHANGE_FOR_CUSTOMER_PORTAL_DISABLED'
      : 'PLAN_CHANGE_FOR_CUSTOMER_PORTAL_DISABLED', { path: 'product_id' })
  }
  if (mode === 'do_not_bill') throw new ApiError('DO_NOT_BILL_NOT_ALLOWED_IN_CUSTOMER_PORTAL', { path: 'product_id' })
}

/** The plan of another product for the buyer of a subscription. */
export function planFor (
  { charge_currency: currency, billing: { country } }: Subscription, product: Product, sandbox: Sandbox
): Plan {
  const { price } = soldProduct({ product_id: product.product_id, quantity: 1 }, sandbox)
  return planOf(product, price, { country, currency }, sandbox)
}

function periodOf (
  { price, frequency }: Plan, quantity: number, { charge_currency: currency }: Subscription, { reference }: Sandbox
): PricedPeriod {
  return { price: exchange(price.price * quantity, price.currency, currency, reference.currencies), frequency }
}

export function dropChangeInPortal (subscription: Subscription, context: Context): void {
  if (!context.sandbox.businessSettings.read().portal_change_plan) {
    throw new ApiError('CANCEL_SCHEDULED_PLAN_CHANGE_FOR_CUSTOMER_PORTAL_DISABLED', { path: 'subscription_id' })
  }
  dropScheduledChange(subscription, context)
}

/**
 * Replaces the payment method by a saved one, or by a new one if `methodId` is null. Returns the page on which the customer
 * enters it and pays the amount due, or null if nothing is left to do.
 */
export function changeMethodInPortal (
  subscription: Subscription, methodId: string | null, returnUrl: string, context: Context
): string | null {
  const { payment_link: link } = updatePaymentMethod(subscription, methodId === null
    ? { type: 'new', return_url: returnUrl }
    : { type: 'existing', payment_method_id: methodId }, context)
  return link
}
