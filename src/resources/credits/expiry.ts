/** Expires grants. Each grant has a job at the time of its expiry. */
import { endGrant, nothing, then, type Booking } from '../../rules/credit-ledger.js'
import type { ChangedSubscription, SubscriptionChange } from '../../sandbox/effects.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { CreditEntitlement } from '../credit-entitlements/store.js'
import { book, readAccount, type Cause, type OpenAccount } from './ledger.js'
import { isLive } from './sold.js'
import type { CreditGrant } from './store.js'

export const EXPIRE_JOB = 'credit_grant.expire'

/** Schedules the expiry of a grant. */
export function scheduleExpiry (
  { grant_id: id, expires_at: at }: Pick<CreditGrant, 'grant_id' | 'expires_at'>, { sandbox }: Context
): void {
  if (at !== null) sandbox.due.add(at, EXPIRE_JOB, id)
}

/** Runs the job of a grant: expires it if it is due. */
export function expireWhenDue (grantId: string, context: Context): void {
  const grant = context.sandbox.credits.findGrant(grantId)
  const entitlement = grant && context.sandbox.creditEntitlements.find(grant.credit_entitlement_id)
  if (entitlement === undefined || grant === undefined || !isDue(grant, context)) return
  expire([grant], readAccount(entitlement, grant.customer_id, context), context)
}

/** Reads the credits of a customer. Expires due grants first, because a busy process can be late with their jobs. */
export function openAccount (entitlement: CreditEntitlement, customerId: string, context: Context): OpenAccount {
  const { sandbox } = context
  const holder = { customer_id: customerId, credit_entitlement_id: entitlement.credit_entitlement_id }
  const due = sandbox.credits.grantsLeft(holder).filter(grant => isDue(grant, context))
  if (due.length > 0) expire(due, readAccount(entitlement, customerId, context), context)
  return readAccount(entitlement, customerId, context)
}

/** Whether a grant has credits left, and its expiry is due. */
function isDue (grant: CreditGrant, context: Context): boolean {
  const { expires_at: at, remaining_amount: left } = grant
  return at !== null && at <= context.now && left !== '0' && !waitsForRenewal(grant, context)
}

/**
 * Whether a renewal expires a grant instead of its job: a period can be longer than the validity of its credits, rollover comes
 * before expiry, and the end of a trial can be moved.
 */
function waitsForRenewal ({ source_type: source, subscription_id: id, rollover, ends_with_trial: endsWithTrial }: CreditGrant,
  { sandbox }: Context): boolean {
  if (id === null || source === 'rollover' || (rollover === null && !endsWithTrial)) return false
  const subscription = sandbox.subscriptions.find(id)
  return subscription !== undefined && isLive(subscription) && (rollover !== null || subscription.in_trial)
}

/** Schedules the expiry of the grants of an ended subscription, which no renewal will expire. */
export function followSubscription (
  { subscription_id: id }: ChangedSubscription, change: SubscriptionChange, context: Context
): void {
  if (change !== 'cancelled' && change !== 'expired') return
  const { sandbox, now } = context
  for (const { grant_id: grantId, expires_at: at } of sandbox.credits.grantsLeftOf(id)) {
    scheduleExpiry({ grant_id: grantId, expires_at: at === null ? null : Math.max(at, now) }, context)
  }
}

function expire (grants: readonly CreditGrant[], open: OpenAccount, context: Context): void {
  const [first] = grants
  if (first === undefined) return
  const booking = grants.reduce<Booking>((all, { grant_id: id }) => then(all, endGrant(all.account, id, 'credit_expired')),
    nothing(open.account))
  markExpired(grants, context)
  book(open, booking, expiryCause(first, context), context)
}

/** Marks grants as expired. The booking writes their remaining credits. */
export function markExpired (grants: readonly CreditGrant[], { sandbox, now }: Context): void {
  for (const { grant_id: id } of grants) {
    const grant = sandbox.credits.findGrant(id)
    if (grant !== undefined) sandbox.credits.updateGrant({ ...grant, is_expired: true, updated_at: now })
    sandbox.due.remove(id, EXPIRE_JOB)
  }
}

function expiryCause ({ subscription_id: id }: CreditGrant, { sandbox }: Context): Cause {
  const subscription = id === null ? undefined : sandbox.subscriptions.find(id)
  return {
    brand_id: subscription?.brand_id ?? sandbox.business.business_id,
    reference_type: subscription === undefined ? null : 'subscription',
    reference_id: subscription?.subscription_id ?? null,
    description: 'Credits expired',
    links: { subscription_id: subscription?.subscription_id ?? null }
  }
}
