/** Subscriptions for the tests of their charges: plans, add-ons and codes in short, with this folder's currencies. */
import type { AttachedCode, ChargeRequest, RecurringItem, RecurringTerms } from '../../src/rules/recurring.js'
import type { CodeDiscount } from '../../src/rules/pricing.js'
import { CURRENCIES } from './carts.js'

interface ItemRow extends Partial<RecurringItem['price']> {
  id?: string
  quantity?: number
}

/** 1000 US cents, taxed on top, unless the row says otherwise. */
export function recurring ({ id = 'pdt_a', quantity = 1, ...price }: ItemRow): RecurringItem {
  return { id, name: id, quantity, price: { currency: 'USD', price: 1000, discount_bps: 0, ...price } }
}

export interface TermsRow extends ItemRow {
  addons?: ItemRow[]
}

export function terms ({ addons = [], ...plan }: TermsRow): RecurringTerms {
  return { plan: recurring(plan), addons: addons.map((addon, index) => recurring({ id: `adn_${index}`, ...addon })) }
}

/** Codes in the order of the list, for so many cycles each; null for all. */
export function attached (...codes: Array<[discount: CodeDiscount, cycles: number | null]>): AttachedCode[] {
  return codes.map(([discount, cycles], position) => ({ discount, position, cycles_remaining: cycles }))
}

/** Without codes, tax and credit, in dollars, unless given. */
export function request (given: Partial<ChargeRequest>): ChargeRequest {
  return {
    items: [], codes: [], currency: 'USD', tax_rate_bps: 0, currencies: CURRENCIES, credit: { amount: 0, currency: 'USD' }, ...given
  }
}
