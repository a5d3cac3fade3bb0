/**
 * The currencies that a customer can choose: those of the session, the product, the country and the store.
 */
import type { Terms } from './terms.js'
import type { Sandbox } from '../../sandbox/sandbox.js'

/** The first currency is the default. */
export function currenciesFor (
  { currency, cart, flags }: Terms, country: string | null, { business, products, reference, settings }: Sandbox
): string[] {
  const base = products.find(cart[0]?.product_id ?? '')?.price.currency ?? business.currency
  const first = currency ?? base
  if (!flags.allow_currency_selection) return [first]
  const local = reference.countries[country ?? business.country]?.currency ?? null
  const others = [base, local, business.currency].filter((code): code is string =>
    code !== null && !settings.deniedCurrencies.has(code) && reference.currencies[code]?.usd_rate != null)
  return [...new Set([first, ...others])]
}
