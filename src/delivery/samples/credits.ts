/** Samples of credit events: each type of ledger entry, and a low balance. */
import type { Payload } from '../catalogue.js'
import type { Scene } from './scene.js'

type Entry = Payload<'CreditLedgerEntry'>

/** A change of the balance or the overage. Its amount is the difference. */
interface Movement {
  of: 'balance' | 'overage'
  before: number
  after: number
  description: string
}

/** 75 % of 40 unused credits are carried over. */
const MOVEMENTS = {
  credit_added: { of: 'balance', before: 0, after: 100, description: 'Credits of the new period' },
  credit_deducted: { of: 'balance', before: 100, after: 75, description: 'Usage' },
  credit_expired: { of: 'balance', before: 40, after: 30, description: 'Not carried over from the last period' },
  credit_rolled_over: { of: 'balance', before: 10, after: 40, description: 'Carried over from the last period' },
  rollover_forfeited: { of: 'balance', before: 10, after: 0, description: 'Carried over too often' },
  overage_charged: { of: 'overage', before: 0, after: 20, description: 'Usage beyond the balance' },
  overage_reset: { of: 'overage', before: 20, after: 0, description: 'Forgiven with the renewal' },
  manual_adjustment: { of: 'balance', before: 75, after: 125, description: 'With our apologies' }
} as const satisfies Partial<Record<Entry['transaction_type'], Movement>>

export function creditMovement (scene: Scene, type: keyof typeof MOVEMENTS): Entry {
  const { businessId, brandId, customer, subscriptionId, id, time } = scene
  const { of, before, after, description }: Movement = MOVEMENTS[type]
  const isBalance = of === 'balance'
  return {
    id: id('cle'),
    business_id: businessId,
    brand_id: brandId,
    customer_id: customer.customer_id,
    credit_entitlement_id: id('cde'),
    grant_id: isBalance ? id('cgr') : null,
    transaction_type: type,
    is_credit: isBalance === (after > before), // a decrease of the overage is a credit
    amount: String(Math.abs(after - before)),
    balance_before: String(isBalance ? before : 0),
    balance_after: String(isBalance ? after : 0),
    overage_before: String(isBalance ? 0 : before),
    overage_after: String(isBalance ? 0 : after),
    description,
    reference_id: subscriptionId,
    reference_type: 'subscription',
    metadata: {},
    created_at: time(0)
  }
}

export function balanceLow ({ brandId, customer, subscriptionId, id }: Scene): Payload<'CreditBalanceLow'> {
  return {
    customer_id: customer.customer_id,
    subscription_id: subscriptionId,
    brand_id: brandId,
    credit_entitlement_id: id('cde'),
    credit_entitlement_name: 'API calls',
    available_balance: '15',
    subscription_credits_amount: '100',
    threshold_percent: 20,
    threshold_amount: '20'
  }
}
