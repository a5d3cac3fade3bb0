/** The subscription after a plan change, and its renewal dates. Writes nothing. */
import { isSamePeriod, nextBillingDate, termEnd, type Period } from '../../rules/billing-calendar.js'
import { exchange } from '../../rules/amounts.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { recurringAmount } from './pricing.js'
import type { Plan, PlanChange, Subscription } from './store.js'

export interface Application {
  /** When the change takes effect. */
  at: number
  /** Whether a new period starts then. Otherwise the current period continues, and its dates stay. */
  restarts: boolean
}

/**
 * The new plan and the fields that depend on it. A different product starts a new term; the same product keeps its term. Credit
 * is converted to the currency of the plan. Credit and paid lines change later, when the payment succeeds.
 */
export function changedPlan (
  { plan: sold, quantity, addons, discounts }: PlanChange, subscription: Subscription, { at, restarts }: Application,
  sandbox: Sandbox
): Partial<Subscription> {
  const { plan: before, product_id: productId, on_demand: onDemand, in_trial: inTrial, credit } = subscription
  const isOther = sold.product_id !== productId
  const plan = { ...sold, term: isOther ? sold.term : before.term }
  const changes: Partial<Subscription> = {
    product_id: plan.product_id,
    plan: restarts ? plan : inPeriod(plan, currentFrequency(before)),
    quantity,
    addons,
    discounts,
    credit: exchange(credit, before.price.currency, plan.price.currency, sandbox.reference.currencies),
    recurring_amount: recurringAmount({ plan, quantity, addons, on_demand: onDemand }, discounts, sandbox),
    ...(isOther ? { expires_at: termEnd(at, plan.term) } : {})
  }
  if (!restarts) return changes
  return {
    ...changes,
    ...(inTrial ? { in_trial: false, trial_period_days: 0 } : {}),
    previous_billing_date: at,
    period_start: at,
    anchor: at,
    next_billing_date: nextBillingDate(at, plan.frequency, at)
  }
}

/** A plan in a period that started with this frequency. */
function inPeriod (plan: Plan, frequency: Period): Plan {
  return isSamePeriod(plan.frequency, frequency) ? plan : { ...plan, current_frequency: frequency }
}

/** The frequency at the start of the current period. */
export function currentFrequency ({ current_frequency: current, frequency }: Plan): Period {
  return current ?? frequency
}

/** The anchor and the next billing date after the due renewal. A renewal with a different frequency becomes the new anchor. */
export function renewalDates (
  { anchor, next_billing_date: due, plan }: Pick<Subscription, 'anchor' | 'next_billing_date' | 'plan'>, now: number
): Pick<Subscription, 'next_billing_date'> & { anchor: number } {
  const from = anchor === null || plan.current_frequency !== undefined ? due : anchor
  return { anchor: from, next_billing_date: nextBillingDate(from, plan.frequency, Math.max(now, due)) }
}
