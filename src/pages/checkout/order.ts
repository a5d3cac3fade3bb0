/**
 * The summary of an order: the products, discounts, tax, total and customer. Its rows add up: the subtotal is the sum of the
 * lines before discounts, and tax that is included in the prices is shown below the total.
 */
import { html } from 'ghtml'
import type { PricedLine } from '../../rules/pricing.js'
import { soldCredits } from '../../resources/credit-entitlements/attachments.js'
import { codeOf } from '../../resources/discounts/view.js'
import { creditChange } from '../../resources/payments/items.js'
import type { AppliedDiscount, Payment } from '../../resources/payments/store.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { moneyText, shortened } from '../fragments.js'
import { creditTexts, recurrencePart, recurrencesOfPayment, type Recurrence } from './recurrence.js'
import type { Fragment } from '../layout.js'
import type { Shown } from '../page-context.js'

/** The content of a summary, from a payment or from a session that has no payment yet. */
export interface Order {
  currency: string
  total_amount: number
  tax: number
  lines: PricedLine[]
  /** In order of application. */
  codes: readonly AppliedDiscount[]
  country: string
  tax_id: string | null
  /** Empty for an order that is paid once. */
  recurrences: Recurrence[]
}

/** The parts of the order that a session shows. Without `showsOrder`, only the amount due. */
export interface OrderOptions {
  showsOrder: boolean
  showsOnDemandTag: boolean
}

/** The parts of a payment's order that the customer can change. */
export interface Changeable {
  codes: Fragment
  /** The URL of the details; null if they are fixed. */
  changeUrl: string | null
}

export function order (
  payment: Payment, context: Shown, options: OrderOptions, { codes, changeUrl }: Changeable
): Fragment {
  if (isMethodUpdate(payment)) return methodUpdate(payment, context)
  return summary(orderOf(payment, context.sandbox), context, options, codes + payer(payment, context, changeUrl))
}

/** Whether the customer only enters a new payment method for a subscription. Nothing is charged, so no prices are shown. */
export function isMethodUpdate ({ subscription_charge: charge, total_amount: total }: Payment): boolean {
  return charge?.purpose === 'method_update' && total === 0
}

function methodUpdate (payment: Payment, context: Shown): Fragment {
  const { sandbox, locale: { text } } = context
  const [line] = payment.lines
  return html`<section class="panel order" aria-labelledby="order-title"
data-breakdown="${JSON.stringify(breakdown(orderOf(payment, sandbox)))}">
<h1 id="order-title">${text('order.newMethod')}</h1>
<p class="subject" data-testid="subject">${line?.name ?? line?.product_id ?? text('order.yourSubscription')}</p>
<p class="recurrence">${text('order.nothingNow')}</p>
!${payer(payment, context, null)}
</section>`
}

function orderOf (payment: Payment, sandbox: Sandbox): Order {
  return {
    currency: payment.currency,
    total_amount: payment.total_amount,
    tax: payment.tax,
    lines: payment.lines,
    codes: payment.discounts,
    country: payment.billing.country,
    tax_id: payment.checkout.tax_id ?? null,
    recurrences: recurrencesOfPayment(payment, sandbox)
  }
}

export function summary (
  shown: Order, context: Shown, { showsOrder: showsDetails, showsOnDemandTag: showsTag }: OrderOptions, below: Fragment
): Fragment {
  const { sandbox, locale: { text } } = context
  const isOnDemand = shown.recurrences.some(({ total }) => total === null)
  const isOpen = below.includes(' aria-invalid="true"')
  const due = moneyText(shown.total_amount, shown.currency, context)
  return html`<section class="panel order" aria-labelledby="order-title" data-breakdown="${JSON.stringify(breakdown(shown))}">
<h1 id="order-title">${text('pay.store', { store: sandbox.business.name })}</h1>
<p class="${due.replace(/\p{Cf}/gu, '').length > AMOUNT_SHORT_MAX ? 'amount long' : 'amount'}" data-testid="amount-due">${due}</p>
!${isOnDemand && showsTag
    ? html`<p><span class="tag calm" data-testid="on-demand">${text('order.onDemand')}</span></p>`
    : ''}
!${recurrencePart(shown.recurrences, shown.total_amount, context)}
<label class="unfold"><input type="checkbox" id="show-order"!${isOpen ? ' checked' : ''}>
<span>${text('order.summary')}</span></label>
<div class="order-body">
!${showsDetails ? lineList(shown, context) : ''}
!${showsDetails ? totals(shown, context) : ''}
!${below}
</div>
</section>`
}

/** The characters of an amount that fit on a phone at full size. */
const AMOUNT_SHORT_MAX = 9

/** The lines shown at first. The others unfold. */
const LINES_SHOWN = 4

function lineList (shown: Order, context: Shown): Fragment {
  return shortened(shown.lines.map(line => lineItem(line, shown, context)), {
    shown: LINES_SHOWN,
    more: count => context.locale.text('choice.more', { count }),
    list: items => html`<ul class="lines">!${items}</ul>`
  })
}

/** The amounts in minor units, for an embedding page (embed/script.ts). */
function breakdown ({ lines, tax, total_amount: total, currency }: Order): Record<string, number | string> {
  const subTotal = lines.reduce((sum, line) => sum + line.subtotal, 0)
  const net = lines.reduce((sum, line) => sum + line.amount, 0)
  return { subTotal, discount: subTotal - net, tax, total, currency, finalTotal: total, finalTotalCurrency: currency }
}

function lineItem (line: PricedLine, { currency }: Order, context: Shown): Fragment {
  const { sandbox, locale } = context
  const product = sandbox.products.find(line.product_id)
  const price = product?.price
  const unit = moneyText(line.unit_amount, line.unit_currency, context)
  const discountBps = price?.type === 'one_time_price' ? price.discount_bps : 0
  const description = product?.description ?? null
  const pack = price?.type === 'one_time_price' ? soldCredits(line.product_id, sandbox) : []
  const credits = creditTexts(pack, line.quantity, sandbox)
  return html`<li class="line" data-testid="line">
<span class="name">${line.name ?? line.product_id}</span><span class="sum">${moneyText(line.subtotal, currency, context)}</span>
<span class="hint">${locale.number(line.quantity)} × ${unit}!${discountBps > 0
  ? html` <span class="tag">${locale.text('order.off', { percent: locale.percent(discountBps) })}</span>`
  : ''}</span>
!${description === null ? '' : html`<span class="hint">${description}</span>`}
!${credits.length === 0
? ''
: html`<span class="hint" data-testid="pack-credits">${locale.text('order.includes', { credits: locale.list(credits) })}</span>`}
</li>`
}

interface Row {
  kind: '' | 'minus' | 'total'
  label: string
  amount: number
  testId: string
}

function totals (shown: Order, context: Shown): Fragment {
  const { sandbox, locale: { text } } = context
  const { currency, lines, codes } = shown
  const sum = (amount: (line: PricedLine) => number) => lines.reduce((total, line) => total + amount(line), 0)
  const subtotal = sum(line => line.subtotal)
  const byCodes = codes.reduce((total, { deducted }) => total + deducted, 0)
  const byProducts = subtotal - byCodes - sum(line => line.amount)
  const added = sum(line => line.tax_inclusive ? 0 : line.tax)
  const contained = sum(line => line.tax_inclusive ? line.tax : 0)
  const tax = taxName(shown, context)
  const rows: Row[] = [{ kind: '', label: text('order.subtotal'), amount: subtotal, testId: 'subtotal' }]
  if (byProducts > 0) {
    rows.push({ kind: 'minus', label: text('order.productDiscount'), amount: -byProducts, testId: 'product-discount' })
  }
  for (const applied of codes) {
    const code = codeOf(applied, sandbox)
    const label = code == null ? text('order.discount') : text('order.discountCode', { code })
    rows.push({ kind: 'minus', label, amount: -applied.deducted, testId: 'discount' })
  }
  if (added > 0) rows.push({ kind: '', label: tax, amount: added, testId: 'tax' })
  const credit = creditChange(shown)
  if (credit < 0) rows.push({ kind: 'minus', label: text('order.creditUsed'), amount: credit, testId: 'credit' })
  if (credit > 0) rows.push({ kind: '', label: text('order.creditAdded'), amount: credit, testId: 'credit' })
  const label = text(shown.recurrences.length === 0 ? 'order.total' : 'order.dueNow')
  rows.push({ kind: 'total', label, amount: shown.total_amount, testId: 'total' })
  return html`<dl class="totals">!${rows.map(({ kind, label, amount, testId }) => html`<div class="${kind}"><dt>${label}</dt>
<dd data-testid="${testId}">${moneyText(amount, currency, context)}</dd></div>`)}</dl>
!${contained === 0
? ''
: html`<p class="hint" data-testid="tax-included">
${text('order.taxIncluded', { amount: moneyText(contained, currency, context), tax })}</p>`}
!${isReverseCharge(shown, sandbox)
    ? html`<p class="hint" data-testid="reverse-charge">${text('order.reverseCharge')}</p>`
    : ''}`
}

/** `VAT 20%`. */
function taxName ({ country }: Order, { sandbox, locale }: Shown): string {
  const rate = sandbox.reference.taxRates[country]
  if (rate === undefined) return locale.text('order.tax')
  const tax = locale.translation(rate.name) ?? rate.name
  return locale.text('order.taxRate', { tax, percent: locale.percent(rate.rate_bps) })
}

function isReverseCharge (
  { tax_id: taxId, tax, total_amount: total, country }: Order, { reference, settings }: Sandbox
): boolean {
  return taxId !== null && settings.tax && tax === 0 && total > 0 && reference.taxRates[country]?.reverse_charge === true
}

function payer (payment: Payment, { sandbox: { reference }, locale }: Shown, changeUrl: string | null): Fragment {
  const { customer, billing: { country, state, city, street, zipcode } } = payment
  const { tax_id: taxId, customer_business_name: business } = payment.checkout
  const town = [zipcode, city, state].filter(part => part).join(' ')
  const countryName = locale.country(country, reference.countries[country]?.name)
  const address = [street, town, countryName].filter((part): part is string => Boolean(part))
  return html`<div class="payer">
<h2>${locale.text('order.billedTo')}</h2>
!${business === undefined ? '' : html`<p data-testid="business-name">${business}</p>`}
!${customer.name === customer.email ? '' : html`<p data-testid="customer-name">${customer.name}</p>`}
<p class="quiet" data-testid="customer-email">${customer.email}</p>
<p class="quiet" data-testid="billing-address">${address.join(', ')}</p>
!${taxId === undefined ? '' : html`<p class="quiet" data-testid="tax-id">${locale.text('order.taxId', { id: taxId })}</p>`}
!${changeUrl === null
    ? ''
    : html`<a class="change" id="change-details" href="${changeUrl}"
aria-label="${locale.text('order.changeDetails')}">${locale.text('order.change')}</a>`}
</div>`
}
