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
import { needsMethod } from '../../resources/payments/states.js'
import type { Payment } from '../../resources/payments/store.js'
import { codeOf } from '../../resources/discounts/view.js'
import type { Context } from '../../sandbox/sandbox.js'
import { alert, field, form, money, urlProblem, type FormTarget, type Problem } from '../fragments.js'
import type { Fragment } from '../layout.js'
import { expressButtons, hasMethods, methods, unfit, type Entered } from './method-fields.js'
import { offerFor, payableOf } from './methods.js'
import { isMethodUpdate, order } from './order.js'
import { recurrencesOfPayment, startText, type Recurrence } from './recurrence.js'
import { returnUrl } from './return-url.js'
import { backLink, type SessionAppearance } from './session/appearance.js'
import { codeBox } from './session/code-box.js'

export interface Checkout {
  payment: Payment
  context: Context
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

const FORM = 'payment-form'

export function checkout (page: Checkout): Fragment {
  const { payment, context, target, problems, appearance } = page
  const isFree = !needsMethod(payment)
  const offer = offerFor(payableOf(payment), context.sandbox)
  const canPay = isFree || hasMethods(offer)
  const [tried, holder] = [triedMethod(payment), holderOf(payment)]
  const fields = isFree || !canPay ? '' : methods({ ...page, offer, due: payment, tried, holder })
  const isUpdate = isMethodUpdate(payment)
  const free = isUpdate ? 'Save the payment method' : freeText(recurrencesOfPayment(payment, context.sandbox))
  const button = payButton(payment, free, appearance, context)
  return html`!${backLink(appearance, context.sandbox)}<div class="checkout">
!${order(payment, context.sandbox, appearance, {
    codes: codes(page, canPay), changeUrl: page.change?.url ?? null
  })}
<div class="form">
!${problems.length > 0 ? alert('There is a problem', problems) : declined(payment, context)}
!${canPay
    ? form(target, html`!${DEFAULT_BUTTON}!${isFree || isUpdate ? '' : expressButtons(offer)}!${phone(page)}!${fields}!${button}`,
      FORM)
    : ''}
!${isFree ? '' : unfit(offer, canPay)}
!${page.change?.hasChoice !== true
? ''
: html`<a class="button second" id="choose-again" href="${page.change.url}">Choose another product</a>`}
!${form(target, html`<button class="button bare" id="cancel" name="action" value="cancel">
${isUpdate ? 'Keep the present method' : 'Cancel this payment'}</button>`)}
</div>
</div>`
}

/** The discount codes. Their controls belong to the form of the payment, so that it is shown again with its values. */
function codes ({ payment, change, problems, context: { sandbox } }: Checkout, canPay: boolean): Fragment {
  if (change === null || change.codes === null || !canPay) return ''
  const applied = payment.discounts.flatMap(discount => codeOf(discount, sandbox) ?? [])
  return html`<div class="choices">!${codeBox({ form: FORM, applied, code: change.codes.code }, problems)}</div>`
}

/** The first button of a form is the one that the Enter key presses. */
const DEFAULT_BUTTON = '<button class="visually-hidden" name="action" value="pay" tabindex="-1">Pay</button>'

/** The failure of the last attempt, with the customer's message, which hides reasons such as fraud. */
function declined (payment: Payment, { sandbox }: Context): Fragment {
  if (payment.status !== 'failed') return ''
  const known = sandbox.reference.failureCodes[payment.error_code ?? '']
  const text = known?.customer_message ?? 'The payment did not go through. Try again.'
  const isWrongCode = WRONG_CODES.has(payment.error_code ?? '')
  const back = returnUrl(payment, sandbox)
  return html`<div class="alert" id="error-summary" data-status="failed" role="alert" tabindex="-1" autofocus>
<h2>The payment was not completed</h2>
<p>!${isWrongCode ? html`<a href="#card-cvc">${text}</a>` : html`${text}`}</p>
!${back === null
    ? ''
    : html`<p><a href="${back}" id="return-link">Return to ${sandbox.business.name} without paying</a></p>!${urlProblem(back)}`}
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
export function freeText (recurrences: readonly Recurrence[]): string {
  return recurrences.length === 0 ? 'Complete order' : startText(recurrences)
}

/** `free` is the text of the button for a total of 0. */
export function payButton (
  { total_amount: total, currency }: { total_amount: number, currency: string }, free: string,
  { payButtonText }: SessionAppearance, { sandbox }: Context
): Fragment {
  const text = payButtonText ?? (total === 0 ? free : `Pay ${money(total, currency, sandbox)}`)
  return html`<div>
<button class="button primary" id="pay" name="action" value="pay" data-busy="One moment…">${text}</button>
<p class="assurance under">Only test cards work here. Never enter a real card.</p>
</div>`
}

function phone ({ payment, problems, entered }: Checkout): Fragment {
  if (payment.checkout.require_phone_number !== true) return ''
  return html`<div><h2 class="section-title">Contact</h2>
!${field({
    id: 'phone',
    name: 'phone',
    label: 'Phone number',
    type: 'tel',
    autocomplete: 'tel',
    inputmode: 'tel',
    hint: 'With the country code, such as +1 202 555 0142',
    isRequired: true,
    value: entered?.phone ?? payment.customer.phone_number ?? ''
  }, problems)}</div>`
}
