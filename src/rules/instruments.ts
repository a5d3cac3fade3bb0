/**
 * Payment instruments of test mode and their outcomes: test cards by number, test UPI ids, and "approve or decline" for
 * everything else. Pure: the tables and the time are passed in. Of a card, only what the contract shows leaves this file: the
 * last four digits, network, type, country, holder and expiry.
 */
import valid from 'card-validator'
import { ApiError, type Violation } from '../errors.js'

/** The result of a charge. */
export type Outcome =
  | { status: 'succeeded' }
  /** Settles after a time, by default that of the sandbox, as `then`, by default with success. */
  | { status: 'processing', after_us?: number, then?: Outcome }
  | { status: 'failed', error_code: string }
  /** The customer must confirm first. `then` is the result after confirmation. */
  | { status: 'requires_customer_action', then: Outcome }

/** The part of a card that may be stored. */
export interface KeptCard {
  last_four: string
  network: string
  type: string
  /** The issuing country; null where the real service returns none, as for its US test cards. */
  country: string | null
  holder_name?: string
  /** Two digits. */
  expiry_month?: string
  /** Four digits. */
  expiry_year?: string
}

export interface Instrument {
  payment_method: string
  payment_method_type: string
  card: KeptCard | null
  /** Set if the instrument is a saved method. */
  payment_method_id: string | null
  outcome: Outcome
}

export interface TestCard {
  number: string
  label: string
  network: string
  type: string
  country: string | null
  outcome: 'succeeded' | 'failed' | 'requires_customer_action' | 'processing'
  error_code?: string
  /** The result of later charges of the saved card, where it differs. */
  later_charges?: { outcome: 'failed', error_code: string }
}

export interface FailureCode {
  /** For the merchant. */
  message: string
  /** For the customer. It never mentions theft or fraud. */
  customer_message: string
  soft: boolean
  user_error: boolean
}

export const GENERIC_DECLINE = 'GENERIC_DECLINE'

const APPROVED: Outcome = { status: 'succeeded' }

/** The outcome of a first charge with a test card. */
export function cardOutcome ({ outcome, error_code: code = GENERIC_DECLINE }: TestCard): Outcome {
  switch (outcome) {
    case 'failed': return { status: 'failed', error_code: code }
    case 'requires_customer_action': return { status: 'requires_customer_action', then: APPROVED }
    default: return { status: outcome }
  }
}

/** The outcome of a charge without the customer present. A card that needs confirmation fails. */
export function laterOutcome (card: TestCard): Outcome {
  if (card.later_charges !== undefined) return { status: 'failed', error_code: card.later_charges.error_code }
  const outcome = cardOutcome(card)
  return outcome.status === 'requires_customer_action' ? { status: 'failed', error_code: 'AUTHENTICATION_REQUIRED' } : outcome
}

/** The same outcome after a confirmation by the customer. Used for `force_3ds`. */
export function confirmedFirst (outcome: Outcome): Outcome {
  return outcome.status === 'requires_customer_action' ? outcome : { status: 'requires_customer_action', then: outcome }
}

/** A card as entered in a form. */
export interface CardEntry {
  number: string
  /** `06/32` or `06/2032`. Missing in the control API, which takes only the number. */
  expiry?: string
  cvc?: string
  holder_name?: string
}

/**
 * The instrument of a test card. Throws INVALID_REQUEST_PARAMETERS with a violation for each invalid field (`number`, `expiry`,
 * `cvc`). A valid number that is not a test card is refused too, and the error never repeats it.
 */
export function cardInstrument (entry: CardEntry, cards: readonly TestCard[], nowMs: number): Instrument {
  const violations: Violation[] = []
  const number = entry.number.replace(/[\s-]/g, '')
  const card = cards.find(candidate => candidate.number === number)
  if (card === undefined) violations.push({ path: 'number', message: numberProblem(number) })
  const expiry = entry.expiry === undefined ? {} : readExpiry(entry.expiry, nowMs, violations)
  if (entry.cvc !== undefined && !valid.cvv(entry.cvc.trim(), 3).isValid) {
    violations.push({ path: 'cvc', message: 'The security code has three digits.' })
  }
  if (card === undefined || violations.length > 0) {
    throw new ApiError('INVALID_REQUEST_PARAMETERS', { violations, message: violations[0]?.message ?? 'The card is not valid.' })
  }
  const holder = entry.holder_name?.trim()
  return {
    payment_method: 'card',
    payment_method_type: card.type,
    card: { ...keptCard(card), ...expiry, ...(holder ? { holder_name: holder } : {}) },
    payment_method_id: null,
    outcome: cardOutcome(card)
  }
}

export function keptCard ({ number, network, type, country }: TestCard): KeptCard {
  return { last_four: number.slice(-4), network, type, country }
}

function numberProblem (number: string): string {
  if (number === '') return 'Enter a card number.'
  if (!valid.number(number).isValid) return 'This is not a valid card number.'
  return 'Only test cards are accepted here. Never enter a real card.'
}

function readExpiry (text: string, nowMs: number, violations: Violation[]): Pick<KeptCard, 'expiry_month' | 'expiry_year'> {
  const match = /^(\d{1,2})\s{0,5}[/-]?\s{0,5}(\d{4}|\d{2})$/.exec(text.trim())
  const month = Number(match?.[1])
  const year = match?.[2] === undefined ? NaN : Number(match[2].length === 2 ? `20${match[2]}` : match[2])
  if (match === null || month < 1 || month > 12) {
    violations.push({ path: 'expiry', message: 'Enter the expiry date as month and year, such as 06/32.' })
    return {}
  }
  if (Date.UTC(year, month) <= nowMs) { // a card is valid to the end of its month
    violations.push({ path: 'expiry', message: 'This card has expired.' })
    return {}
  }
  return { expiry_month: String(month).padStart(2, '0'), expiry_year: String(year) }
}

/** `success@upi` succeeds, `failure@upi` is declined, and any other id fails as invalid. */
export function upiInstrument (upiId: string): Instrument {
  const id = upiId.trim().toLowerCase()
  const outcome: Outcome = id === 'success@upi'
    ? APPROVED
    : { status: 'failed', error_code: id === 'failure@upi' ? GENERIC_DECLINE : 'INVALID_UPI_ID' }
  return { payment_method: 'upi', payment_method_type: 'upi_collect', card: null, payment_method_id: null, outcome }
}

/** A wallet, bank or pay-later service, to which the customer is redirected to approve or decline. */
export function redirectInstrument (method: string, type: string): Instrument {
  return {
    payment_method: method,
    payment_method_type: type,
    card: null,
    payment_method_id: null,
    outcome: { status: 'requires_customer_action', then: APPROVED }
  }
}
