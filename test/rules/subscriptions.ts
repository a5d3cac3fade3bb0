/** Plans, charges and plan changes in short form, for the tests of subscriptions. The currencies are those of carts.ts. */
import assert from 'node:assert/strict'
import type { Period } from '../../src/rules/billing-calendar.js'
import { parseTime } from '../../src/rules/calendar.js'
import { paidLines, type PlanChange } from '../../src/rules/plan-change.js'
import type { CodeDiscount } from '../../src/rules/pricing.js'
import type { PaidLine } from '../../src/rules/proration.js'
import {
  codesInUse, priceCharge, regularItems, type AttachedCode, type ChargeRequest, type RecurringItem, type RecurringTerms
} from '../../src/rules/recurring.js'
import { CURRENCIES } from './carts.js'

interface ItemRow extends Partial<RecurringItem['price']> {
  id?: string
  quantity?: number
}

/** 1000 US cents, tax added on top, unless the row says otherwise. */
export function recurring ({ id = 'pdt_a', quantity = 1, ...price }: ItemRow): RecurringItem {
  return { id, name: id, quantity, price: { currency: 'USD', price: 1000, discount_bps: 0, ...price } }
}

export interface TermsRow extends ItemRow {
  addons?: ItemRow[]
}

export function terms ({ addons = [], ...plan }: TermsRow): RecurringTerms {
  return { plan: recurring(plan), addons: addons.map((addon, index) => recurring({ id: `adn_${index}`, ...addon })) }
}

/** Codes in the order of the list, each with its number of cycles; null for no limit. */
export function attached (...codes: Array<[discount: CodeDiscount, cycles: number | null]>): AttachedCode[] {
  return codes.map(([discount, cycles], position) => ({ discount, position, cycles_remaining: cycles }))
}

/** Without codes, tax and credit, in dollars, unless changed. */
export function request (given: Partial<ChargeRequest>): ChargeRequest {
  return {
    items: [], codes: [], currency: 'USD', tax_rate_bps: 0, currencies: CURRENCIES, credit: { amount: 0, currency: 'USD' }, ...given
  }
}

export const MONTHLY: Period = { count: 1, interval: 'Month' }
export const YEARLY: Period = { count: 1, interval: 'Year' }

/** `2026-04-01` or `2026-04-16T12:34:56`. */
export function at (text: string): number {
  return parseTime(text.includes('T') ? `${text}Z` : `${text}T00:00:00Z`) ?? assert.fail(text)
}

export interface ChangeRow extends Partial<Pick<PlanChange, 'mode' | 'tax_rate_bps' | 'is_trial' | 'old_frequency' | 'new_frequency'>> {
  from: TermsRow
  to: TermsRow
  /** On the old plan when it was paid, and on the new one. */
  oldCodes?: AttachedCode[]
  newCodes?: AttachedCode[]
  period?: [start: string, next: string]
  on?: string
  paid?: PaidLine[]
  credit?: number
}

/** The lines that a plan has paid for a period. */
export function paidFor (plan: RecurringTerms, codes: AttachedCode[], rate: number): PaidLine[] {
  const { lines, cart } = priceCharge(request({ items: regularItems(plan), codes: codesInUse(codes), tax_rate_bps: rate }))
  return paidLines(lines, cart)
}

/** From 1 April to 1 May 2026, prorated on 16 April, without tax and credit, unless the row says otherwise. */
export function changeOf (row: ChangeRow): PlanChange {
  const { from, to, oldCodes = [], newCodes = [], period: [start, next] = ['2026-04-01', '2026-05-01'], on = '2026-04-16' } = row
  const rate = row.tax_rate_bps ?? 0
  return {
    mode: row.mode ?? 'prorated_immediately',
    now: at(on),
    period: { start: at(start), next: at(next) },
    is_trial: row.is_trial ?? false,
    paid: row.paid ?? paidFor(terms(from), oldCodes, rate),
    old_frequency: row.old_frequency ?? MONTHLY,
    new_frequency: row.new_frequency ?? row.old_frequency ?? MONTHLY,
    new_terms: terms(to),
    codes: codesInUse(newCodes),
    currency: 'USD',
    tax_rate_bps: rate,
    currencies: CURRENCIES,
    credit: { amount: row.credit ?? 0, currency: 'USD' }
  }
}
