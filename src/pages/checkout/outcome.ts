/**
 * The pages after the form: the confirmation in place of the bank's or the wallet's page, the status page, and pages with only a
 * message. Automated tests can rely on the ids approve, refuse, timeout, back, status (with `data-status`), return-link,
 * try-again; data-testid challenge, paid-amount, paid-with, payment-id.
 */
import { html } from 'ghtml'
import type { Payment } from '../../resources/payments/store.js'
import { hasExpired, isOpen, needsMethod } from '../../resources/payments/states.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import { accessPanel } from '../access.js'
import { facts, form, money, paidWith, urlProblem, type FormTarget } from '../fragments.js'
import { sign, type Fragment, type Icon } from '../layout.js'
import { isMethodUpdate } from './order.js'
import { leadsBack, returnUrl } from './return-url.js'

const GRANTS_SHOWN = 100

/** The time before the status page redirects to the merchant. */
export const LEAVE_AFTER_SECONDS = 5

/** The interval at which the page of a processing payment reloads. */
export const RELOAD_SECONDS = 3

/** The challenge of a card's bank, or the page of a wallet, a bank or a pay-later service. */
export function confirmation (payment: Payment, target: FormTarget, { sandbox }: Context): Fragment {
  const isCard = payment.payment_method === 'card'
  const method = paidWith(payment, sandbox) ?? 'your bank'
  const title = isCard ? 'Confirm it’s you' : `Approve the payment with ${method}`
  const about = isCard
    ? 'This page simulates your bank’s 3‑D Secure check. Choose the result.'
    : `This page simulates ${method}. Choose the result.`
  return html`<section class="panel message" data-testid="challenge" aria-labelledby="title">
!${sign('waiting')}
<div><h1 id="title">${title}</h1><p>${about}</p></div>
!${facts([
    ['Store', sandbox.business.name, 'challenge-store'],
    ['Amount', money(payment.total_amount, payment.currency, sandbox), 'challenge-amount'],
    ['Paid with', method, 'challenge-method']
  ])}
!${form(target, html`<div class="actions">
<button class="button primary" id="approve" name="action" value="approve" data-busy="One moment…">Approve</button>
<div class="sides">
<button class="button second" id="refuse" name="action" value="refuse">!${isCard ? 'Refuse' : 'Decline'}</button>
<button class="button second" id="timeout" name="action" value="timeout">Time out</button></div>
<button class="button bare" id="back" name="action" value="back">Choose another payment method</button>
</div>`)}
</section>`
}

function link (id: string, url: string, text: string, kind: 'primary' | 'second' = 'primary'): Fragment {
  return html`<a class="button ${kind}" id="${id}" href="${url}">${text}</a>`
}

interface StatusText {
  icon: Icon
  title: string
  text: string
}

function statusText (payment: Payment, sandbox: Sandbox): StatusText {
  switch (payment.status) {
    case 'succeeded': return payment.total_amount === 0 && needsMethod(payment)
      ? { icon: 'success', title: 'Payment method saved', text: 'You have not been charged.' }
      : payment.total_amount === 0
        ? { icon: 'success', title: 'Order complete', text: 'There was nothing to pay.' }
        : { icon: 'success', title: 'Payment succeeded', text: `${sandbox.business.name} has received your payment.` }
    case 'processing': return {
      icon: 'waiting',
      title: 'Payment processing',
      text: 'Your bank has not answered yet. You do not need to do anything.'
    }
    case 'cancelled': return { icon: 'failure', title: 'Payment cancelled', text: 'You have not been charged.' }
    case 'failed': return {
      icon: 'failure',
      title: 'Payment not completed',
      text: sandbox.reference.failureCodes[payment.error_code ?? '']?.customer_message ?? 'The payment did not go through.'
    }
    default: return { icon: 'waiting', title: 'Not paid yet', text: 'This payment is waiting for you.' }
  }
}

interface StatusLinks {
  invoiceUrl: string
  /** Where the checkout can be tried again; null if it can't. */
  sessionUrl: string | null
  /** The URL of this page without the redirect to the merchant. */
  stayUrl: string
  /** Whether the customer has asked to stay. */
  stays: boolean
}

/** The status page: the state of a payment, and links to continue. */
export function status (
  payment: Payment, checkoutUrl: string, context: Context, { invoiceUrl, sessionUrl, stayUrl, stays }: StatusLinks
): Fragment {
  const { sandbox, now } = context
  const { icon, title, text } = statusText(payment, sandbox)
  const amount = money(payment.total_amount, payment.currency, sandbox)
  const method = paidWith(payment, sandbox)
  const isPayable = isOpen(payment) && !hasExpired(payment, now)
  return html`<section class="panel message" id="status" data-status="${payment.status}" aria-labelledby="title">
!${sign(icon)}
<div><h1 id="title">${title}</h1><p>${text}</p></div>
!${facts([
    ...(isMethodUpdate(payment) ? [] : [['Amount', amount, 'paid-amount'] as const]),
    ...(method === null ? [] : [['Paid with', method, 'paid-with'] as const]),
    ['E-mail', payment.customer.email, 'paid-email'],
    ['Payment', payment.payment_id, 'payment-id']
  ])}
<div class="actions">
!${isPayable ? link('try-again', checkoutUrl, payment.status === 'failed' ? 'Try again' : 'Continue to payment') : ''}
!${sessionUrl === null ? '' : link('try-again', sessionUrl, 'Try again')}
!${returnLink(payment, sandbox, isPayable || sessionUrl !== null, stays ? null : stayUrl)}
!${payment.status === 'succeeded' ? link('invoice', invoiceUrl, 'Download the invoice', 'second') : ''}
</div>
!${payment.status === 'processing' && (stays || !leadsBack(payment)) ? reload(stays ? stayUrl : checkoutUrl) : ''}
</section>
!${grantsOf(payment, context)}`
}

/** The grants of the payment, in the order of the cart. */
function grantsOf ({ payment_id: paymentId, status }: Payment, context: Context): Fragment {
  if (status !== 'succeeded') return ''
  return accessPanel(context.sandbox.grants.list({ payment_id: paymentId }, GRANTS_SHOWN, 0).reverse(), null, context)
}

/** `stayUrl` is null if the page does not redirect by itself. */
function returnLink (payment: Payment, sandbox: Sandbox, isPayable: boolean, stayUrl: string | null): Fragment {
  const url = returnUrl(payment, sandbox)
  if (url === null) return ''
  const back = link('return-link', url, `Return to ${sandbox.business.name}`, isPayable ? 'second' : 'primary')
  if (isOpen(payment) || !leadsBack(payment) || stayUrl === null) return html`!${back}!${urlProblem(url)}`
  return html`<div class="actions" data-leave-url="${url}" data-leave-seconds="${LEAVE_AFTER_SECONDS}">
!${back}
<p class="hint" data-countdown>You will be redirected in <span data-seconds>${LEAVE_AFTER_SECONDS} seconds</span>.</p>
<a class="button bare" data-stay href="${stayUrl}">Stay on this page</a>
</div>`
}

/** Reloads the page by script; without scripts the browser does it (layout.ts). */
function reload (url: string): Fragment {
  return html`<p class="hint" data-leave-url="${url}" data-leave-seconds="${RELOAD_SECONDS}">
This page updates automatically.</p>`
}

/** The automatic redirect of the status page; undefined without one. `stayUrl` is set if the customer has asked to stay. */
export function statusRefresh (
  payment: Payment, checkoutUrl: string, sandbox: Sandbox, stayUrl: string | null
): { seconds: number, url: string } | undefined {
  if (isOpen(payment)) return undefined
  const url = returnUrl(payment, sandbox)
  if (url !== null && leadsBack(payment) && stayUrl === null) return { seconds: LEAVE_AFTER_SECONDS, url }
  return payment.status === 'processing' ? { seconds: RELOAD_SECONDS, url: stayUrl ?? checkoutUrl } : undefined
}

export function expired (payment: Payment, { sandbox }: Context): Fragment {
  const url = returnUrl(payment, sandbox)
  return html`<section class="panel message" id="expired" aria-labelledby="title">
!${sign('waiting')}
<div><h1 id="title">This payment link has expired</h1>
<p>It can no longer be paid, and you have not been charged. Ask ${sandbox.business.name} for a new link.</p></div>
!${url === null
    ? ''
    : html`<div class="actions">!${link('return-link', url, `Return to ${sandbox.business.name}`)}</div>!${urlProblem(url)}`}
</section>`
}

export interface Notice {
  id: string
  title: string
  text: string
  /** The URL of a page to load again. */
  again?: string
}

/** A page with only a message: not found, invalid form, failure of the emulator. */
export function notice ({ id, title, text, again }: Notice): Fragment {
  return html`<section class="panel message" id="${id}" data-notice aria-labelledby="title">
!${sign('info')}
<div><h1 id="title">${title}</h1><p>${text}</p></div>
!${again === undefined ? '' : html`<div class="actions">!${link('load-again', again, 'Load the page again')}</div>`}
</section>`
}
