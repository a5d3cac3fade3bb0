/**
 * The checkout page: the order on one side, the form on the other. For tests without a person, these hold on:
 *
 *   ids           pay, cancel, card-number, card-expiry, card-cvc, card-name, save-card, phone, upi-id, error-summary,
 *                 test-cards; radio buttons method-card, method-upi, method-{payment method type},
 *                 method-saved-{payment_method_id}
 *   data-testid   amount-due, line, subtotal, product-discount, discount, tax, tax-included, total, customer-name,
 *                 customer-email, billing-address, business-name, tax-id, emulator-banner, store-name, use-{card number}
 *   form fields   token, action (pay, cancel), method (card, saved:{id}, upi or a payment method type), number, expiry, cvc,
 *                 name, save (yes), phone, upi_id
 */
import { html } from 'ghtml'
import type { PaymentMethod } from '../resources/payment-methods/store.js'
import type { Payment } from '../resources/payments/store.js'
import type { Context } from '../sandbox.js'
import { alert, cardName, field, form, money, type FormTarget, type Problem } from './fragments.js'
import type { Fragment } from './layout.js'
import { offerFor, type Offer } from './methods.js'
import { order } from './order.js'
import { checkoutOptions, returnUrl } from './returning.js'
import { testCards } from './test-cards.js'

/** What the visitor has entered and may see again: never a card's number or security code. */
export interface Entered {
  method: string
  expiry: string
  name: string
  phone: string
  upi_id: string
  save: boolean
}

export interface Checkout {
  payment: Payment
  context: Context
  target: FormTarget
  problems: readonly Problem[]
  /** Null on the first visit. */
  entered: Entered | null
}

export function checkout (page: Checkout): Fragment {
  const { payment, context, target, problems } = page
  const isFree = payment.total_amount === 0
  const offer = offerFor(payment, context.sandbox)
  const canPay = isFree || hasMethods(offer)
  const fields = isFree || !canPay ? '' : methods(offer, page)
  return html`<div class="checkout">
!${order(payment, context.sandbox)}
<div class="form">
!${problems.length > 0 ? alert('There is a problem', problems) : declined(payment, context)}
!${canPay ? form(target, html`!${phone(page)}!${fields}!${payButton(payment, context)}`, 'payment-form') : ''}
!${isFree ? '' : unfit(offer, canPay)}
!${form(target, '<button class="button bare" id="cancel" name="action" value="cancel">Cancel this payment</button>')}
</div>
</div>`
}

/** How the last try ended. What theft and fraud are called is between the bank and the merchant: the text is the customer's. */
function declined (payment: Payment, { sandbox }: Context): Fragment {
  if (payment.status !== 'failed') return ''
  const known = sandbox.reference.failureCodes[payment.error_code ?? '']
  const text = known?.customer_message ?? 'The payment did not go through. Try again.'
  const back = returnUrl(payment)
  return html`<div class="alert" id="error-summary" role="alert" tabindex="-1" autofocus>
<h2>The payment was not completed</h2>
<p>${text}</p>
!${back === null ? '' : html`<p><a href="${back}" id="return-link">Return to ${sandbox.business.name} without paying</a></p>`}
</div>`
}

function payButton (payment: Payment, { sandbox }: Context): Fragment {
  const text = payment.total_amount === 0 ? 'Complete order' : `Pay ${money(payment.total_amount, payment.currency, sandbox)}`
  return html`<div>
<button class="button primary" id="pay" name="action" value="pay" data-busy="One moment…">${text}</button>
<p class="assurance under">Only test cards work here. Never enter a real one.</p>
</div>`
}

function phone ({ payment, problems, entered }: Checkout): Fragment {
  if (checkoutOptions(payment).require_phone_number !== true) return ''
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

function hasMethods ({ saved, cardTypes, upi, redirects }: Offer): boolean {
  return saved.length > 0 || cardTypes.length > 0 || upi !== null || redirects.length > 0
}

interface Choice {
  /** Of the radio button. */
  id: string
  value: string
  label: string
  hint: string
  body: Fragment
}

function choices (offer: Offer, page: Checkout): Choice[] {
  const all: Choice[] = offer.saved.map(savedChoice)
  if (offer.cardTypes.length > 0) {
    const label = offer.saved.length > 0 ? 'Another card' : 'Card'
    all.push({ id: 'method-card', value: 'card', label, hint: cardHint(offer.cardTypes), body: cardFields(offer, page) })
  }
  if (offer.upi !== null) {
    all.push({ id: 'method-upi', value: 'upi', label: 'UPI', hint: 'With your UPI ID', body: upiFields(page) })
  }
  for (const { type, label, method } of offer.redirects) {
    all.push({
      id: `method-${type}`,
      value: type,
      label,
      hint: FAMILIES[method] ?? '',
      body: html`<p class="hint">You go on to a page that stands for ${label}, where you approve or decline.</p>`
    })
  }
  return all
}

function cardHint (types: readonly string[]): string {
  if (types.length > 1) return 'Credit or debit'
  return types[0] === 'debit' ? 'Debit cards only' : 'Credit cards only'
}

const FAMILIES: Record<string, string> = {
  wallet: 'Wallet',
  pay_later: 'Pay later',
  bank_redirect: 'Your bank',
  bank_transfer: 'Bank transfer',
  bank_debit: 'Direct debit',
  voucher: 'Voucher',
  crypto: 'Crypto',
  gift_card: 'Gift card',
  real_time_payment: 'Instant payment',
  open_banking: 'Your bank',
  mobile_payment: 'Mobile phone',
  card_redirect: 'Card'
}

function savedChoice ({ payment_method_id: id, card }: PaymentMethod): Choice {
  const { expiry_month: month, expiry_year: year } = card ?? {}
  const hint = month == null || year == null ? '' : `Expires ${month}/${year.slice(-2)}`
  return {
    id: `method-saved-${id}`,
    value: `saved:${id}`,
    label: cardName(card?.card_network, card?.last4_digits),
    hint,
    body: ''
  }
}

function methods (offer: Offer, page: Checkout): Fragment {
  const all = choices(offer, page)
  const [only] = all
  if (all.length === 1 && only?.value === 'card') {
    return html`<fieldset id="methods"><legend class="section-title">Card</legend><input type="hidden" name="method" value="card">
<div class="method-body alone">!${only.body}</div></fieldset>`
  }
  const chosen = chosenOf(all, page)
  const problem = page.problems.find(({ field }) => field === 'methods')
  return html`<fieldset class="methods" id="methods" tabindex="-1"
!${problem === undefined ? '' : ' aria-describedby="methods-problem"'}>
<legend class="section-title">Payment method</legend>
!${problem === undefined ? '' : html`<p class="problem" id="methods-problem">${problem.message}</p>`}
!${all.map(({ id, value, label, hint, body }) => html`<div class="method">
<input type="radio" id="${id}" name="method" value="${value}"!${value === chosen ? ' checked' : ''}>
<label for="${id}"><span>${label}</span><span class="hint">${hint}</span></label>
!${body === '' ? '' : html`<div class="method-body">!${body}</div>`}
</div>`)}
</fieldset>`
}

/** What was chosen before, else the method of the last try, else the first. */
function chosenOf (all: readonly Choice[], { payment, entered }: Checkout): string {
  const { payment_method: method, payment_method_type: type, payment_method_id: savedId } = payment
  const tried = savedId !== null ? `saved:${savedId}` : method === 'card' || method === 'upi' ? method : type
  const before = entered?.method ?? tried
  return (all.find(({ value }) => value === before) ?? all[0])?.value ?? ''
}

function cardFields (offer: Offer, { payment, context, problems, entered }: Checkout): Fragment {
  const number = field({
    id: 'card-number',
    name: 'number',
    label: 'Card number',
    type: 'text',
    value: '',
    autocomplete: 'cc-number',
    inputmode: 'numeric',
    isRequired: true
  }, problems)
  const expiry = field({
    id: 'card-expiry',
    name: 'expiry',
    label: 'Expiry (MM/YY)',
    type: 'text',
    value: entered?.expiry ?? '',
    autocomplete: 'cc-exp',
    inputmode: 'numeric',
    isRequired: true
  }, problems)
  const cvc = field({
    id: 'card-cvc',
    name: 'cvc',
    label: 'Security code',
    type: 'text',
    value: '',
    autocomplete: 'cc-csc',
    inputmode: 'numeric',
    isRequired: true
  }, problems)
  const { name: customer, email } = payment.customer
  const name = field({
    id: 'card-name',
    name: 'name',
    label: 'Name on card',
    type: 'text',
    value: entered?.name ?? (customer === email ? '' : customer),
    autocomplete: 'cc-name',
    isRequired: false
  }, problems)
  return html`!${testCards(offer.cardTypes, context)}!${number}<div class="pair">!${expiry}!${cvc}</div>!${name}!${offer.canSave
    ? html`<label class="check">
<input type="checkbox" id="save-card" name="save" value="yes"!${entered?.save === true ? ' checked' : ''}>
<span>Save this card for my next purchases</span></label>`
    : ''}`
}

function upiFields ({ problems, entered }: Checkout): Fragment {
  return html`!${field({
    id: 'upi-id',
    name: 'upi_id',
    label: 'UPI ID',
    type: 'text',
    value: entered?.upi_id ?? '',
    autocomplete: 'off',
    inputmode: 'email',
    hint: 'For tests: success@upi pays, failure@upi is declined.',
    isRequired: true
  }, problems)}
<div class="chips with-script"><button type="button" class="chip" data-fill-upi="success@upi">success@upi</button>
<button type="button" class="chip" data-fill-upi="failure@upi">failure@upi</button></div>`
}

/** For the merchant, who wonders where a method is that was asked for. */
function unfit ({ unfit }: Offer, canPay: boolean): Fragment {
  if (unfit.length === 0 && canPay) return ''
  return html`<div class="note" data-testid="unfit-methods"><p>!${canPay
    ? 'Also asked for, but not possible for this payment:'
    : '<strong>There is no payment method for this payment.</strong> The store allows only what is not possible here:'}</p>
<ul>!${unfit.map(({ label, because }) => html`<li>${label}: ${because}</li>`)}</ul></div>`
}
