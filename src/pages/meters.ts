/** The metered prices of a plan on hosted pages, and the usage of the current cycle. */
import { html } from 'ghtml'
import type { PlanMeter, Subscription } from '../resources/subscriptions/store.js'
import { currentCycle } from '../resources/subscriptions/metering.js'
import { unitPrice } from '../rules/usage.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { money } from './fragments.js'
import type { Fragment } from './layout.js'

const COUNT = new Intl.NumberFormat('en')

/** `API calls: 0.005 USD each, the first 1,000 are free`. Meters that take credits are left out. */
export function meterPrices (meters: readonly PlanMeter[], { reference: { currencies } }: Sandbox): string[] {
  return meters.flatMap(({ name, price_per_unit: price, free_threshold: free, currency }) => {
    if (price === null) return []
    const each = `${name}: ${unitPrice(price, currency, currencies)} ${currency} each`
    return [free === 0 ? each : `${each}, the first ${COUNT.format(free)} are free`]
  })
}

/** The metered prices below the price of a plan. */
export function meterList (meters: readonly PlanMeter[], sandbox: Sandbox): Fragment {
  const prices = meterPrices(meters, sandbox)
  if (prices.length === 0) return ''
  return html`<p class="recurrence">Plus what you use:</p>
<ul class="recurrence" data-testid="meters">!${prices.map(text => html`<li>${text}</li>`)}</ul>`
}

/** The usage of the current cycle: `API calls` with `2500 (1500 charged: $30.00)`. */
export function usageRows (subscription: Subscription, sandbox: Sandbox): Array<readonly [name: string, value: string]> {
  return (currentCycle(subscription, sandbox)?.meters ?? []).map(meter => {
    const { name, consumed_units: consumed, chargeable_units: chargeable, total_price: total, currency } = meter
    return [name, total === 0 ? consumed : `${consumed} (${chargeable} charged: ${money(total, currency, sandbox)})`] as const
  })
}
