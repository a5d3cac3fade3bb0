/** The subscriptions that a payment starts or charges, each with its lines. Most payments have one, and some start several. */
import type { ChargeShare, SubscriptionCharge } from './basis.js'
import type { Payment, PaymentLine } from './store.js'

type Charged = Pick<Payment, 'subscription_id' | 'subscription_charge'>

/** A subscription's part of a payment. */
export interface Share extends Omit<ChargeShare, 'lines'> {
  lines: PaymentLine[]
}

/** In a stable order. Empty for a one-time payment. */
export function sharesOf (payment: Charged & Pick<Payment, 'lines'>): Share[] {
  const { subscription_id: id, subscription_charge: charge, lines } = payment
  if (charge === null) return []
  if (charge.shares === undefined) return id === null ? [] : [{ ...partOf(charge), subscription_id: id, lines }]
  let from = 0
  return charge.shares.map(share => {
    const own = lines.slice(from, from + share.lines)
    from += share.lines
    return { ...share, lines: own }
  })
}

function partOf ({ period, basis }: SubscriptionCharge): Pick<Share, 'period' | 'basis'> {
  return { ...(period && { period }), ...(basis && { basis }) }
}

/** The ids of the subscriptions, in the same order. */
export function subscriptionIds ({ subscription_id: id, subscription_charge: charge }: Charged): string[] {
  return charge?.shares?.map(share => share.subscription_id) ?? (id === null ? [] : [id])
}

export function startsSeveral ({ subscription_charge: charge }: Pick<Charged, 'subscription_charge'>): boolean {
  return charge?.shares !== undefined
}

/** The charge with the periods that it pays for, by subscription. */
export function withPeriods (charge: SubscriptionCharge, periods: ReadonlyMap<string, Share['period']>): SubscriptionCharge {
  const { shares } = charge
  if (shares === undefined) {
    const [period] = periods.values()
    return { ...charge, ...(period && { period }) }
  }
  return {
    ...charge,
    shares: shares.map(share => {
      const period = periods.get(share.subscription_id)
      return { ...share, ...(period && { period }) }
    })
  }
}
