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
import { formatDay, formatTime } from '../../rules/calendar.js'
import type { Customer } from '../../resources/customers/store.js'
import { hasInvoice, hasReceipt } from '../../resources/invoices/rules.js'
import type { PaymentMethod } from '../../resources/payment-methods/store.js'
import type { ListedPayment } from '../../resources/payments/store.js'
import type { PortalSession } from '../../resources/portal-sessions/store.js'
import type { Refund } from '../../resources/refunds/store.js'
import { walletsResponse } from '../../resources/wallets/view.js'
import { english } from '../../messages/locale.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import type { PageContext } from '../page-context.js'
import { accessPanel } from '../access.js'
import { alert, cardName, facts, form, money, urlProblem, type FormTarget, type Problem } from '../fragments.js'
import { brandLogo, methodLogo } from '../checkout/logos.js'
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
  const { session, customer, context: { sandbox }, done, problems } = shown
  return html`<div id="portal">
<div class="portal-head"><h1>Your account</h1>
!${wayBack(session, sandbox)}
</div>
!${problems.length > 0 ? alert(shown.context.locale, problems) : ''}
!${done === null ? '' : doneNote(done)}
!${session.is_mailed ? mailNote(customer) : ''}
<div class="portal">
<div class="portal-main">!${subscriptions(shown)}!${access(shown)}!${payments(shown)}</div>
<div class="portal-side">!${details(customer)}!${methods(shown)}
!${creditsPanel(customer.customer_id, shown.context.sandbox)}!${wallets(customer, shown.context)}</div>
</div>
</div>`
}

function wayBack ({ return_url: url }: PortalSession, { business }: Sandbox): Fragment {
  return url === null ? '' : html`<a id="return-link" href="${url}">Return to ${business.name}</a>!${urlProblem(url, english())}`
}

/** Messages about changes, by their parameter in the URL. */
export const DONE_NOTES = {
  removed: 'The payment method was removed.',
  deactivated: 'The device was deactivated.',
  retried: 'The delivery was tried again.'
} as const

export type DoneNote = keyof typeof DONE_NOTES

function doneNote (done: DoneNote): Fragment {
  return html`<p class="note" id="${done}" role="status" tabindex="-1" autofocus>${DONE_NOTES[done]}</p>`
}

function mailNote ({ email }: Customer): Fragment {
  return html`<p class="note" data-testid="mail-note">The store asked to mail this link to ${email}. The emulator sends no mail:
GET /_emulator/emails shows it.</p>`
}

function subscriptions ({ customer, target, context }: Portal): Fragment {
  return subscriptionsPanel(customer.customer_id, target.url, context.sandbox)
}

function access ({ customer, target, context }: Portal): Fragment {
  return accessPanel(context.sandbox.grants.ofCustomer(customer.customer_id), target, context)
}

function details ({ name, email }: Customer): Fragment {
  return html`<section class="panel" id="details" aria-labelledby="details-title">
<h2 class="section-title" id="details-title">Your details</h2>
!${facts([
    ...(name === email ? [] : [['Name', name, 'customer-name'] as const]),
    ['E-mail', email, 'customer-email']
  ])}
</section>`
}

function payments (shown: Portal): Fragment {
  const { customer: { customer_id: customerId }, context: { sandbox }, page } = shown
  const found = sandbox.payments.list({ customer_id: customerId }, PAYMENTS_PER_PAGE + 1, (page - 1) * PAYMENTS_PER_PAGE)
  const listed = found.slice(0, PAYMENTS_PER_PAGE)
  const none = page === 1 ? 'There are no payments yet.' : 'There are no payments on this page.'
  return html`<section class="panel" id="payments" aria-labelledby="payments-title">
<h2 class="section-title" id="payments-title">Payments</h2>
!${listed.length === 0
    ? html`<p class="quiet" data-testid="no-payments">${none}</p>`
    : html`<ul class="entries">!${listed.map(payment => paymentEntry(payment, sandbox, shown.base))}</ul>`}
!${pagination(shown, found.length > PAYMENTS_PER_PAGE)}
</section>`
}

/** Links to the previous and next page. */
function pagination ({ page, target: { url } }: Portal, hasOlder: boolean): Fragment {
  if (page === 1 && !hasOlder) return ''
  return html`<nav class="pagination" aria-label="Pages of payments">
!${page > 1 ? batch('newer', 'prev', `${url}?page=${page - 1}`) : '<span></span>'}
<span class="hint">Page ${page}</span>
!${hasOlder ? batch('older', 'next', `${url}?page=${page + 1}`) : '<span></span>'}
</nav>`
}

function batch (id: 'newer' | 'older', relation: 'prev' | 'next', url: string): Fragment {
  return html`<a id="${id}" rel="${relation}" href="${url}">!${id === 'newer' ? 'Newer' : 'Older'}<span class="visually-hidden">
payments</span></a>`
}

interface StatusText {
  kind: 'good' | 'bad' | 'wait' | 'calm'
  text: string
}

const STATUSES: Record<string, StatusText> = {
  succeeded: { kind: 'good', text: 'Paid' },
  failed: { kind: 'bad', text: 'Failed' },
  cancelled: { kind: 'calm', text: 'Cancelled' },
  processing: { kind: 'wait', text: 'Processing' },
  requires_customer_action: { kind: 'wait', text: 'Waiting for your confirmation' },
  requires_payment_method: { kind: 'calm', text: 'Not paid' }
}

function statusText ({ status, refund_status: refunded }: ListedPayment): StatusText {
  if (refunded !== null) return { kind: 'calm', text: refunded === 'full' ? 'Refunded' : 'Partly refunded' }
  return STATUSES[status] ?? { kind: 'calm', text: status.replaceAll('_', ' ') }
}

/** A payment with its refunds and documents. `base` is the path that all URLs of the emulator begin with. */
export function paymentEntry (payment: ListedPayment, sandbox: Sandbox, base: string): Fragment {
  const { payment_id: id, created_at: createdAt } = payment
  const total = money(payment.total_amount, payment.currency, sandbox)
  const { kind, text } = statusText(payment)
  return html`<li class="entry" data-testid="payment" data-payment-id="${id}" data-status="${payment.status}">
<h3>${goods(payment)}</h3><span class="sum" data-testid="payment-total">${total}</span>
<p class="hint when"><time datetime="${formatTime(createdAt)}">${formatDay(createdAt)}</time>
<span class="tag ${kind}" data-testid="payment-status">${text}</span></p>
!${hasInvoice(payment) ? file('invoice', `${base}/invoices/payments/${id}`, `of ${formatDay(createdAt)} for ${total}`) : ''}
!${refunds(sandbox.refunds.ofPayment(id), sandbox, base)}
</li>`
}

/** A link to a document. Screen readers get its date and amount, too. */
function file (kind: 'invoice' | 'receipt', url: string, which: string): Fragment {
  const name = kind === 'invoice' ? 'Invoice' : 'Receipt'
  return html`<a class="file" data-testid="${kind}" href="${url}">${name}<span class="visually-hidden"> ${which}</span></a>`
}

/** `E-book`, `E-book and 2 more`. */
function goods ({ lines }: ListedPayment): string {
  const [first, ...rest] = lines
  const name = first?.name ?? first?.product_id ?? 'Payment'
  return rest.length === 0 ? name : `${name} and ${rest.length} more`
}

const REFUND_STATUSES: Record<string, string> = {
  succeeded: 'refunded', pending: 'refund pending', review: 'refund under review', failed: 'refund failed'
}

function refunds (found: readonly Refund[], sandbox: Sandbox, base: string): Fragment {
  return found.length === 0 ? '' : html`<ul class="refunds">!${found.map(refund => refundEntry(refund, sandbox, base))}</ul>`
}

function refundEntry (refund: Refund, sandbox: Sandbox, base: string): Fragment {
  const { refund_id: id, created_at: createdAt, status } = refund
  const amount = money(refund.amount, refund.currency, sandbox)
  return html`<li data-testid="refund" data-refund-id="${id}" data-status="${status}">
<span>${amount} ${REFUND_STATUSES[status] ?? status},
<time datetime="${formatTime(createdAt)}">${formatDay(createdAt)}</time></span>
!${hasReceipt(refund) ? file('receipt', `${base}/invoices/refunds/${id}`, `of ${formatDay(createdAt)} for ${amount}`) : ''}
</li>`
}

function methods ({ customer, context: { sandbox }, target }: Portal): Fragment {
  const saved = sandbox.paymentMethods.ofCustomer(customer.customer_id)
  return html`<section class="panel" id="methods" aria-labelledby="methods-title">
<h2 class="section-title" id="methods-title">Saved payment methods</h2>
!${saved.length === 0
    ? '<p class="quiet" data-testid="no-methods">You have no saved payment methods.</p>'
    : html`<ul class="entries">!${saved.map(method => methodEntry(method, sandbox, target))}</ul>`}
</section>`
}

/** A saved payment method. Removing it needs a confirmation. */
function methodEntry (method: PaymentMethod, sandbox: Sandbox, target: FormTarget): Fragment {
  const { payment_method_id: id, card } = method
  const name = methodName(method, sandbox)
  const { expiry_month: month, expiry_year: year } = card ?? {}
  const { payment_method_type: type } = method
  const logo = card == null ? methodLogo(type ?? '', method.payment_method) : brandLogo(card.card_network ?? '')
  return html`<li class="entry" data-testid="saved-method" data-payment-method-id="${id}">
<h3 class="with-logo">!${logo}${name}</h3>
!${month == null || year == null ? '' : html`<p class="hint">Expires ${month}/${year.slice(-2)}</p>`}
<details class="confirm"><summary id="remove-${id}">Remove<span class="visually-hidden"> ${name}</span></summary>
!${form(target, html`<input type="hidden" name="payment_method_id" value="${id}">
<p>Remove ${name}? It will no longer be offered at checkout.</p>
<button class="button danger" id="confirm-remove-${id}" name="action" value="remove"
data-busy="One moment…">Remove</button>`)}
</details></li>`
}

/** `Visa •••• 4242`, `Klarna` */
export function methodName (
  { card, payment_method: method, payment_method_type: type }: PaymentMethod, { reference }: Sandbox
): string {
  if (card != null) return cardName(card.card_network, card.last4_digits)
  return reference.paymentMethods[type ?? '']?.label ?? method.replaceAll('_', ' ')
}

/** The balances of the customer's wallets. Empty wallets are not shown. */
function wallets (customer: Customer, context: Context): Fragment {
  const filled = walletsResponse(customer, context).items.filter(({ balance }) => balance !== 0)
  if (filled.length === 0) return ''
  return html`<section class="panel" id="wallets" aria-labelledby="wallets-title">
<h2 class="section-title" id="wallets-title">Your balance</h2>
!${facts(filled.map(({ currency, balance }) =>
    [`In ${currency}`, money(balance, currency, context.sandbox), `wallet-${currency}`] as const))}
</section>`
}

export function portalExpired ({ return_url: returnUrl }: PortalSession, { sandbox }: Context): Fragment {
  return html`<section class="panel message" id="portal-expired" aria-labelledby="title">
!${sign('waiting')}
<div><h1 id="title">This link has expired</h1>
<p>Links to your account work for 24 hours. Ask ${sandbox.business.name} for a new one.</p></div>
!${returnUrl === null
    ? ''
    : html`<a class="button primary" id="return-link" href="${returnUrl}">Return to the store</a>
!${urlProblem(returnUrl, english())}`}
</section>`
}
