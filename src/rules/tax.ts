/**
 * Which tax rate a sale has. The rates are data (fixtures/reference/tax-rates.gen.json), passed in; here is only when they apply.
 */
import { ApiError, invalid } from '../errors.js'
import { checkTaxId } from './tax-ids.js'

export interface TaxRate {
  rate_bps: number
  /** VAT, GST, …: what to call it on a page and an invoice. */
  name: string
  /** A business with a valid tax id accounts for the tax itself, so that none is charged. */
  reverse_charge: boolean
}

export type TaxTable = Readonly<Record<string, TaxRate>>

const BUSINESS_NAME_MAX = 250

/**
 * The rate in basis points for a billing country, 0 where the published table has none or a business accounts for it.
 * `taxId` must have been checked.
 */
export function taxRateBps (table: TaxTable, country: string, taxId: string | null): number {
  const rate = table[country]
  if (rate === undefined) return 0
  return taxId !== null && rate.reverse_charge ? 0 : rate.rate_bps
}

export interface BusinessBuyer {
  tax_id: string | null
  business_name: string | null
}

/**
 * The buyer as a business: a tax id that is valid in the billing country, and the name that goes with it, trimmed; blank counts
 * as absent for both. Throws INVALID_TAX_ID, or INVALID_REQUEST_PARAMETERS for a name without a tax id or over 250 characters.
 */
export function businessBuyer (country: string, taxId: string | null, businessName: string | null): BusinessBuyer {
  const id = taxId?.trim() || null
  const name = businessName?.trim() || null
  if (name !== null && id === null) throw invalid('customer_business_name', 'customer_business_name needs a tax_id')
  if (name !== null && name.length > BUSINESS_NAME_MAX) {
    throw invalid('customer_business_name', `customer_business_name must not be longer than ${BUSINESS_NAME_MAX} characters`)
  }
  if (id !== null) {
    const check = checkTaxId(country, id)
    if (!check.valid) throw new ApiError('INVALID_TAX_ID', { path: 'tax_id', because: check.reason })
  }
  return { tax_id: id, business_name: name }
}
