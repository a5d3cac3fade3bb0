/**
 * Indian mandates: UPI and Indian cards, in INR, are charged within an amount that the customer has authorised once. Amounts
 * are in paise.
 */

/** The mandate amount if neither the request nor the business sets one: 15,000 rupees. */
export const DEFAULT_MANDATE_FLOOR = 1_500_000

/** From this amount on, the customer authorises each charge: 15,000 rupees. */
const AUTHORISATION_FROM = 1_500_000

export interface MandateFloors {
  /** `mandate_min_amount_inr_paise` of the request. */
  request: number | null
  /** The setting of the business. */
  business: number | null
}

/** The amount of a new mandate: the floor, or the billing amount if that is larger. */
export function mandateAmount (billingAmount: number, { request, business }: MandateFloors): number {
  return Math.max(request ?? business ?? DEFAULT_MANDATE_FLOOR, billingAmount)
}

/** Whether a charge with this method needs a mandate: UPI and Indian cards do, in INR. */
export function needsMandate ({ payment_method_type: type, card_country: country, currency }: {
  payment_method_type: string
  card_country: string | null
  currency: string
}): boolean {
  return currency === 'INR' && (type.startsWith('upi') || country === 'IN')
}

/**
 * The outcome of a charge of an active mandate. `announced` charges are `processing` until the announcement delay has passed,
 * 48 to 51 hours in the real service.
 */
export type MandateDebit =
  | { status: 'announced' }
  | { status: 'requires_customer_action' }
  | { status: 'failed', error_code: 'MANDATE_INVALID' }

/** Decides a charge of a mandate. A charge above the mandate's amount fails. */
export function mandateDebit (amount: number, authorised: number): MandateDebit {
  if (amount > authorised) return { status: 'failed', error_code: 'MANDATE_INVALID' }
  return { status: amount >= AUTHORISATION_FROM ? 'requires_customer_action' : 'announced' }
}
