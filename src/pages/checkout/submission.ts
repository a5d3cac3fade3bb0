/**
 * Handles a submitted form of a payment: reads and checks its fields, and calls the lifecycle of the payment. Runs inside a
 * transaction and throws an ApiError, whose details name form fields, before it writes anything. Only rules/instruments.ts
 * receives the card number.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { ApiError, invalid, type Violation } from '../../errors.js'
import { compactPhone } from '../../rules/contact.js'
import { cardInstrument, redirectInstrument, upiInstrument, type Instrument } from '../../rules/instruments.js'
import { withLanguage } from '../../resources/payments/language.js'
import { answerAction, attempt, cancel, completeFree, savedInstrument } from '../../resources/payments/lifecycle.js'
import { checkOpen, needsMethod } from '../../resources/payments/states.js'
import type { Payment } from '../../resources/payments/store.js'
import { english, type Locale, type PlainKey } from '../../messages/locale.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { textFields } from '../form-draft.js'
import type { Entered } from './method-fields.js'
import { refusalText, type Problem } from '../fragments.js'
import type { PageContext } from '../page-context.js'
import { offerFor, payableOf, type Offer } from './methods.js'

const FIELDS = ['token', 'express', 'action', 'method', 'number', 'expiry', 'cvc', 'name', 'save', 'phone', 'upi_id'] as const

export type Form = Record<typeof FIELDS[number], string>

/** Reads the known fields. A field that is missing or repeated is empty. */
export function readForm (body: unknown): Form {
  const given = typeof body === 'object' && body !== null ? body as Record<string, unknown> : {}
  const form = Object.fromEntries(FIELDS.map(name => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    return [name, typeof value === 'string' ? value : '']
  })) as Form
  return form.express === '' ? form : { ...form, action: 'pay', method: form.express }
}

/** The method of the button in place of a scanned UPI code. */
export const UPI_SCAN = 'upi_scan'

/** A token against cross-site requests, derived from the secret of the payment or session. */
export function formToken ({ secret }: { secret: string }, link: string): string {
  return createHmac('sha256', secret).update(link).digest('hex')
}

export function isToken (given: string, owner: { secret: string }, link: string): boolean {
  const right = Buffer.from(formToken(owner, link))
  const bytes = Buffer.from(given)
  return bytes.length === right.length && timingSafeEqual(bytes, right)
}

/** The values that the page shows again. A card number in any other field is left out. */
export function entered ({ method, number, cvc, expiry, name, phone, upi_id: upiId, save }: Form): Entered {
  const harmless = (text: string) => hasCardNumber(text) ? '' : text.slice(0, NAME_MAX)
  return {
    method: method === UPI_SCAN ? 'upi' : method,
    number: number.slice(0, NUMBER_MAX),
    cvc: harmless(cvc),
    expiry: harmless(expiry),
    name: harmless(name),
    phone: compactPhone(phone) === null ? harmless(phone) : phone,
    upi_id: harmless(upiId),
    save: save === 'yes'
  }
}

/**
 * The fields of a form that may be kept to be shown again. Of card numbers, only those of test cards are kept, and numbers that
 * could become one; a number that may be that of a real card is not. A security code is kept until it has been charged.
 */
export function keptFields (
  body: unknown, { reference: { testCards } }: Sandbox, { isCharged }: { isCharged: boolean }
): Record<string, string> {
  const { token: _token, ...fields } = textFields(body)
  const digits = (fields['number'] ?? '').replace(/\D/g, '')
  const isTestCard = testCards.some(({ number }) => number === digits)
  const mayBecomeOne = digits.length < CARD_DIGITS_MIN || testCards.some(({ number }) => isNearly(digits, number))
  return {
    ...fields,
    number: isTestCard || mayBecomeOne ? fields['number'] ?? '' : '',
    cvc: isCharged ? '' : fields['cvc'] ?? ''
  }
}

/** Whether a number differs from that of a test card by a single digit, or has a digit too few. */
function isNearly (digits: string, number: string): boolean {
  if (number.startsWith(digits)) return true
  return digits.length === number.length && [...digits].filter((digit, place) => digit !== number[place]).length === 1
}

const NAME_MAX = 120
const NUMBER_MAX = 40
const CARD_DIGITS_MIN = 12

/** The shortest card numbers have twelve digits. */
function hasCardNumber (text: string): boolean {
  return /\d(?:[\s().-]*\d){11,}/.test(text)
}

/** The element of the checkout page that an error of the form belongs to. */
const ELEMENTS: Readonly<Record<string, string>> = {
  number: 'card-number',
  expiry: 'card-expiry',
  cvc: 'card-cvc',
  name: 'card-name',
  phone: 'phone',
  upi_id: 'upi-id',
  method: 'methods'
}

/** An ApiError as messages for the customer. */
export function problemsOf (error: ApiError, locale: Locale): Problem[] {
  const key = CUSTOMER_TEXTS[error.code]
  if (key !== undefined) return [{ field: null, message: locale.text(key) }]
  return (error.details ?? [{ path: '', message: error.message }]).map(violation => problemOf(violation, locale))
}

/** A mistake in a field of the form, as a message for the customer. Messages of rules are English. */
export function problemOf ({ path, message }: Violation, locale: Locale): Problem {
  const isLongName = message === nameTooLong(english())
  return { field: ELEMENTS[path] ?? null, message: isLongName ? nameTooLong(locale) : refusalText(message, locale) }
}

const nameTooLong = ({ text }: Locale): string => text('problem.nameLong', { max: NAME_MAX })

const CUSTOMER_TEXTS: Record<string, PlainKey> = {
  DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED: 'problem.codeUsedMeanwhile',
  DISCOUNT_PER_CUSTOMER_USAGE_LIMIT_EXCEEDED: 'problem.codeUsedByYouMeanwhile'
}

export function act (payment: Payment, form: Form, context: PageContext): void {
  checkOpen(payment, context)
  switch (form.action) {
    case 'pay': return pay(payment, form, context)
    case 'cancel': return cancel(payment, context)
    case 'approve':
    case 'refuse':
    case 'timeout':
    case 'back': return answerAction(payment, form.action, context)
    default:
      throw invalid('action', 'The form has no known action. Try again.')
  }
}

function pay (payment: Payment, form: Form, context: PageContext): void {
  const violations: Violation[] = []
  const phone = payment.checkout.require_phone_number === true ? readPhone(form.phone, violations) : null
  const isFree = !needsMethod(payment)
  const offer = offerFor(payableOf(payment), context.sandbox)
  const instrument = isFree ? null : readInstrument(form, offer, context, violations)
  const [first] = violations
  if (first !== undefined) throw new ApiError('INVALID_REQUEST_PARAMETERS', { violations, message: first.message })
  const spoken = withLanguage(payment, context.locale.tag, context)
  if (instrument === null) completeFree(spoken, context)
  else attempt(spoken, instrument, context, { saveMethod: savesMethod(form, offer) })
  if (phone !== null && payment.customer.phone_number === null) {
    context.sandbox.customers.setPhoneNumber(payment.customer_id, phone)
  }
}

export function savesMethod ({ save }: Form, { canSave }: Offer): boolean {
  return save === 'yes' && canSave
}

/** Messages to the customer for a missing and for an invalid phone number. */
const PHONE_PROBLEMS = {
  missing: 'Enter a phone number.',
  invalid: 'Enter a phone number such as +1 202 555 0142.'
} as const

/** A phone number as `+12025550142`; null, with a violation, if it is missing or invalid. */
function readPhone (phone: string, violations: Violation[]): string | null {
  const digits = compactPhone(phone)
  if (digits === null) {
    violations.push({ path: 'phone', message: phone.trim() === '' ? PHONE_PROBLEMS.missing : PHONE_PROBLEMS.invalid })
  }
  return digits
}

/** Reads the payment method of a form; null with a violation if it is missing or invalid. */
export function readInstrument (form: Form, offer: Offer, context: PageContext, violations: Violation[]): Instrument | null {
  const { method } = form
  if (method.startsWith('saved:')) return readSaved(method.slice('saved:'.length), offer, context, violations)
  if (method === 'card' && offer.cardTypes.length > 0) return readCard(form, offer, context, violations)
  if (method === UPI_SCAN && offer.upi !== null) return redirectInstrument('upi', offer.upi)
  if (method === 'upi' && offer.upi !== null) return readUpi(form, offer.upi, violations)
  const redirect = offer.redirects.find(({ type }) => type === method)
  if (redirect !== undefined) return redirectInstrument(redirect.method, redirect.type)
  violations.push({
    path: 'method',
    message: method === '' ? 'Choose a payment method.' : 'This payment method is not possible here. Choose another one.'
  })
  return null
}

function readCard (
  form: Form, { cardTypes, needsHolder }: Offer, { sandbox, now }: PageContext, violations: Violation[]
): Instrument | null {
  const isMissing = needsHolder && form.name.trim() === ''
  const nameProblem = isMissing
    ? 'Enter the name on the card.'
    : hasCardNumber(form.name)
      ? 'Enter the name on the card, not its number.'
      : form.name.length > NAME_MAX ? nameTooLong(english()) : null
  if (nameProblem !== null) violations.push({ path: 'name', message: nameProblem })
  const entry = { number: form.number, expiry: form.expiry, cvc: form.cvc, holder_name: form.name }
  try {
    const instrument = cardInstrument(entry, sandbox.reference.testCards, now / 1000)
    const { payment_method_type: type } = instrument
    if (cardTypes.includes(type)) return instrument
    violations.push({
      path: 'number', message: `This is a ${type} card. Only ${cardTypes.join(' and ')} cards are accepted for this payment.`
    })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    violations.unshift(...error.details ?? [])
  }
  return null
}

function readUpi ({ upi_id: upiId }: Form, type: string, violations: Violation[]): Instrument | null {
  if (/^[^\s@]{2,256}@[^\s@]{2,64}$/.test(upiId.trim())) return { ...upiInstrument(upiId), payment_method_type: type }
  violations.push({ path: 'upi_id', message: 'Enter a UPI ID, such as success@upi.' })
  return null
}

/** A saved card. Because the customer is present, a bank that requires authentication asks for it. */
function readSaved (id: string, { saved }: Offer, context: PageContext, violations: Violation[]): Instrument | null {
  const method = saved.find(({ payment_method_id: candidate }) => candidate === id)
  if (method === undefined) {
    violations.push({ path: 'method', message: 'This saved card has been removed. Choose another payment method.' })
    return null
  }
  const instrument = savedInstrument(method, context)
  const { outcome } = instrument
  if (outcome.status !== 'failed' || outcome.error_code !== 'AUTHENTICATION_REQUIRED') return instrument
  return { ...instrument, outcome: { status: 'requires_customer_action', then: { status: 'succeeded' } } }
}
