/**
 * The customer portal: the subscriptions, payments, saved payment methods, credits and wallets of a customer. Automated tests
 * can rely on:
 *
 *   ids           portal, payments, details, methods, wallets, return-link, newer, older, removed, deactivated,
 *                 retried, error-summary, portal-expired;
 *                 remove-{payment_method_id} (what opens the question), confirm-remove-{payment_method_id} (the button)
 *   data-testid   customer-name, customer-email, mail-note, saved-method, wallet-{currency}, no-payments, no-methods;
 *                 payment (with data-payment-id and data-status), and in it payment-total, payment-status, invoice;
 *                 refund (with data-refund-id and data-status), and in it receipt
 *   form fields   token, action (remove, deactivate), payment_method_id, instance_id
 *   query         page, counted from 1
 */
import { html } from 'ghtml'
import { formatTime } from '../../rules/calendar.js'
import type { Customer } from '../../resources/customers/store.js'
import { hasInvoice, hasReceipt } from '../../resources/invoices/rules.js'
import type { PaymentMethod } from '../../resources/payment-methods/store.js'
import { readLines } from '../../resources/payments/lines.js'
import type { ListedPayment } from '../../resources/payments/store.js'
import type { PortalSession } from '../../resources/portal-sessions/store.js'
import type { Refund } from '../../resources/refunds/store.js'
import { walletsResponse } from '../../resources/wallets/view.js'
import type { Locale, MessageKey, PlainKey } from '../../messages/locale.js'
import type { PageContext, Shown } from '../page-context.js'
import { accessPanel } from '../access.js'
import { alert, cardName, facts, form, moneyText, urlProblem, type FormTarget, type Problem } from '../fragments.js'
import { brandLogo, methodLogo } from '../checkout/logos.js'
import { methodName } from '../checkout/method-names.js'
import { sign, type Fragment } from '../layout.js'
import { creditsPanel } from './credits.js'
import { subscriptionsPanel } from './subscriptions.js'

const PAYMENTS_PER_PAGE = 10

export interface Portal {
  session: PortalSession
  customer: Customer
  context: PageContext
  target: FormTarget
  /** The path that all URLs of the emulator begin with. */
  base: string
  /** The page of payments, counted from 1. */
  page: number
  /** The change that was just made. */
  done: DoneNote | null
  problems: readonly Problem[]
}

export function portal (shown: Portal): Fragment {
  const { session, customer, context, done, problems } = shown
  const { locale } = context
  return html`<div id="portal">
<div class="portal-head"><h1>${locale.text('portal.title')}</h1>
!${wayBack(session, context)}
</div>
!${problems.length > 0 ? alert(locale, problems) : ''}
!${done === null ? '' : doneNote(done, locale)}
!${session.is_mailed ? mailNote(customer, locale) : ''}
<div class="portal">
<div class="portal-main">!${subscriptions(shown)}!${access(shown)}!${payments(shown)}</div>
<div class="portal-side">!${details(customer, locale)}!${methods(shown)}
!${creditsPanel(customer.customer_id, context)}!${wallets(customer, context)}</div>
</div>
</div>`
}

function wayBack ({ return_url: url }: PortalSession, { sandbox: { business }, locale }: Shown): Fragment {
  if (url === null) return ''
  const label = locale.text('common.returnTo', { store: business.name })
  return html`<a id="return-link" href="${url}">${label}</a>!${urlProblem(url, locale)}`
}

/** Messages about changes, by their parameter in the URL. */
export const DONE_NOTES = {
  removed: 'portal.removed',
  deactivated: 'portal.deactivated',
  retried: 'portal.retried'
} as const satisfies Record<string, PlainKey>

export type DoneNote = keyof typeof DONE_NOTES

function doneNote (done: DoneNote, { text }: Locale): Fragment {
  return html`<p class="note" id="${done}" role="status" tabindex="-1" autofocus>${text(DONE_NOTES[done])}</p>`
}

function mailNote ({ email }: Customer, { text }: Locale): Fragment {
  return html`<p class="note" data-testid="mail-note">
${text('portal.mailNote', { email, request: 'GET /_emulator/emails' })}</p>`
}

function subscriptions ({ customer, target, context }: Portal): Fragment {
  return subscriptionsPanel(customer.customer_id, target.url, context)
}

function access ({ customer, target, context }: Portal): Fragment {
  return accessPanel(context.sandbox.grants.ofCustomer(customer.customer_id), target, context)
}

function details ({ name, email }: Customer, { text }: Locale): Fragment {
  return html`<section class="panel" id="details" aria-labelledby="details-title">
<h2 class="section-title" id="details-title">${text('portal.details')}</h2>
!${facts([
    ...(name === email ? [] : [[text('common.name'), name, 'customer-name'] as const]),
    [text('common.email'), email, 'customer-email']
  ])}
</section>`
}

function payments (shown: Portal): Fragment {
  const { customer: { customer_id: customerId }, context, page } = shown
  const { sandbox, locale: { text } } = context
  const found = sandbox.payments.list({ customer_id: customerId }, PAYMENTS_PER_PAGE + 1, (page - 1) * PAYMENTS_PER_PAGE)
  const listed = found.slice(0, PAYMENTS_PER_PAGE)
  return html`<section class="panel" id="payments" aria-labelledby="payments-title">
<h2 class="section-title" id="payments-title">${text('portal.payments')}</h2>
!${listed.length === 0
    ? html`<p class="quiet" data-testid="no-payments">
${text(page === 1 ? 'portal.noPayments' : 'portal.noPaymentsHere')}</p>`
    : html`<ul class="entries">!${listed.map(payment => paymentEntry(payment, context, shown.base))}</ul>`}
!${pagination(shown, found.length > PAYMENTS_PER_PAGE)}
</section>`
}

/** Links to the previous and next page. */
function pagination ({ page, target: { url }, context: { locale: { text } } }: Portal, hasOlder: boolean): Fragment {
  if (page === 1 && !hasOlder) return ''
  const urlOf = (number: number) => `${url}?page=${number}`
  return html`<nav class="pagination" aria-label="${text('portal.pages')}">
!${page > 1
    ? html`<a id="newer" rel="prev" href="${urlOf(page - 1)}"
aria-label="${text('portal.newerPayments')}">${text('portal.newer')}</a>`
    : '<span></span>'}
<span class="hint">${text('portal.page', { page })}</span>
!${hasOlder
    ? html`<a id="older" rel="next" href="${urlOf(page + 1)}"
aria-label="${text('portal.olderPayments')}">${text('portal.older')}</a>`
    : '<span></span>'}
</nav>`
}

interface StatusText {
  kind: 'good' | 'bad' | 'wait' | 'calm'
  text: PlainKey
}

const STATUSES: Record<string, StatusText> = {
  succeeded: { kind: 'good', text: 'portal.paid' },
  failed: { kind: 'bad', text: 'portal.failed' },
  cancelled: { kind: 'calm', text: 'portal.cancelled' },
  processing: { kind: 'wait', text: 'portal.processing' },
  requires_customer_action: { kind: 'wait', text: 'portal.confirmation' },
  requires_payment_method: { kind: 'calm', text: 'portal.unpaid' }
}

function statusText ({ status, refund_status: refunded }: ListedPayment): StatusText {
  if (refunded !== null) return { kind: 'calm', text: refunded === 'full' ? 'portal.refunded' : 'portal.partlyRefunded' }
  return STATUSES[status] ?? { kind: 'wait', text: 'portal.processing' }
}

/** A payment with its refunds and documents. `base` is the path that all URLs of the emulator begin with. */
export function paymentEntry (payment: ListedPayment, context: Shown, base: string): Fragment {
  const { payment_id: id, created_at: createdAt } = payment
  const { sandbox, locale } = context
  const total = moneyText(payment.total_amount, payment.currency, context)
  const date = locale.day(createdAt)
  const { kind, text } = statusText(payment)
  return html`<li class="entry" data-testid="payment" data-payment-id="${id}" data-status="${payment.status}">
<h3>${goods(payment, locale)}</h3><span class="sum" data-testid="payment-total">${total}</span>
<p class="hint when"><time datetime="${formatTime(createdAt)}">${date}</time>
<span class="tag ${kind}" data-testid="payment-status">${locale.text(text)}</span></p>
!${hasInvoice(payment) ? file('invoice', `${base}/invoices/payments/${id}`, { date, amount: total }, locale) : ''}
!${refunds(sandbox.refunds.ofPayment(id), context, base)}
</li>`
}

/** A link to a document. Screen readers get its date and amount, too. */
function file (kind: 'invoice' | 'receipt', url: string, which: { date: string, amount: string }, { text }: Locale): Fragment {
  return html`<a class="file" data-testid="${kind}" href="${url}"
aria-label="${text(`portal.${kind}Of`, which)}">${text(`portal.${kind}`)}</a>`
}

/** `E-book`, `E-book and 2 more`. */
function goods ({ lines }: ListedPayment, { text }: Locale): string {
  const [first, ...rest] = readLines(lines)
  const name = first?.name ?? first?.product_id ?? text('common.payment')
  return rest.length === 0 ? name : text('common.andMore', { name, count: rest.length })
}

const REFUND_STATUSES = {
  succeeded: 'portal.refundSucceeded',
  pending: 'portal.refundPending',
  review: 'portal.refundReview',
  failed: 'portal.refundFailed'
} as const satisfies Record<Refund['status'], MessageKey>

function refunds (found: readonly Refund[], context: Shown, base: string): Fragment {
  return found.length === 0 ? '' : html`<ul class="refunds">!${found.map(refund => refundEntry(refund, context, base))}</ul>`
}

function refundEntry (refund: Refund, context: Shown, base: string): Fragment {
  const { refund_id: id, created_at: createdAt, status } = refund
  const { locale } = context
  const amount = moneyText(refund.amount, refund.currency, context)
  const date = locale.day(createdAt)
  const time = html`<time datetime="${formatTime(createdAt)}">${date}</time>`
  return html`<li data-testid="refund" data-refund-id="${id}" data-status="${status}">
<span>!${locale.fragment(REFUND_STATUSES[status], { amount: html`${amount}`, date: time })}</span>
!${hasReceipt(refund) ? file('receipt', `${base}/invoices/refunds/${id}`, { date, amount }, locale) : ''}
</li>`
}

function methods ({ customer, context, target }: Portal): Fragment {
  const { text } = context.locale
  const saved = context.sandbox.paymentMethods.ofCustomer(customer.customer_id)
  return html`<section class="panel" id="methods" aria-labelledby="methods-title">
<h2 class="section-title" id="methods-title">${text('portal.methods')}</h2>
!${saved.length === 0
    ? html`<p class="quiet" data-testid="no-methods">${text('portal.noMethods')}</p>`
    : html`<ul class="entries">!${saved.map(method => methodEntry(method, context, target))}</ul>`}
</section>`
}

/** A saved payment method. Removing it needs a confirmation. */
function methodEntry (method: PaymentMethod, context: Shown, target: FormTarget): Fragment {
  const { text } = context.locale
  const { payment_method_id: id, card } = method
  const name = savedName(method, context)
  const { expiry_month: month, expiry_year: year } = card ?? {}
  const { payment_method_type: type } = method
  const logo = card == null ? methodLogo(type ?? '', method.payment_method) : brandLogo(card.card_network ?? '')
  return html`<li class="entry" data-testid="saved-method" data-payment-method-id="${id}">
<h3 class="with-logo">!${logo}${name}</h3>
!${month == null || year == null
    ? ''
    : html`<p class="hint">
${text('method.expires', { date: `${month}/${year.slice(-2)}` })}</p>`}
<details class="confirm"><summary id="remove-${id}"
aria-label="${text('portal.removeMethod', { method: name })}">${text('portal.remove')}</summary>
!${form(target, html`<input type="hidden" name="payment_method_id" value="${id}">
<p>${text('portal.removeQuestion', { method: name })}</p>
<button class="button danger" id="confirm-remove-${id}" name="action" value="remove"
data-busy="${text('layout.moment')}">${text('portal.remove')}</button>`)}
</details></li>`
}

/** `Visa •••• 4242`, `Klarna` */
export function savedName (
  { card, payment_method: method, payment_method_type: type }: PaymentMethod, { sandbox: { reference }, locale }: Shown
): string {
  if (card != null) return cardName(card.card_network, card.last4_digits, locale)
  const facts = reference.paymentMethods[type ?? '']
  return facts === undefined ? method.replaceAll('_', ' ') : methodName({ ...facts, type: type ?? '' }, locale)
}

/** The balances of the customer's wallets. Empty wallets are not shown. */
function wallets (customer: Customer, context: PageContext): Fragment {
  const { text } = context.locale
  const filled = walletsResponse(customer, context).items.filter(({ balance }) => balance !== 0)
  if (filled.length === 0) return ''
  return html`<section class="panel" id="wallets" aria-labelledby="wallets-title">
<h2 class="section-title" id="wallets-title">${text('portal.balance')}</h2>
!${facts(filled.map(({ currency, balance }) =>
    [text('portal.inCurrency', { currency }), moneyText(balance, currency, context), `wallet-${currency}`] as const))}
</section>`
}

export function portalExpired ({ return_url: returnUrl }: PortalSession, { sandbox, locale }: Shown): Fragment {
  const { text } = locale
  return html`<section class="panel message" id="portal-expired" aria-labelledby="title">
!${sign('waiting')}
<div><h1 id="title">${text('common.linkExpired')}</h1>
<p>${text('portal.expiredText', { store: sandbox.business.name })}</p></div>
!${returnUrl === null
    ? ''
    : html`<a class="button primary" id="return-link" href="${returnUrl}">${text('portal.returnToStore')}</a>
!${urlProblem(returnUrl, locale)}`}
</section>`
}
