/**
 * What a customer can pay with in test mode, and what becomes of it: test cards by their number, test UPI ids, and the plain
 * "approve or decline" of everything else. Pure: the tables and the time are passed in. Of a card nothing leaves here but what
 * the contract shows: the last four digits, network, type, country, holder, expiry.
 */
import valid from 'card-validator'
import { ApiError, type Violation } from '../errors.js'

/** What becomes of a charge. */
export type Outcome =
  | { status: 'succeeded' }
  | { status: 'processing' }
  | { status: 'failed', error_code: string }
  /** The customer has to confirm first; `then` is what becomes of it once they have. */
  | { status: 'requires_customer_action', then: Outcome }

/** A card as it may be kept. */
export interface KeptCard {
  last_four: string
  network: string
  type: string
  /** Where the card was issued; null where the real service does not say, as for its test cards of the US. */
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
  /** Of a saved method. */
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
  /** What becomes of later charges of the saved card, where it differs. */
  later_charges?: { outcome: 'failed', error_code: string }
}

export interface FailureCode {
  /** For the merchant. */
  message: string
  /** For the customer, who is not told of theft or fraud. */
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

/** The outcome of a charge without the customer present: what would ask for a confirmation fails. */
export function laterOutcome (card: TestCard): Outcome {
  if (card.later_charges !== undefined) return { status: 'failed', error_code: card.later_charges.error_code }
  const outcome = cardOutcome(card)
  return outcome.status === 'requires_customer_action' ? { status: 'failed', error_code: 'AUTHENTICATION_REQUIRED' } : outcome
}

/** The same outcome, but confirmed by the customer first: `force_3ds`. */
export function confirmedFirst (outcome: Outcome): Outcome {
  return outcome.status === 'requires_customer_action' ? outcome : { status: 'requires_customer_action', then: outcome }
}

/** A card as typed into a form. */
export interface CardEntry {
  number: string
  /** `06/32`, `06/2032`; missing where only the number was given (the control API). */
  expiry?: string
  cvc?: string
  holder_name?: string
}

/**
 * The test card that was entered, as an instrument. Throws INVALID_REQUEST_PARAMETERS with a violation for each field
 * (`number`, `expiry`, `cvc`) that is wrong; a number that is no test card's is refused like a wrong one and appears nowhere.
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
  if (Date.UTC(year, month) <= nowMs) { // a card is good to the end of its month
    violations.push({ path: 'expiry', message: 'This card has expired.' })
    return {}
  }
  return { expiry_month: String(month).padStart(2, '0'), expiry_year: String(year) }
}

/** `success@upi` and `failure@upi`; any other id is refused by the scheme. */
export function upiInstrument (upiId: string): Instrument {
  const id = upiId.trim().toLowerCase()
  const outcome: Outcome = id === 'success@upi'
    ? APPROVED
    : { status: 'failed', error_code: id === 'failure@upi' ? GENERIC_DECLINE : 'INVALID_UPI_ID' }
  return { payment_method: 'upi', payment_method_type: 'upi_collect', card: null, payment_method_id: null, outcome }
}

/** A wallet, a bank or a pay-later service: the customer is sent there, and approves or declines. */
export function redirectInstrument (method: string, type: string): Instrument {
  return {
    payment_method: method,
    payment_method_type: type,
    card: null,
    payment_method_id: null,
    outcome: { status: 'requires_customer_action', then: APPROVED }
  }
}
