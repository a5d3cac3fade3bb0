/**
 * The text of invoices and refund receipts. It depends neither on the time of the request nor on later changes of the payment, so
 * that a document never changes. Amounts are in the charged currency.
 */
import type { Schemas } from '../../contract/operations.js'
import { english } from '../../messages/locale.js'
import { paidWith } from '../../pages/fragments.js'
import type { InvoiceDocument } from '../../pages/invoice.js'
import { packageJson } from '../../root.js'
import { US_PER_MS, formatDay } from '../../rules/calendar.js'
import { divideHalfUp, format } from '../../rules/money.js'
import type { PricedLine } from '../../rules/pricing.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { codeOf } from '../discounts/view.js'
import { creditChange, refundableItems } from '../payments/items.js'
import type { PaidPeriod } from '../payments/basis.js'
import { sharesOf, startsSeveral } from '../payments/shares.js'
import type { Payment, PaymentLine } from '../payments/store.js'
import type { Refund } from '../refunds/store.js'
import { LABELS } from './labels.js'

/** Returns the invoice of a succeeded payment. */
export function invoiceDocument (payment: Payment, sandbox: Sandbox): InvoiceDocument {
  const { lines } = payment
  const money = moneyOf(payment, sandbox)
  const method = paidWith(payment, { sandbox, locale: english() })
  const isFree = payment.total_amount === 0 && creditChange(payment) === 0
  const { period } = payment.subscription_charge ?? {}
  const periods = sharedPeriods(payment)
  const day = formatDay(paidAt(payment, sandbox))
  return {
    language: 'en',
    country: payment.billing.country,
    title: 'Invoice',
    number: payment.invoice_id,
    createdAt: payment.created_at / US_PER_MS,
    issuer: sandbox.business.name,
    facts: [
      ['Invoice number', payment.invoice_id],
      ['Invoice date', formatDay(payment.created_at)],
      ['Payment', payment.payment_id],
      ...(period === undefined ? [] : [['Billing period', periodText(period)] as const]),
      ...(method === null || isFree ? [] : [['Paid with', method] as const])
    ],
    parties: parties(payment, sandbox),
    summary: isFree ? `Free of charge, completed on ${day}` : `${money(payment.total_amount)} paid on ${day}`,
    columns: [
      { title: 'Description', width: 0 }, { title: 'Quantity', width: 64 },
      { title: 'Unit price', width: 92 }, { title: 'Amount', width: 98 }
    ],
    rows: lines.map(line => {
      const notes = [periods.get(line) ?? [], line.tax_inclusive && line.tax > 0 ? 'The price includes tax' : []].flat()
      return {
        cells: [line.name ?? line.product_id, String(line.quantity), unitPrice(line, money), money(line.subtotal)],
        ...(notes.length === 0 ? {} : { note: notes.join('. ') })
      }
    }),
    totals: totals(lines, payment, sandbox),
    labels: LABELS,
    notes: isReverseCharge(payment, sandbox) ? ['Reverse charge: the customer accounts for the tax.'] : []
  }
}

/** The period of each subscription that the payment starts with others, by the line of its plan. */
function sharedPeriods (payment: Payment): Map<PaymentLine, string> {
  if (!startsSeveral(payment)) return new Map()
  return new Map(sharesOf(payment).flatMap(({ lines: [plan], period }) =>
    plan === undefined || period === undefined ? [] : [[plan, periodText(period)]]))
}

function periodText ([from, to]: PaidPeriod): string {
  return `${formatDay(from)} to ${formatDay(to)}`
}

/** Returns the receipt of a succeeded refund. */
export function receiptDocument (refund: Refund, payment: Payment, sandbox: Sandbox): InvoiceDocument {
  const money = moneyOf(payment, sandbox)
  const method = paidWith(payment, { sandbox, locale: english() })
  const items = new Map(refundableItems(payment, []).map(item => [item.item_id, item]))
  return {
    language: 'en',
    country: payment.billing.country,
    title: 'Refund receipt',
    number: refund.refund_id,
    createdAt: refund.created_at / US_PER_MS,
    issuer: sandbox.business.name,
    facts: [
      ['Refund number', refund.refund_id],
      ['Refund date', formatDay(refund.created_at)],
      ['Status', 'Succeeded'],
      ['Invoice number', payment.invoice_id],
      ['Payment', payment.payment_id],
      ...(method === null ? [] : [['Refunded to', method] as const])
    ],
    parties: parties(payment, sandbox),
    summary: `${money(refund.amount)} refunded on ${formatDay(refund.created_at)}`,
    columns: [{ title: 'Description', width: 0 }, { title: 'Paid', width: 98 }, { title: 'Refunded', width: 98 }],
    rows: refund.lines.map(({ item_id: id, amount }) => {
      const item = items.get(id)
      return { cells: [item?.name ?? id, item === undefined ? '' : money(item.net + item.tax), money(amount)] }
    }),
    totals: [
      { label: 'Payment total', value: money(payment.total_amount), kind: '' },
      { label: `Refunded (${refund.currency})`, value: money(refund.amount), kind: 'total' }
    ],
    labels: LABELS,
    notes: [
      ...(payment.tax > 0 ? [`Amounts include ${taxName(payment, sandbox)}.`] : []),
      ...(refund.reason === null || refund.reason.trim() === '' ? [] : [`Reason: ${refund.reason}`])
    ]
  }
}

/** The subtotal before discounts, each discount, and the tax. They add up exactly to the total. */
function totals (lines: readonly PricedLine[], payment: Payment, sandbox: Sandbox): InvoiceDocument['totals'] {
  const money = moneyOf(payment, sandbox)
  const sum = (amount: (line: PricedLine) => number) => lines.reduce((total, line) => total + amount(line), 0)
  const { discounts: codes } = payment
  const subtotal = sum(line => line.subtotal)
  const byProducts = subtotal - codes.reduce((total, { deducted }) => total + deducted, 0) - sum(line => line.amount)
  const contained = sum(line => line.tax_inclusive ? line.tax : 0)
  const added = sum(line => line.tax_inclusive ? 0 : line.tax)
  const credit = creditChange(payment)
  const tax = taxName(payment, sandbox)
  return [
    { label: 'Subtotal', value: money(subtotal), kind: '' },
    ...(byProducts === 0 ? [] : [{ label: 'Product discount', value: money(-byProducts), kind: '' } as const]),
    ...codes.map(applied => ({
      label: `Discount ${codeOf(applied, sandbox) ?? applied.discount_id}`, value: money(-applied.deducted), kind: ''
    } as const)),
    ...(contained > 0 && added === 0 ? [] : [{ label: tax, value: money(added), kind: '' } as const]),
    ...(credit === 0 ? [] : [{ label: credit < 0 ? 'Credit used' : 'Added to credit', value: money(credit), kind: '' } as const]),
    { label: `Total (${payment.currency})`, value: money(payment.total_amount), kind: 'total' },
    ...(contained === 0 ? [] : [{ label: `Includes ${tax}`, value: money(contained), kind: 'quiet' } as const])
  ]
}

/** Returns `VAT 20%`, or the name alone if the rate was not charged. */
function taxName (payment: Payment, sandbox: Sandbox): string {
  const rate = sandbox.reference.taxRates[payment.billing.country]
  if (rate === undefined) return 'Tax'
  if (isReverseCharge(payment, sandbox)) return `${rate.name} (reverse charge)`
  return payment.tax === 0 ? 'Tax' : `${rate.name} ${rate.rate_bps / 100}%`
}

/** Whether a tax id reduced the tax to 0. Free payments and products without tax are not reverse charges. */
function isReverseCharge (payment: Payment, { reference, settings }: Sandbox): boolean {
  return payment.checkout.tax_id !== undefined && settings.tax && payment.tax === 0 && payment.total_amount > 0 &&
    reference.taxRates[payment.billing.country]?.reverse_charge === true
}

type Money = (amount: number) => string

/** Formats amounts in the payment's currency. */
function moneyOf ({ currency }: Payment, { reference }: Sandbox): Money {
  return amount => {
    const text = format(Math.abs(amount), currency, reference.currencies).replace(/\s/g, ' ')
    return amount < 0 ? `-${text}` : text
  }
}

/** The row stores the unit price in the product's currency only; the price in the charged currency follows from the line. */
function unitPrice ({ quantity, subtotal }: PricedLine, money: Money): string {
  return quantity === 0 ? '' : money(divideHalfUp(subtotal, quantity))
}

/** When the payment succeeded, which can be later than its creation. */
function paidAt (payment: Payment, { payments }: Sandbox): number {
  return payments.attempts(payment.seq).findLast(({ status }) => status === 'succeeded')?.created_at ?? payment.created_at
}

function parties (payment: Payment, sandbox: Sandbox): InvoiceDocument['parties'] {
  return [{ title: 'From', lines: seller(sandbox) }, { title: 'Billed to', lines: buyer(payment, sandbox) }]
}

type Address = Pick<Schemas['BillingAddress'], 'country' | 'state' | 'city' | 'street' | 'zipcode'>

interface Seller {
  business_id: string
  support_email?: string
  address?: Address
}

let packaged: Seller | undefined

/** A sandbox stores only the name of its business. The default business also has an address. */
export function seller (sandbox: Sandbox): string[] {
  const { business_id: businessId, name } = sandbox.business
  packaged ??= packageJson<Seller>('fixtures', 'business.json')
  const { address, support_email: email } = packaged.business_id === businessId ? packaged : {}
  return [name, ...(address === undefined ? [] : addressLines(address, sandbox)), ...given(email)]
}

function buyer (payment: Payment, sandbox: Sandbox): string[] {
  const { name, email } = payment.customer
  const { customer_business_name: business, tax_id: taxId } = payment.checkout
  return [
    ...given(business),
    ...(name === email ? [] : given(name)), // the e-mail address replaces a missing name
    ...addressLines(payment.billing, sandbox),
    email,
    ...(taxId === undefined ? [] : [`Tax ID ${taxId}`])
  ]
}

function addressLines ({ country, state, city, street, zipcode }: Address, { reference }: Sandbox): string[] {
  const region = [...given(state), ...given(zipcode)].join(' ')
  const town = [...given(city), ...given(region)].join(', ')
  return [...given(street), ...given(town), reference.countries[country]?.name ?? country]
}

function given (text: string | null | undefined): string[] {
  return text == null || text.trim() === '' ? [] : [text]
}
