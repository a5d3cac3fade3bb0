/**
 * The pages after the form: the confirmation in place of the bank's or the wallet's page, the status page, and pages with only a
 * message. Automated tests can rely on the ids approve, refuse, timeout, back, status (with `data-status`), return-link,
 * try-again; data-testid challenge, paid-amount, paid-with, payment-id.
 */
import { html } from 'ghtml'
import type { Payment } from '../../resources/payments/store.js'
import { hasExpired, isOpen, needsMethod } from '../../resources/payments/states.js'
import type { Locale } from '../../messages/locale.js'
import { failureText } from '../../messages/texts.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { accessPanel } from '../access.js'
import { facts, form, moneyText, paidWith, urlProblem, type FormTarget } from '../fragments.js'
import { sign, type Fragment, type Icon } from '../layout.js'
import type { PageContext } from '../page-context.js'
import { isMethodUpdate } from './order.js'
import { leadsBack, returnUrl } from './return-url.js'

const GRANTS_SHOWN = 100

/** The time before the status page redirects to the merchant. */
export const LEAVE_AFTER_SECONDS = 5

/** The interval at which the page of a processing payment reloads. */
export const RELOAD_SECONDS = 3

/** The challenge of a card's bank, or the page of a wallet, a bank or a pay-later service. */
export function confirmation (payment: Payment, target: FormTarget, context: PageContext): Fragment {
  const { sandbox, locale: { text } } = context
  const isCard = payment.payment_method === 'card'
  const method = paidWith(payment, context) ?? text('confirm.yourBank')
  const title = isCard ? text('confirm.title') : text('confirm.titleWith', { method })
  const about = isCard
    ? text('confirm.bank')
    : text('confirm.method', { method })
  return html`<section class="panel message" data-testid="challenge" aria-labelledby="title">
!${sign('waiting')}
<div><h1 id="title">${title}</h1><p>${about}</p></div>
!${facts([
    [text('common.store'), sandbox.business.name, 'challenge-store'],
    [text('common.amount'), moneyText(payment.total_amount, payment.currency, context), 'challenge-amount'],
    [text('common.paidWith'), method, 'challenge-method']
  ])}
!${form(target, html`<div class="actions">
<button class="button primary" id="approve" name="action" value="approve" data-busy="${text('layout.moment')}">
${text('confirm.approve')}</button>
<div class="sides">
<button class="button second" id="refuse" name="action" value="refuse">
${text(isCard ? 'confirm.refuse' : 'confirm.decline')}</button>
<button class="button second" id="timeout" name="action" value="timeout">${text('confirm.timeout')}</button></div>
<button class="button bare" id="back" name="action" value="back">${text('confirm.another')}</button>
</div>`)}
</section>`
}

function link (id: string, url: string, label: string, kind: 'primary' | 'second' = 'primary'): Fragment {
  return html`<a class="button ${kind}" id="${id}" href="${url}">${label}</a>`
}

interface StatusText {
  icon: Icon
  title: string
  text: string
}

function statusText (payment: Payment, context: PageContext): StatusText {
  const { sandbox, locale: { text } } = context
  switch (payment.status) {
    case 'succeeded': return payment.total_amount === 0 && needsMethod(payment)
      ? { icon: 'success', title: text('status.saved'), text: text('status.notCharged') }
      : payment.total_amount === 0
        ? { icon: 'success', title: text('status.complete'), text: text('status.nothingToPay') }
        : {
            icon: 'success',
            title: text('status.succeeded'),
            text: text('status.received', { store: sandbox.business.name })
          }
    case 'processing': return {
      icon: 'waiting',
      title: text('status.processing'),
      text: text('status.processingText')
    }
    case 'cancelled': return { icon: 'failure', title: text('status.cancelled'), text: text('status.notCharged') }
    case 'failed': return {
      icon: 'failure',
      title: text('status.failed'),
      text: failureText(payment.error_code, context) ?? text('status.failedText')
    }
    default: return { icon: 'waiting', title: text('status.open'), text: text('status.openText') }
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
/** The title of the status page. */
export const statusTitle = (payment: Payment, context: PageContext): string => statusText(payment, context).title

export function status (
  payment: Payment, checkoutUrl: string, context: PageContext, { invoiceUrl, sessionUrl, stayUrl, stays }: StatusLinks
): Fragment {
  const { now, locale: { text } } = context
  const { icon, title, text: about } = statusText(payment, context)
  const amount = moneyText(payment.total_amount, payment.currency, context)
  const method = paidWith(payment, context)
  const isPayable = isOpen(payment) && !hasExpired(payment, now)
  return html`<section class="panel message" id="status" data-status="${payment.status}" aria-labelledby="title">
!${sign(icon)}
<div><h1 id="title">${title}</h1><p>${about}</p></div>
!${facts([
    ...(isMethodUpdate(payment) ? [] : [[text('common.amount'), amount, 'paid-amount'] as const]),
    ...(method === null ? [] : [[text('common.paidWith'), method, 'paid-with'] as const]),
    [text('common.email'), payment.customer.email, 'paid-email'],
    [text('common.payment'), payment.payment_id, 'payment-id']
  ])}
<div class="actions">
!${isPayable ? link('try-again', checkoutUrl, text(payment.status === 'failed' ? 'common.tryAgain' : 'pay.toPayment')) : ''}
!${sessionUrl === null ? '' : link('try-again', sessionUrl, text('common.tryAgain'))}
!${returnLink(payment, context, isPayable || sessionUrl !== null, stays ? null : stayUrl)}
!${payment.status === 'succeeded' ? link('invoice', invoiceUrl, text('status.invoice'), 'second') : ''}
</div>
!${payment.status === 'processing' && (stays || !leadsBack(payment)) ? reload(stays ? stayUrl : checkoutUrl, context.locale) : ''}
</section>
!${grantsOf(payment, context)}`
}

/** The grants of the payment, in the order of the cart. */
function grantsOf ({ payment_id: paymentId, status }: Payment, context: PageContext): Fragment {
  if (status !== 'succeeded') return ''
  return accessPanel(context.sandbox.grants.list({ payment_id: paymentId }, GRANTS_SHOWN, 0).reverse(), null, context)
}

/** `stayUrl` is null if the page does not redirect by itself. */
function returnLink (payment: Payment, { sandbox, locale }: PageContext, isPayable: boolean, stayUrl: string | null): Fragment {
  const { text } = locale
  const url = returnUrl(payment, sandbox)
  if (url === null) return ''
  const label = text('common.returnTo', { store: sandbox.business.name })
  const back = link('return-link', url, label, isPayable ? 'second' : 'primary')
  if (isOpen(payment) || !leadsBack(payment) || stayUrl === null) return html`!${back}!${urlProblem(url, locale)}`
  const times = Array.from({ length: LEAVE_AFTER_SECONDS + 1 }, (_, count) => text('status.seconds', { count }))
  const time = html`<span data-seconds="${JSON.stringify(times)}">${times[LEAVE_AFTER_SECONDS] ?? ''}</span>`
  return html`<div class="actions" data-leave-url="${url}" data-leave-seconds="${LEAVE_AFTER_SECONDS}">
!${back}
<p class="hint" data-countdown>!${locale.fragment('status.redirect', { time })}</p>
<a class="button bare" data-stay href="${stayUrl}">${text('status.stay')}</a>
</div>`
}

/** Reloads the page by script; without scripts the browser does it (layout.ts). */
function reload (url: string, { text }: Locale): Fragment {
  return html`<p class="hint" data-leave-url="${url}" data-leave-seconds="${RELOAD_SECONDS}">
${text('status.updates')}</p>`
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

export function expired (payment: Payment, { sandbox, locale }: PageContext): Fragment {
  const { text } = locale
  const store = sandbox.business.name
  const url = returnUrl(payment, sandbox)
  return html`<section class="panel message" id="expired" aria-labelledby="title">
!${sign('waiting')}
<div><h1 id="title">${text('expired.payment')}</h1>
<p>${text('expired.paymentText', { store })}</p></div>
!${url === null
    ? ''
    : html`<div class="actions">!${link('return-link', url, text('common.returnTo', { store }))}</div>
!${urlProblem(url, locale)}`}
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
export function notice ({ id, title, text, again }: Notice, locale: Locale): Fragment {
  return html`<section class="panel message" id="${id}" data-notice aria-labelledby="title">
!${sign('info')}
<div><h1 id="title">${title}</h1><p>${text}</p></div>
!${again === undefined ? '' : html`<div class="actions">!${link('load-again', again, locale.text('notice.loadAgain'))}</div>`}
</section>`
}
