/** Fields of a payment about its subscription: the kind of charge, whether it contains usage, and the period that it pays for. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import { newPlanFraction } from '../../rules/plan-change.js'
import { sharesOf } from './shares.js'
import type { ListedPayment, SubscriptionCharge } from './store.js'

type Fields = Required<Pick<Schemas['PaymentResponse'], 'charge_type' | 'includes_usage' | 'service_periods'>>

const CHARGE_TYPES: Record<SubscriptionCharge['purpose'], Fields['charge_type']> = {
  activation: 'new',
  renewal: 'renewal',
  retry: 'renewal',
  manual_retry: 'renewal',
  recovery: 'renewal',
  pause_settlement: 'renewal',
  final_usage: 'renewal',
  plan_change: 'plan_change',
  on_demand: 'on_demand',
  method_update: null
}

export function serviceFields (
  payment: Pick<ListedPayment, 'status' | 'subscription_id' | 'subscription_charge' | 'lines'>
): Fields {
  const { subscription_charge: charge, lines } = payment
  return {
    charge_type: charge === null ? null : CHARGE_TYPES[charge.purpose],
    includes_usage: lines.some(({ kind }) => kind === 'meter' || kind === 'overage'),
    service_periods: servicePeriods(payment)
  }
}

/** Empty until the payment succeeds, and for a charge without a period. */
function servicePeriods (
  payment: Pick<ListedPayment, 'status' | 'subscription_id' | 'subscription_charge' | 'lines'>
): Fields['service_periods'] {
  if (payment.status !== 'succeeded') return []
  return sharesOf(payment).flatMap(({ subscription_id: id, period, basis }) => {
    if (period === undefined) return []
    const [from, to] = period
    return [{ subscription_id: id, starts_at: formatTime(from), ends_at: formatTime(to), proration_factor: factorOf(basis) }]
  })
}

function factorOf (basis: SubscriptionCharge['basis']): string {
  if (basis?.change === undefined) return '1'
  const { over, under } = newPlanFraction(basis.change)
  return String(Number(over) / Number(under))
}
