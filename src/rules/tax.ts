/** Decides the tax rate of a sale. The rates are data (fixtures/reference/tax-rates.gen.json) and are passed in. */
import { ApiError, invalid } from '../errors.js'
import { checkTaxId } from './tax-ids.js'

export interface TaxRate {
  rate_bps: number
  /** The name of the tax on pages and invoices: VAT, GST, … */
  name: string
  /** Whether a business with a valid tax id accounts for the tax itself, so that none is charged. */
  reverse_charge: boolean
}

export type TaxTable = Readonly<Record<string, TaxRate>>

const BUSINESS_NAME_MAX = 250

/**
 * The rate of a billing country in basis points; 0 if the published table lacks it, or a business accounts for the tax itself.
 * `taxId` must be valid.
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
 * Checks and trims the tax id and name of a business. Blank values count as absent. Throws INVALID_TAX_ID if the id is not valid
 * in the billing country, and INVALID_REQUEST_PARAMETERS for a name without a tax id or of more than 250 characters.
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
