/**
 * Creates, revokes and restores the grants of a purchase. The source of a grant is a payment, or a subscription with the payment
 * that activated it. Repeated calls for a source create its grants once.
 */
import { emitAll } from '../../delivery/emit.js'
import type { RevocationReason } from '../../rules/entitlements.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { ChangedSubscription, SubscriptionChange } from '../../sandbox/effects.js'
import { entitlementsOf } from '../entitlements/attachments.js'
import type { Entitlement } from '../entitlements/store.js'
import { issueKey } from '../license-keys/issue.js'
import { refundableItems } from '../payments/items.js'
import type { Payment } from '../payments/store.js'
import type { Product } from '../products/store.js'
import type { Refund } from '../refunds/store.js'
import { deliverLater, firstAcceptEnd, newAcceptToken, restore, revoke, startOf } from './lifecycle.js'
import { grantStates } from './states.js'
import type { Grant } from './store.js'

/** The source of a grant. */
export type Source = Pick<Grant, 'customer_id' | 'brand_id' | 'payment_id' | 'subscription_id'>

/** A product and its quantity. */
interface Bought {
  product: Product
  quantity: number
}

/** The maximum number of keys for one line of a cart: each is a row and two events. */
export const KEYS_PER_LINE_MAX = 1000

/** Creates the grants of a payment's one-time products. */
export function grantPayment (payment: Payment, context: Context): void {
  const bought = payment.lines.flatMap(({ product_id: id, quantity, kind }) => {
    const product = kind === undefined ? context.sandbox.products.find(id) : undefined // other kinds belong to a subscription
    return product === undefined ? [] : [{ product, quantity }]
  })
  const { customer_id: customerId, brand_id: brandId, payment_id: paymentId } = payment
  makeGrants(bought, { customer_id: customerId, brand_id: brandId, payment_id: paymentId, subscription_id: null }, context)
}

/** Revokes grants after a refund: all of them if the payment is fully refunded, or those of fully refunded items. */
export function revokeRefunded (_refund: Refund, payment: Payment, context: Context): void {
  const { sandbox } = context
  const refunds = sandbox.refunds.ofPayment(payment.payment_id).filter(({ status }) => status === 'succeeded')
  const isWhole = refunds.reduce((sum, { amount }) => sum + amount, 0) >= payment.total_amount
  const empty = new Set(refundableItems(payment, refunds)
    .filter(({ refundable, net, tax }) => refundable === 0 && net + tax > 0).map(({ item_id: id }) => id))
  for (const grant of sandbox.grants.ofSource({ payment_id: payment.payment_id, subscription_id: null })) {
    if (isWhole || empty.has(grant.product_id)) revoke(grant, 'refund', context)
  }
}

const REASONS: Partial<Record<SubscriptionChange, RevocationReason>> = {
  on_hold: 'subscription_on_hold',
  paused: 'SubscriptionPaused',
  cancelled: 'subscription_cancelled',
  expired: 'subscription_expired',
  plan_changed: 'plan_changed'
}

/** Revocation reasons that no longer apply once the subscription is active again. */
const ENDS_WITH_RESUMPTION: ReadonlySet<string | null> = new Set(['subscription_on_hold', 'SubscriptionPaused'])

/** Updates the grants of a subscription after it has changed. */
export function followSubscription (subscription: ChangedSubscription, to: SubscriptionChange, context: Context): void {
  const { sandbox } = context
  const { subscription_id: subscriptionId, customer_id: customerId, brand_id: brandId, payment_id: paymentId } = subscription
  const source = { customer_id: customerId, brand_id: brandId, payment_id: paymentId, subscription_id: subscriptionId }
  const grants = sandbox.grants.ofSource(source)
  const reason = REASONS[to]
  for (const grant of grants) {
    const waits = grant.status === 'Revoked' && ENDS_WITH_RESUMPTION.has(grant.revocation_reason)
    if (to === 'resumed' && waits) restore(grant, context)
    else if (reason !== undefined && waits && to !== 'on_hold' && to !== 'paused') {
      sandbox.grants.update({ ...grant, revocation_reason: reason, updated_at: context.now })
    } else if (reason !== undefined) revoke(grant, reason, context)
  }
  if (to !== 'activated' && to !== 'plan_changed') return
  const product = sandbox.products.find(subscription.product_id)
  if (product !== undefined) makeGrants([{ product, quantity: subscription.quantity }], source, context)
}

/** Creates a grant for each entitlement of the purchased products. For licence keys, creates one for each unit. */
function makeGrants (bought: readonly Bought[], source: Source, context: Context): void {
  if (bought.length === 0) return
  const made = new Set(context.sandbox.grants.ofSource(source)
    .filter(({ revocation_reason: reason }) => reason !== 'plan_changed').map(({ entitlement_id: id }) => id))
  const before = new Set(made)
  for (const { product, quantity } of bought) {
    for (const entitlement of entitlementsOf(product, context)) {
      const { entitlement_id: id, integration_type: type } = entitlement
      const isKey = type === 'license_key'
      if (quantity === 0 || (isKey ? before : made).has(id) || isOwnedFlag(entitlement, source, context)) continue
      made.add(id)
      const units = isKey ? Math.min(quantity, KEYS_PER_LINE_MAX) : 1
      for (let unit = 0; unit < units; unit++) makeGrant(entitlement, product, source, context)
    }
  }
}

/** Whether the customer already has the feature. A second purchase does not grant it again. */
function isOwnedFlag (
  { entitlement_id: id, integration_type: type }: Entitlement, source: Source, { sandbox }: Context
): boolean {
  return type === 'feature_flag' && source.subscription_id === null && sandbox.grants.hasLive(id, source.customer_id)
}

function makeGrant (entitlement: Entitlement, product: Product, source: Source, context: Context): void {
  const { sandbox, now } = context
  const status = startOf(entitlement)
  // The type and the config come from the same entitlement, so they match.
  const { integration_type: type, config } = entitlement
  const grant = {
    grant_id: sandbox.ids.next('entg', now),
    entitlement_id: entitlement.entitlement_id,
    integration_type: type,
    config,
    ...source,
    product_id: product.product_id,
    status,
    metadata: entitlement.metadata,
    account: null,
    oauth_token: newAcceptToken(entitlement, context),
    oauth_expires_at: firstAcceptEnd(entitlement, context),
    error_code: null,
    error_message: null,
    revocation_reason: null,
    created_at: now,
    updated_at: now,
    delivered_at: status === 'Delivered' ? now : null,
    revoked_at: null
  } as Grant
  if (grant.integration_type === 'license_key' && status === 'Delivered') issueKey(grant, grant.config, null, context)
  sandbox.grants.insert(grant)
  const isNew = { grant_id: grant.grant_id, integration_type: type, status: null }
  const { events = [] } = grantStates.transition('create', isNew, context, status)
  const isAnnounced = status === 'Delivered' && sandbox.businessSettings.read()['grants.delivered_event'] === 'always'
  emitAll(isAnnounced ? [...events, 'entitlement_grant.delivered'] : events, grant.grant_id, grant, context)
  sandbox.effects.grantChanged(grant, null, context)
  if (status === 'Pending') deliverLater(grant, context)
}
