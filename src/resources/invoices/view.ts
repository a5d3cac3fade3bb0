/**
 * The text of invoices and refund receipts, in the language of the payment. It depends neither on the request nor on later
 * changes of the payment, so that a document never changes. Amounts are in the charged currency.
 */
import type { Schemas } from '../../contract/operations.js'
import { localeFor } from '../../messages/locale.js'
import { moneyText, type Shown } from '../../messages/texts.js'
import { paidWith } from '../../pages/fragments.js'
import type { InvoiceDocument } from '../../pages/invoice.js'
import { packageJson } from '../../root.js'
import { US_PER_MS } from '../../rules/calendar.js'
import { divideHalfUp } from '../../rules/money.js'
import type { PricedLine } from '../../rules/pricing.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { codeOf } from '../discounts/view.js'
import { creditChange, refundableItems } from '../payments/items.js'
import type { PaidPeriod } from '../payments/basis.js'
import { sharesOf, startsSeveral } from '../payments/shares.js'
import type { Payment, PaymentLine } from '../payments/store.js'
import type { Refund } from '../refunds/store.js'
import { labelsIn } from './labels.js'

/** Returns the invoice of a succeeded payment. */
export function invoiceDocument (payment: Payment, sandbox: Sandbox): InvoiceDocument {
  const { lines } = payment
  const shown = shownFor(payment, sandbox)
  const { locale, locale: { text } } = shown
  const money = moneyOf(payment, shown)
  const method = paidWith(payment, shown)
  const isFree = payment.total_amount === 0 && creditChange(payment) === 0
  const { period } = payment.subscription_charge ?? {}
  const periods = sharedPeriods(payment, shown)
  const date = locale.day(paidAt(payment, sandbox))
  return {
    ...documentOf(payment, shown),
    title: text('document.invoice'),
    number: payment.invoice_id,
    createdAt: payment.created_at / US_PER_MS,
    facts: [
      [text('document.invoiceNumber'), payment.invoice_id],
      [text('document.invoiceDate'), locale.day(payment.created_at)],
      [text('common.payment'), payment.payment_id],
      ...(period === undefined ? [] : [[text('document.billingPeriod'), periodText(period, shown)] as const]),
      ...(method === null || isFree ? [] : [[text('common.paidWith'), method] as const])
    ],
    summary: isFree
      ? text('document.free', { date })
      : text('document.paid', { amount: money(payment.total_amount), date }),
    columns: [
      { title: text('document.description'), width: 0 }, { title: text('document.quantity'), width: 64 },
      { title: text('document.unitPrice'), width: 92 }, { title: text('common.amount'), width: 98 }
    ],
    rows: lines.map(line => {
      const includesTax = line.tax_inclusive && line.tax > 0
      const notes = [periods.get(line) ?? [], includesTax ? text('document.priceIncludesTax') : []].flat()
      return {
        cells: [line.name ?? line.product_id, locale.number(line.quantity), unitPrice(line, money), money(line.subtotal)],
        ...(notes.length === 0 ? {} : { note: notes.join(' · ') })
      }
    }),
    totals: totals(lines, payment, shown),
    notes: isReverseCharge(payment, sandbox) ? [text('document.reverseCharge')] : []
  }
}

function shownFor ({ language }: Payment, sandbox: Sandbox): Shown {
  return { sandbox, locale: localeFor(language) }
}

/** The parts that invoices and receipts share. */
function documentOf (
  payment: Payment, shown: Shown
): Pick<InvoiceDocument, 'language' | 'country' | 'issuer' | 'parties' | 'labels'> {
  const { sandbox, locale, locale: { text } } = shown
  return {
    language: locale.tag,
    country: payment.billing.country,
    issuer: sandbox.business.name,
    parties: [
      { title: text('document.from'), lines: seller(shown) }, { title: text('order.billedTo'), lines: buyer(payment, shown) }
    ],
    labels: labelsIn(locale)
  }
}

/** The period of each subscription that the payment starts with others, by the line of its plan. */
function sharedPeriods (payment: Payment, shown: Shown): Map<PaymentLine, string> {
  if (!startsSeveral(payment)) return new Map()
  return new Map(sharesOf(payment).flatMap(({ lines: [plan], period }) =>
    plan === undefined || period === undefined ? [] : [[plan, periodText(period, shown)]]))
}

function periodText ([from, to]: PaidPeriod, { locale }: Shown): string {
  return locale.text('subscription.periodDates', { start: locale.day(from), end: locale.day(to) })
}

/** Returns the receipt of a succeeded refund. */
export function receiptDocument (refund: Refund, payment: Payment, sandbox: Sandbox): InvoiceDocument {
  const shown = shownFor(payment, sandbox)
  const { locale, locale: { text } } = shown
  const money = moneyOf(payment, shown)
  const method = paidWith(payment, shown)
  const items = new Map(refundableItems(payment, []).map(item => [item.item_id, item]))
  const date = locale.day(refund.created_at)
  const { reason } = refund
  return {
    ...documentOf(payment, shown),
    title: text('document.refund'),
    number: refund.refund_id,
    createdAt: refund.created_at / US_PER_MS,
    facts: [
      [text('document.refundNumber'), refund.refund_id],
      [text('document.refundDate'), date],
      [text('document.status'), text('document.succeeded')],
      [text('document.invoiceNumber'), payment.invoice_id],
      [text('common.payment'), payment.payment_id],
      ...(method === null ? [] : [[text('document.refundedTo'), method] as const])
    ],
    summary: text('document.refundedOn', { amount: money(refund.amount), date }),
    columns: [
      { title: text('document.description'), width: 0 }, { title: text('document.paidColumn'), width: 98 },
      { title: text('document.refundedColumn'), width: 98 }
    ],
    rows: refund.lines.map(({ item_id: id, amount }) => {
      const item = items.get(id)
      return { cells: [item?.name ?? id, item === undefined ? '' : money(item.net + item.tax), money(amount)] }
    }),
    totals: [
      { label: text('document.paymentTotal'), value: money(payment.total_amount), kind: '' },
      { label: text('document.refundedIn', { currency: refund.currency }), value: money(refund.amount), kind: 'total' }
    ],
    notes: [
      ...(payment.tax > 0 ? [text('document.amountsInclude', { tax: taxName(payment, shown) })] : []),
      ...(reason === null || reason.trim() === '' ? [] : [text('document.reason', { reason })])
    ]
  }
}

/** The subtotal before discounts, each discount, and the tax. They add up exactly to the total. */
function totals (lines: readonly PricedLine[], payment: Payment, shown: Shown): InvoiceDocument['totals'] {
  const { sandbox, locale: { text } } = shown
  const money = moneyOf(payment, shown)
  const sum = (amount: (line: PricedLine) => number) => lines.reduce((total, line) => total + amount(line), 0)
  const { discounts: codes } = payment
  const subtotal = sum(line => line.subtotal)
  const byProducts = subtotal - codes.reduce((total, { deducted }) => total + deducted, 0) - sum(line => line.amount)
  const contained = sum(line => line.tax_inclusive ? line.tax : 0)
  const added = sum(line => line.tax_inclusive ? 0 : line.tax)
  const credit = creditChange(payment)
  const tax = taxName(payment, shown)
  const total = (label: string, amount: number, kind: '' | 'total' | 'quiet' = '') => ({ label, value: money(amount), kind })
  return [
    total(text('order.subtotal'), subtotal),
    ...(byProducts === 0 ? [] : [total(text('order.productDiscount'), -byProducts)]),
    ...codes.map(applied =>
      total(text('order.discountCode', { code: codeOf(applied, sandbox) ?? applied.discount_id }), -applied.deducted)),
    ...(contained > 0 && added === 0 ? [] : [total(tax, added)]),
    ...(credit === 0 ? [] : [total(text(credit < 0 ? 'order.creditUsed' : 'order.creditAdded'), credit)]),
    total(text('document.totalIn', { currency: payment.currency }), payment.total_amount, 'total'),
    ...(contained === 0 ? [] : [total(text('document.includesTax', { tax }), contained, 'quiet')])
  ]
}

/** Returns `VAT 20%`, or the name alone if the rate was not charged. */
function taxName (payment: Payment, { sandbox, locale, locale: { text } }: Shown): string {
  const rate = sandbox.reference.taxRates[payment.billing.country]
  if (rate === undefined) return text('order.tax')
  const tax = locale.translation(rate.name) ?? rate.name
  if (isReverseCharge(payment, sandbox)) return text('document.taxReversed', { tax })
  return payment.tax === 0 ? text('order.tax') : text('order.taxRate', { tax, percent: locale.percent(rate.rate_bps) })
}

/** Whether a tax id reduced the tax to 0. Free payments and products without tax are not reverse charges. */
function isReverseCharge (payment: Payment, { reference, settings }: Sandbox): boolean {
  return payment.checkout.tax_id !== undefined && settings.tax && payment.tax === 0 && payment.total_amount > 0 &&
    reference.taxRates[payment.billing.country]?.reverse_charge === true
}

type Money = (amount: number) => string

/** Formats amounts in the payment's currency. */
function moneyOf ({ currency }: Payment, shown: Shown): Money {
  // Helvetica, which is enough for many documents, lacks the minus sign and some spaces.
  return amount => moneyText(amount, currency, shown).replace(/\s/g, ' ').replace('−', '-')
}

/** The row stores the unit price in the product's currency only; the price in the charged currency follows from the line. */
function unitPrice ({ quantity, subtotal }: PricedLine, money: Money): string {
  return quantity === 0 ? '' : money(divideHalfUp(subtotal, quantity))
}

/** When the payment succeeded, which can be later than its creation. */
function paidAt (payment: Payment, { payments }: Sandbox): number {
  return payments.attempts(payment.seq).findLast(({ status }) => status === 'succeeded')?.created_at ?? payment.created_at
}

type Address = Pick<Schemas['BillingAddress'], 'country' | 'state' | 'city' | 'street' | 'zipcode'>

interface Seller {
  business_id: string
  support_email?: string
  address?: Address
}

let packaged: Seller | undefined

/** A sandbox stores only the name of its business. The default business also has an address. */
export function seller (shown: Shown): string[] {
  const { sandbox } = shown
  const { business_id: businessId, name } = sandbox.business
  packaged ??= packageJson<Seller>('fixtures', 'business.json')
  const { address, support_email: email } = packaged.business_id === businessId ? packaged : {}
  return [name, ...(address === undefined ? [] : addressLines(address, shown)), ...given(email)]
}

function buyer (payment: Payment, shown: Shown): string[] {
  const { name, email } = payment.customer
  const { customer_business_name: business, tax_id: taxId } = payment.checkout
  return [
    ...given(business),
    ...(name === email ? [] : given(name)), // the e-mail address replaces a missing name
    ...addressLines(payment.billing, shown),
    email,
    ...(taxId === undefined ? [] : [shown.locale.text('order.taxId', { id: taxId })])
  ]
}

function addressLines (
  { country, state, city, street, zipcode }: Address, { sandbox: { reference }, locale }: Shown
): string[] {
  const region = [...given(state), ...given(zipcode)].join(' ')
  const town = [...given(city), ...given(region)].join(', ')
  return [...given(street), ...given(town), locale.country(country, reference.countries[country]?.name)]
}

function given (text: string | null | undefined): string[] {
  return text == null || text.trim() === '' ? [] : [text]
}
