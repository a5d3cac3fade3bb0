/**
 * The fields for a payment method: the choice of methods, a card, a UPI ID. The page of a payment and sessions with a single page
 * use them. methods.ts decides which methods are offered.
 */
import { html } from 'ghtml'
import type { PaymentMethod } from '../../resources/payment-methods/store.js'
import type { PlainKey } from '../../messages/locale.js'
import { cardName, field, moneyText, type Problem } from '../fragments.js'
import type { Fragment } from '../layout.js'
import type { PageContext } from '../page-context.js'
import { methodName } from './method-names.js'
import { brandOf } from './brands.js'
import { brandLogo, methodLogo } from './logos.js'
import type { Obstacle, Offer } from './methods.js'
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
  context: PageContext
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
  const { offer, context: { locale, locale: { text } } } = page
  const all: Choice[] = offer.saved.map(method => savedChoice(method, page.context))
  if (offer.cardTypes.length > 0) {
    all.push({
      id: 'method-card',
      value: 'card',
      label: text(offer.saved.length > 0 ? 'method.anotherCard' : 'method.card'),
      hint: text(cardHint(offer.cardTypes)),
      logos: ACCEPTED.map(brandLogo).join(''),
      body: cardFields(page)
    })
  }
  if (offer.upi !== null) {
    const logos = methodLogo('upi', 'upi')
    all.push({ id: 'method-upi', value: 'upi', label: 'UPI', hint: text('method.upi'), logos, body: upiFields(page) })
  }
  for (const { method, ...facts } of offer.redirects) {
    const { type } = facts
    const label = methodName(facts, locale)
    const family = FAMILIES[method]
    all.push({
      id: `method-${type}`,
      value: type,
      label,
      hint: family === undefined ? '' : text(family),
      logos: methodLogo(type, method),
      body: html`<p class="hint">${text('method.redirect', { method: label })}</p>`
    })
  }
  return all
}

function cardHint (types: readonly string[]): PlainKey {
  if (types.length > 1) return 'method.cards'
  return types[0] === 'debit' ? 'method.debitOnly' : 'method.creditOnly'
}

const FAMILIES: Record<string, PlainKey> = {
  wallet: 'method.wallet',
  pay_later: 'method.payLater',
  bank_redirect: 'method.yourBank',
  bank_transfer: 'method.bankTransfer',
  bank_debit: 'method.directDebit',
  voucher: 'method.voucher',
  crypto: 'method.crypto',
  gift_card: 'method.giftCard',
  real_time_payment: 'method.instant',
  open_banking: 'method.yourBank',
  mobile_payment: 'method.mobile',
  card_redirect: 'method.card'
}

function savedChoice ({ payment_method_id: id, card }: PaymentMethod, { locale }: PageContext): Choice {
  const { expiry_month: month, expiry_year: year } = card ?? {}
  const hint = month == null || year == null ? '' : locale.text('method.expires', { date: `${month}/${year.slice(-2)}` })
  return {
    id: `method-saved-${id}`,
    value: `saved:${id}`,
    label: cardName(card?.card_network, card?.last4_digits, locale),
    hint,
    logos: brandLogo(card?.card_network ?? ''),
    body: ''
  }
}

export function methods (page: MethodsPage): Fragment {
  const { text } = page.context.locale
  const all = choices(page)
  const [only] = all
  if (all.length === 1 && only?.value === 'card') {
    return html`<fieldset id="methods"><legend class="section-title">${text('method.card')}</legend>
<input type="hidden" name="method" value="card">
<div class="method-body alone">!${only.body}</div></fieldset>`
  }
  const chosen = chosenOf(all, page)
  const problem = page.problems.find(({ field }) => field === 'methods')
  return html`<fieldset class="methods" id="methods" tabindex="-1"
!${problem === undefined ? '' : ' aria-describedby="methods-problem"'}>
<legend class="section-title">${text('method.title')}</legend>
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
  const { text } = context.locale
  const number = field({
    id: 'card-number',
    name: 'number',
    label: text('card.number'),
    type: 'text',
    value: entered?.number ?? '',
    autocomplete: 'cc-number',
    inputmode: 'numeric',
    isRequired: true,
    placeholder: '1234 1234 1234 1234',
    check: { kind: 'card', problem: text('problem.cardNumber') },
    end: brandMark(entered?.number ?? '')
  }, problems)
  const expiry = field({
    id: 'card-expiry',
    name: 'expiry',
    label: text('card.expiry'),
    placeholder: text('card.monthYear'),
    check: {
      kind: 'expiry',
      problem: text('problem.expiry'),
      expired: { problem: text('problem.expired'), nowMs: Math.floor(context.now / 1000) }
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
    label: text('card.cvc'),
    placeholder: '123',
    check: { kind: 'cvc', problem: text('problem.cvc') },
    type: 'text',
    value: entered?.cvc ?? '',
    autocomplete: 'cc-csc',
    inputmode: 'numeric',
    isRequired: true
  }, problems)
  const name = field({
    id: 'card-name',
    name: 'name',
    label: text('card.name'),
    type: 'text',
    value: entered?.name ?? holder,
    autocomplete: 'cc-name',
    isRequired: offer.needsHolder
  }, problems)
  return html`!${number}<div class="pair">!${expiry}!${cvc}</div>!${name}!${offer.canSave
    ? html`<label class="check">
<input type="checkbox" id="save-card" name="save" value="yes"!${entered?.save === true ? ' checked' : ''}>
<span>${text('card.save')}</span></label>`
    : ''}`
}

/** The brand of the number, or all accepted brands. */
function brandMark (number: string): Fragment {
  const brand = brandOf(number)
  return html`<span class="brands" id="card-brands" data-brand="${number === '' ? 'all' : brand ?? 'none'}" aria-hidden="true">
!${[...ACCEPTED, 'amex', 'discover'].map(brandLogo)}</span>`
}

function upiFields ({ context, due, problems, entered }: MethodsPage): Fragment {
  const { text } = context.locale
  return html`<div class="upi"><div class="upi-scan">!${upiCode(due, context)}
<div><p>${text('upi.scan', { amount: moneyText(due.total_amount, due.currency, context) })}</p>
<button class="button second" id="upi-scanned" name="express" value="${UPI_SCAN}"
data-busy="${text('layout.moment')}">${text('upi.simulate')}</button>
</div></div>
<p class="or"><span>${text('common.or')}</span></p>
!${field({
    id: 'upi-id',
    name: 'upi_id',
    label: text('upi.id'),
    type: 'text',
    value: entered?.upi_id ?? '',
    autocomplete: 'off',
    inputmode: 'email',
    placeholder: text('upi.example'),
    isRequired: true
  }, problems)}</div>`
}

/** Wallets that can pay with one press, above the form. They are among the methods below, too. */
export function expressButtons ({ redirects }: Offer, { locale: { text } }: PageContext): Fragment {
  const rank = ({ type }: { type: string }) => FIRST_WALLETS.includes(type) ? 0 : 1
  const wallets = redirects.filter(({ method }) => method === 'wallet').sort((one, other) => rank(one) - rank(other))
    .slice(0, EXPRESS_MAX)
  if (wallets.length === 0) return ''
  return html`<div class="express" id="express" role="group" aria-label="${text('express.title')}">
!${wallets.map(({ type, label }) => html`<button class="button wallet ${type}" id="express-${type}" name="express" value="${type}"
data-busy="${text('layout.moment')}">!${methodLogo(type, 'wallet')}<span>${label}</span></button>`)}</div>
<p class="or"><span>${text('express.or')}</span></p>`
}

const EXPRESS_MAX = 3
const FIRST_WALLETS = ['apple_pay', 'google_pay']

/** Explains to the merchant why a requested method is not offered. */
export function unfit ({ unfit }: Offer, canPay: boolean, context: PageContext): Fragment {
  const { locale, locale: { text } } = context
  if (unfit.length === 0 && canPay) return ''
  return html`<div class="note" data-testid="unfit-methods"><p>!${canPay
    ? html`${text('unfit.some')}`
    : html`<strong>${text('unfit.all')}</strong> ${text('unfit.only')}`}</p>
<ul>!${unfit.map(({ obstacle, ...facts }) => html`<li>${text('unfit.item', {
    method: methodName(facts, locale), reason: obstacleText(obstacle, context)
  })}</li>`)}</ul></div>`
}

function obstacleText (obstacle: Obstacle, context: PageContext): string {
  const { sandbox: { reference }, locale, locale: { text } } = context
  switch (obstacle.kind) {
    case 'subscriptions': return text('unfit.subscriptions')
    case 'country':
      return text('unfit.country', { country: locale.country(obstacle.country, reference.countries[obstacle.country]?.name) })
    case 'currency': return text('unfit.currency', { currency: obstacle.currency })
    case 'minimum': return text('unfit.minimum', { amount: moneyText(obstacle.usd, 'USD', context) })
  }
}
