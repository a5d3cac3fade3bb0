/** Fields of a payment about its subscription: the kind of charge, whether it contains usage, and the period that it pays for. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import { newPlanFraction } from '../../rules/plan-change.js'
import { readLines, type PaymentLine } from './lines.js'
import { sharesOf } from './shares.js'
import type { Payment, SubscriptionCharge } from './store.js'

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

type Charged = Pick<Payment, 'status' | 'subscription_id' | 'subscription_charge'>

/** The lines of a payment of a list are text, and are parsed only for a payment of a subscription. */
export function serviceFields (payment: Charged & { lines: string | PaymentLine[] }): Fields {
  const { subscription_charge: charge, lines: given } = payment
  if (charge === null) return { charge_type: null, includes_usage: false, service_periods: [] }
  const lines = typeof given === 'string' ? readLines(given) : given
  return {
    charge_type: CHARGE_TYPES[charge.purpose],
    includes_usage: lines.some(({ kind }) => kind === 'meter' || kind === 'overage'),
    service_periods: servicePeriods(payment, lines)
  }
}

/** Empty until the payment succeeds, and for a charge without a period. */
function servicePeriods (
  { status, subscription_id: id, subscription_charge: charge }: Charged, lines: PaymentLine[]
): Fields['service_periods'] {
  if (status !== 'succeeded') return []
  const shares = sharesOf({ subscription_id: id, subscription_charge: charge, lines })
  return shares.flatMap(({ subscription_id: paidId, period, basis }) => {
    if (period === undefined) return []
    const [from, to] = period
    const [starts, ends] = [formatTime(from), formatTime(to)]
    return [{ subscription_id: paidId, starts_at: starts, ends_at: ends, proration_factor: factorOf(basis) }]
  })
}

function factorOf (basis: SubscriptionCharge['basis']): string {
  if (basis?.change === undefined) return '1'
  const { over, under } = newPlanFraction(basis.change)
  return String(Number(over) / Number(under))
}
