/**
 * The checkout page: the order on one side, the form on the other. Automated tests can rely on:
 *
 *   ids           pay, cancel, choose-again, change-details, card-number, card-expiry, card-cvc, card-name, save-card, phone,
 *                 upi-id, upi-code, upi-scanned, express-{payment method type}, discount-code, apply-code, remove-{code},
 *                 show-order, error-summary, test-helpers, test-cards; radio buttons method-card, method-upi,
 *                 method-{payment method type}, method-saved-{payment_method_id}
 *   data-testid   amount-due, on-demand, recurrence, line, subtotal, product-discount, discount, tax, tax-included, total,
 *                 customer-name, customer-email, billing-address, business-name, tax-id, emulator-banner,
 *                 store-name, use-{card number}
 *   form fields   token, action (pay, cancel, reprice, remove:{code}), express (a payment method type or upi_scan),
 *                 method (card, saved:{id}, upi or a payment method type), number, expiry, cvc, name, save (yes), phone,
 *                 upi_id, code
 */
import { html } from 'ghtml'
import { failureText } from '../../messages/texts.js'
import { needsMethod } from '../../resources/payments/states.js'
import type { Payment } from '../../resources/payments/store.js'
import { codeOf } from '../../resources/discounts/view.js'
import { alert, field, form, moneyText, urlProblem, type FormTarget, type Problem } from '../fragments.js'
import type { Fragment } from '../layout.js'
import type { PageContext, Shown } from '../page-context.js'
import { expressButtons, hasMethods, methods, unfit, type Entered } from './method-fields.js'
import { offerFor, payableOf } from './methods.js'
import { isMethodUpdate, order } from './order.js'
import { recurrencesOfPayment, startText, type Recurrence } from './recurrence.js'
import { returnUrl } from './return-url.js'
import { backLink, type SessionAppearance } from './session/appearance.js'
import { codeBox } from './session/code-box.js'

export interface Checkout {
  payment: Payment
  context: PageContext
  target: FormTarget
  problems: readonly Problem[]
  /** Null until the form is submitted. */
  entered: Entered | null
  /** The appearance that its session sets. */
  appearance: SessionAppearance
  /** The parts that the customer can change in the session of the payment; null without one. */
  change: Change | null
}

export interface Change {
  /** The URL of the details. */
  url: string
  /** Whether another product can be chosen. */
  hasChoice: boolean
  /** Whether codes can be applied, and the text in their field. */
  codes: { code: string } | null
}

export const PAYMENT_FORM = 'payment-form'

export function checkout (page: Checkout): Fragment {
  const { payment, context, target, problems, appearance } = page
  const { text } = context.locale
  const isFree = !needsMethod(payment)
  const offer = offerFor(payableOf(payment), context.sandbox)
  const canPay = isFree || hasMethods(offer)
  const [tried, holder] = [triedMethod(payment), holderOf(payment)]
  const fields = isFree || !canPay ? '' : methods({ ...page, offer, due: payment, tried, holder })
  const isUpdate = isMethodUpdate(payment)
  const free = isUpdate ? text('pay.saveMethod') : freeText(recurrencesOfPayment(payment, context.sandbox), context)
  const express = isFree || isUpdate ? '' : expressButtons(offer, context)
  const button = payButton(payment, free, appearance, context)
  return html`!${backLink(appearance, context)}<div class="checkout">
!${order(payment, context, appearance, {
    codes: codes(page, canPay), changeUrl: page.change?.url ?? null
  })}
<div class="form">
!${problems.length > 0 ? alert(context.locale, problems) : declined(payment, context)}
!${canPay
    ? form(target, html`!${defaultButton(context)}!${express}!${phone(page)}!${fields}!${button}`,
      PAYMENT_FORM)
    : ''}
!${isFree ? '' : unfit(offer, canPay, context)}
!${page.change?.hasChoice !== true
? ''
: html`<a class="button second" id="choose-again" href="${page.change.url}">${text('pay.chooseProduct')}</a>`}
!${form(target, html`<button class="button bare" id="cancel" name="action" value="cancel">
${text(isUpdate ? 'pay.keepMethod' : 'pay.cancel')}</button>`)}
</div>
</div>`
}

/** The discount codes. Their controls belong to the form of the payment, so that it is shown again with its values. */
function codes ({ payment, change, problems, context }: Checkout, canPay: boolean): Fragment {
  if (change === null || change.codes === null || !canPay) return ''
  const applied = payment.discounts.flatMap(discount => codeOf(discount, context.sandbox) ?? [])
  const box = { form: PAYMENT_FORM, applied, code: change.codes.code }
  return html`<div class="choices">!${codeBox(box, problems, context.locale)}</div>`
}

/** The first button of a form is the one that the Enter key presses. */
function defaultButton ({ locale }: PageContext): Fragment {
  return html`<button class="visually-hidden" name="action" value="pay" tabindex="-1">${locale.text('pay.pay')}</button>`
}

/** The failure of the last attempt, with the customer's message, which hides reasons such as fraud. */
function declined (payment: Payment, { sandbox, locale }: PageContext): Fragment {
  if (payment.status !== 'failed') return ''
  const text = failureText(payment.error_code, { sandbox, locale }) ?? locale.text('pay.declinedText')
  const isWrongCode = WRONG_CODES.has(payment.error_code ?? '')
  const back = returnUrl(payment, sandbox)
  return html`<div class="alert" id="error-summary" data-status="failed" role="alert" tabindex="-1" autofocus>
<h2>${locale.text('pay.declined')}</h2>
<p>!${isWrongCode ? html`<a href="#card-cvc">${text}</a>` : html`${text}`}</p>
!${back === null
    ? ''
    : html`<p><a href="${back}" id="return-link">${locale.text('pay.leave', { store: sandbox.business.name })}</a></p>
!${urlProblem(back, locale)}`}
</div>`
}

/** The declines after which only the security code is entered again. */
export const WRONG_CODES: ReadonlySet<string> = new Set(['INCORRECT_CVC', 'INVALID_CVC'])

/** The radio button of the method of the last attempt. */
function triedMethod ({ payment_method: method, payment_method_type: type, payment_method_id: savedId }: Payment): string | null {
  return savedId !== null ? `saved:${savedId}` : method === 'card' || method === 'upi' ? method : type
}

function holderOf ({ customer: { name, email } }: Payment): string {
  return name === email ? '' : name
}

/** The text of the button if nothing is charged now. */
export function freeText (recurrences: readonly Recurrence[], { locale }: Shown): string {
  return locale.text(recurrences.length === 0 ? 'pay.complete' : startText(recurrences))
}

/** `free` is the text of the button for a total of 0. */
export function payButton (
  { total_amount: total, currency }: { total_amount: number, currency: string }, free: string,
  { payButtonText }: SessionAppearance, context: PageContext
): Fragment {
  const { text } = context.locale
  const label = payButtonText ?? (total === 0 ? free : text('pay.amount', { amount: moneyText(total, currency, context) }))
  return html`<div>
<button class="button primary" id="pay" name="action" value="pay" data-busy="${text('layout.moment')}">${label}</button>
<p class="assurance under">${text('pay.testCards')}</p>
</div>`
}

function phone ({ payment, problems, entered, context: { locale: { text } } }: Checkout): Fragment {
  if (payment.checkout.require_phone_number !== true) return ''
  return html`<div><h2 class="section-title">${text('contact.title')}</h2>
!${field({
    id: 'phone',
    name: 'phone',
    label: text('contact.phone'),
    type: 'tel',
    autocomplete: 'tel',
    inputmode: 'tel',
    hint: text('contact.phoneHint'),
    isRequired: true,
    value: entered?.phone ?? payment.customer.phone_number ?? ''
  }, problems)}</div>`
}
