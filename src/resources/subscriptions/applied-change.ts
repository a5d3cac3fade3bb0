/** What a plan change makes of a subscription, and the dates that its renewals get. Writes nothing. */
import { isSamePeriod, nextBillingDate, termEnd, type Period } from '../../rules/billing-calendar.js'
import { exchange } from '../../rules/amounts.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { recurringAmount } from './pricing.js'
import type { Plan, PlanChange, Subscription } from './store.js'

export interface Application {
  /** When the change takes effect. */
  at: number
  /** Whether a new period starts then. Otherwise the current period goes on, and its dates stay. */
  restarts: boolean
}

/**
 * The new plan with all that follows from it. Another product begins another term; the same product keeps its term. Credit is
 * converted to the currency of the plan. What the payment of the change does to credit and paid lines comes with its success.
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

/** A plan within a period that began with this frequency. */
function inPeriod (plan: Plan, frequency: Period): Plan {
  return isSamePeriod(plan.frequency, frequency) ? plan : { ...plan, current_frequency: frequency }
}

/** The frequency with which the current period began. */
export function currentFrequency ({ current_frequency: current, frequency }: Plan): Period {
  return current ?? frequency
}

/** The anchor and the next billing date after the renewal that is due. A renewal with another frequency is the new anchor. */
export function renewalDates (
  { anchor, next_billing_date: due, plan }: Pick<Subscription, 'anchor' | 'next_billing_date' | 'plan'>, now: number
): Pick<Subscription, 'next_billing_date'> & { anchor: number } {
  const from = anchor === null || plan.current_frequency !== undefined ? due : anchor
  return { anchor: from, next_billing_date: nextBillingDate(from, plan.frequency, Math.max(now, due)) }
}
