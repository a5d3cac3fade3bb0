/** The metered prices of a plan on hosted pages, and the usage of the current cycle. */
import { html } from 'ghtml'
import type { PlanMeter, Subscription } from '../resources/subscriptions/store.js'
import { currentCycle } from '../resources/subscriptions/metering.js'
import { unitPrice } from '../rules/usage.js'
import { moneyText } from './fragments.js'
import type { Fragment } from './layout.js'
import type { Shown } from './page-context.js'

/** `API calls: 0.005 USD each, the first 1,000 are free`. Meters that take credits are left out. */
export function meterPrices (meters: readonly PlanMeter[], { sandbox, locale: { text } }: Shown): string[] {
  const { currencies } = sandbox.reference
  return meters.flatMap(({ name, price_per_unit: price, free_threshold: free, currency }) => {
    if (price === null) return []
    const shown = { meter: name, price: `${unitPrice(price, currency, currencies)} ${currency}` }
    return [free === 0 ? text('meter.price', shown) : text('meter.free', { ...shown, count: free })]
  })
}

/** The metered prices below the price of a plan. */
export function meterList (meters: readonly PlanMeter[], context: Shown): Fragment {
  const prices = meterPrices(meters, context)
  if (prices.length === 0) return ''
  return html`<p class="recurrence">${context.locale.text('meter.title')}</p>
<ul class="recurrence" data-testid="meters">!${prices.map(text => html`<li>${text}</li>`)}</ul>`
}

/** The usage of the current cycle: `API calls` with `2500 (1500 charged: $30.00)`. */
export function usageRows (subscription: Subscription, context: Shown): Array<readonly [name: string, value: string]> {
  return (currentCycle(subscription, context.sandbox)?.meters ?? []).map(meter => {
    const { name, consumed_units: consumed, chargeable_units: chargeable, total_price: total, currency } = meter
    const text = total === 0
      ? consumed
      : context.locale.text('meter.charged', {
        used: consumed, charged: chargeable, amount: moneyText(total, currency, context)
      })
    return [name, text] as const
  })
}
