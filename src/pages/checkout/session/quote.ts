/**
 * Calculates the price that the page shows before the form is complete. Details that are refused are reported and left out, so
 * that there is a price as long as the cart has one.
 */
import { ApiError } from '../../../errors.js'
import { quote, type CheckoutSale, type Details } from '../../../resources/checkouts/purchase.js'
import type { Terms } from '../../../resources/checkouts/terms.js'
import type { PlainKey } from '../../../messages/locale.js'
import { refusalText, type Problem } from '../../fragments.js'
import type { PageContext } from '../../page-context.js'

export interface Draft {
  sale: CheckoutSale
  /** The details that the price is based on, without those that were refused. */
  details: Details
  problems: Problem[]
}

/** Throws an ApiError if the cart can't be sold, regardless of what the customer enters. */
export function draftSale (terms: Terms, wanted: Details, context: PageContext): Draft {
  const problems: Problem[] = []
  let details = wanted
  for (;;) {
    try {
      return { sale: quote(terms, details, context, { isDraft: true }), details, problems }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const rest = without(error.details?.[0]?.path ?? '', details, terms)
      if (rest === null) throw error
      problems.push(...problemsOfSale(error, context))
      details = rest
    }
  }
}

/** The details without the value at a path; null if nothing can be removed. */
function without (path: string, details: Details, terms: Terms): Details | null {
  const index = Number(/\[(\d+)\]/.exec(path)?.[1])
  const { known, codes, amounts } = details
  if (path.startsWith('discount_codes[')) return { ...details, codes: codes.filter((_code, place) => place !== index) }
  if ((path === 'tax_id' || path === 'customer_business_name') && (known.tax_id ?? known.business_name) !== null) {
    return { ...details, known: { ...known, tax_id: null, business_name: null } }
  }
  if (path === 'billing_address.country' && known.country !== null) return { ...details, known: { ...known, country: null } }
  if (path.endsWith('.amount') && amounts[index] != null && terms.cart[index]?.amount === null) {
    return { ...details, amounts: amounts.map((amount, place) => place === index ? null : amount) }
  }
  if (path === 'billing_currency' && details.currency !== terms.currency) return { ...details, currency: terms.currency }
  return null
}

/** An ApiError of the price as messages for the customer, each at its field. */
export function problemsOfSale (error: ApiError, { locale }: Pick<PageContext, 'locale'>): Problem[] {
  const { text } = locale
  const path = error.details?.[0]?.path ?? ''
  const index = /\[(\d+)\]/.exec(path)?.[1] ?? ''
  const key = TEXTS[error.code]
  const message = key === undefined ? refusalText(error.message, locale) : text(key)
  if (path.startsWith('discount_codes[')) return [{ field: 'discount-code', message }]
  if (path.endsWith('.amount')) return [{ field: `amount-${index}`, message }]
  if (path === 'customer_business_name' && error.code === 'INVALID_REQUEST_PARAMETERS') {
    return [{ field: 'business-name', message: text('problem.businessTaxId') }]
  }
  return [{ field: FIELDS[path] ?? null, message }]
}

const FIELDS: Record<string, string> = {
  tax_id: 'tax-id',
  'billing_address.country': 'country',
  billing_currency: 'currency'
}

const TEXTS: Record<string, PlainKey> = {
  INVALID_DISCOUNT_CODE: 'problem.code',
  DISCOUNT_CODE_EXPIRED: 'problem.codeExpired',
  DISCOUNT_NOT_YET_ACTIVE: 'problem.codeEarly',
  DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED: 'problem.codeUsed',
  DISCOUNT_PER_CUSTOMER_USAGE_LIMIT_EXCEEDED: 'problem.codeUsedByYou',
  DISCOUNT_CUSTOMER_NOT_ELIGIBLE: 'problem.codeOthers',
  DISCOUNT_MINIMUM_SUBTOTAL_NOT_MET: 'problem.codeMinimum',
  CUSTOMER_HAS_EXISTING_SUBSCRIPTION: 'problem.subscribed',
  INVALID_TAX_ID: 'problem.invalidTaxId',
  UNSUPPORTED_COUNTRY: 'problem.unsupportedCountry',
  REQUEST_AMOUNT_BELOW_MINIMUM: 'problem.minimum'
}
