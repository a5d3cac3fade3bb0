/**
 * The fields for a payment method: the choice of methods, a card, a UPI ID. The page of a payment and sessions with a single page
 * use them. methods.ts decides which methods are offered.
 */
import { html } from 'ghtml'
import type { PaymentMethod } from '../../resources/payment-methods/store.js'
import type { Context } from '../../sandbox/sandbox.js'
import { cardName, field, money, type Problem } from '../fragments.js'
import type { Fragment } from '../layout.js'
import { brandOf } from './brands.js'
import { brandLogo, methodLogo } from './logos.js'
import type { Offer } from './methods.js'
import { UPI_SCAN } from './submission.js'
import { upiCode, type Due } from './upi-code.js'

/** Entered values that are shown again. */
export interface Entered {
  method: string
  number: string
  cvc: string
  expiry: string
  name: string
  phone: string
  upi_id: string
  save: boolean
}

export interface MethodsPage {
  offer: Offer
  context: Context
  problems: readonly Problem[]
  /** Null until the form is submitted. */
  entered: Entered | null
  /** The radio button of the method of the last attempt; null before. */
  tried: string | null
  /** The default for the name on the card. */
  holder: string
  due: Due
}

export function hasMethods ({ saved, cardTypes, upi, redirects }: Offer): boolean {
  return saved.length > 0 || cardTypes.length > 0 || upi !== null || redirects.length > 0
}

interface Choice {
  /** The id of the radio button. */
  id: string
  value: string
  label: string
  hint: string
  logos: Fragment
  body: Fragment
}

/** The brands of the test cards. */
const ACCEPTED = ['visa', 'mastercard', 'rupay'] as const

function choices (page: MethodsPage): Choice[] {
  const { offer } = page
  const all: Choice[] = offer.saved.map(savedChoice)
  if (offer.cardTypes.length > 0) {
    all.push({
      id: 'method-card',
      value: 'card',
      label: offer.saved.length > 0 ? 'Another card' : 'Card',
      hint: cardHint(offer.cardTypes),
      logos: ACCEPTED.map(brandLogo).join(''),
      body: cardFields(page)
    })
  }
  if (offer.upi !== null) {
    const logos = methodLogo('upi', 'upi')
    all.push({ id: 'method-upi', value: 'upi', label: 'UPI', hint: 'QR code or UPI ID', logos, body: upiFields(page) })
  }
  for (const { type, label, method } of offer.redirects) {
    all.push({
      id: `method-${type}`,
      value: type,
      label,
      hint: FAMILIES[method] ?? '',
      logos: methodLogo(type, method),
      body: html`<p class="hint">You are redirected to a page that simulates ${label}, where you approve or decline.</p>`
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
    logos: brandLogo(card?.card_network ?? ''),
    body: ''
  }
}

export function methods (page: MethodsPage): Fragment {
  const all = choices(page)
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
!${all.map(({ id, value, label, hint, logos, body }) => html`<div class="method">
<input type="radio" id="${id}" name="method" value="${value}"!${value === chosen ? ' checked' : ''}>
<label for="${id}"><span class="method-name">${label}<span class="hint">${hint}</span></span>
<span class="logos">!${logos}</span></label>
!${body === '' ? '' : html`<div class="method-body">!${body}</div>`}
</div>`)}
</fieldset>`
}

/** The entered method, otherwise the method of the last attempt, otherwise the first. */
function chosenOf (all: readonly Choice[], { tried, entered }: MethodsPage): string {
  const before = entered?.method ?? tried
  return (all.find(({ value }) => value === before) ?? all[0])?.value ?? ''
}

function cardFields ({ offer, holder, context, problems, entered }: MethodsPage): Fragment {
  const number = field({
    id: 'card-number',
    name: 'number',
    label: 'Card number',
    type: 'text',
    value: entered?.number ?? '',
    autocomplete: 'cc-number',
    inputmode: 'numeric',
    isRequired: true,
    placeholder: '1234 1234 1234 1234',
    check: { kind: 'card', problem: 'This is not a valid card number.' },
    end: brandMark(entered?.number ?? '')
  }, problems)
  const expiry = field({
    id: 'card-expiry',
    name: 'expiry',
    label: 'Expiry (MM/YY)',
    placeholder: 'MM/YY',
    check: {
      kind: 'expiry',
      problem: 'Enter the expiry date as month and year, such as 06/32.',
      expired: { problem: 'This card has expired.', nowMs: Math.floor(context.now / 1000) }
    },
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
    placeholder: '123',
    check: { kind: 'cvc', problem: 'The security code has three digits.' },
    type: 'text',
    value: entered?.cvc ?? '',
    autocomplete: 'cc-csc',
    inputmode: 'numeric',
    isRequired: true
  }, problems)
  const name = field({
    id: 'card-name',
    name: 'name',
    label: 'Name on card',
    type: 'text',
    value: entered?.name ?? holder,
    autocomplete: 'cc-name',
    isRequired: offer.needsHolder
  }, problems)
  return html`!${number}<div class="pair">!${expiry}!${cvc}</div>!${name}!${offer.canSave
    ? html`<label class="check">
<input type="checkbox" id="save-card" name="save" value="yes"!${entered?.save === true ? ' checked' : ''}>
<span>Save this card for my next purchases</span></label>`
    : ''}`
}

/** The brand of the number, or all accepted brands. */
function brandMark (number: string): Fragment {
  const brand = brandOf(number)
  return html`<span class="brands" id="card-brands" data-brand="${number === '' ? 'all' : brand ?? 'none'}" aria-hidden="true">
!${[...ACCEPTED, 'amex', 'discover'].map(brandLogo)}</span>`
}

function upiFields ({ context: { sandbox }, due, problems, entered }: MethodsPage): Fragment {
  return html`<div class="upi"><div class="upi-scan">!${upiCode(due, sandbox)}
<div><p>Scan the code with a UPI app to pay ${money(due.total_amount, due.currency, sandbox)}.</p>
<button class="button second" id="upi-scanned" name="express" value="${UPI_SCAN}"
data-busy="One moment…">Simulate the scan</button>
</div></div>
<p class="or"><span>or</span></p>
!${field({
    id: 'upi-id',
    name: 'upi_id',
    label: 'UPI ID',
    type: 'text',
    value: entered?.upi_id ?? '',
    autocomplete: 'off',
    inputmode: 'email',
    placeholder: 'name@bank',
    isRequired: true
  }, problems)}</div>`
}

/** Wallets that can pay with one press, above the form. They are among the methods below, too. */
export function expressButtons ({ redirects }: Offer): Fragment {
  const rank = ({ type }: { type: string }) => FIRST_WALLETS.includes(type) ? 0 : 1
  const wallets = redirects.filter(({ method }) => method === 'wallet').sort((one, other) => rank(one) - rank(other))
    .slice(0, EXPRESS_MAX)
  if (wallets.length === 0) return ''
  return html`<div class="express" id="express" role="group" aria-label="Express checkout">
!${wallets.map(({ type, label }) => html`<button class="button wallet ${type}" id="express-${type}" name="express" value="${type}"
data-busy="One moment…">!${methodLogo(type, 'wallet')}<span>${label}</span></button>`)}</div>
<p class="or"><span>Or pay another way</span></p>`
}

const EXPRESS_MAX = 3
const FIRST_WALLETS = ['apple_pay', 'google_pay']

/** Explains to the merchant why a requested method is not offered. */
export function unfit ({ unfit }: Offer, canPay: boolean): Fragment {
  if (unfit.length === 0 && canPay) return ''
  return html`<div class="note" data-testid="unfit-methods"><p>!${canPay
    ? 'Requested, but not available for this payment:'
    : '<strong>No payment method is available for this payment.</strong> The store allows only these:'}</p>
<ul>!${unfit.map(({ label, because }) => html`<li>${label}: ${because}</li>`)}</ul></div>`
}
