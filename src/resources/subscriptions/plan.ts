/** The plan of a subscription: a snapshot of the product's price for this buyer. */
import type { Schemas } from '../../contract/operations.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { soldCredits } from '../credit-entitlements/attachments.js'
import { unitPrice } from '../payments/cart.js'
import type { CompletePrice } from '../products/prices.js'
import type { Product } from '../products/store.js'
import type { Plan } from './store.js'

/** A price of a recurring or usage-based product. */
export type RecurringPrice = Exclude<CompletePrice, { type: 'one_time_price' }>

/** The buyer's billing country and currency. */
export interface PlanBuyer {
  country: string
  currency: string
}

export function planOf (product: Product, price: RecurringPrice, buyer: PlanBuyer, sandbox: Sandbox): Plan {
  const sold = unitPrice(product, buyer, sandbox)
  const credits = soldCredits(product.product_id, sandbox)
  return {
    product_id: product.product_id,
    name: product.name,
    description: product.description,
    price: {
      currency: sold.currency,
      price: sold.price,
      discount_bps: sold.discount_bps,
      tax_inclusive: sold.tax_inclusive === true
    },
    tax_category: product.tax_category,
    usage_based: price.type === 'usage_based_price',
    ...metersOf(price),
    frequency: { count: price.payment_frequency_count, interval: price.payment_frequency_interval },
    term: { count: price.subscription_period_count, interval: price.subscription_period_interval },
    trial: price.type === 'usage_based_price'
      ? { amount: null, apply_discounts: false }
      : { amount: price.trial_amount || null, apply_discounts: price.trial_apply_discounts === true },
    ...optionalMethod(price),
    ...(credits.length === 0 ? {} : { credits })
  }
}

function optionalMethod (price: RecurringPrice): Pick<Plan, 'method_optional'> {
  if (price.type !== 'recurring_price') return {}
  const { trial_payment_method_optional: trial = false, zero_amount_payment_method_optional: zero = false } = price
  return trial || zero ? { method_optional: { trial, zero_amount: zero } } : {}
}

function metersOf (price: RecurringPrice): Pick<Plan, 'meters'> {
  if (price.type !== 'usage_based_price' || price.meters == null || price.meters.length === 0) return {}
  return {
    meters: price.meters.map(meter => ({
      meter_id: meter.meter_id,
      name: meter.name ?? meter.meter_id,
      description: meter.description ?? null,
      measurement_unit: meter.measurement_unit ?? '',
      currency: price.currency,
      free_threshold: meter.free_threshold ?? 0,
      price_per_unit: meter.price_per_unit ?? null,
      credit_entitlement_id: meter.credit_entitlement_id ?? null,
      meter_units_per_credit: meter.meter_units_per_credit ?? null
    }))
  }
}

/** The currency of a plan, with the contract's type. */
export function currencyOf ({ price }: Plan): Schemas['Currency'] {
  return price.currency as Schemas['Currency']
}
