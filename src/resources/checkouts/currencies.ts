/**
 * The currencies that a customer may choose from: the one that the session asks for, the product's, the country's, the store's.
 */
import type { Terms } from './terms.js'
import type { Sandbox } from '../../sandbox/sandbox.js'

/** The first is what is charged unless another is chosen; there may be no other. */
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
