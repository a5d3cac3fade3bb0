/**
 * Handles a submitted details form: creates the payment of the session and, on a single page, makes the first attempt. Runs
 * inside a transaction. Mistakes of the customer are found before anything is written, and are returned, not thrown.
 */
import { ApiError, type Violation } from '../../../errors.js'
import {
  asksForMethod, buyerOf, decidePurchase, makePayment, optionsFor, type CheckoutSale, type Details, type Purchase
} from '../../../resources/checkouts/purchase.js'
import { isWrongChoice } from '../../../resources/checkouts/choice.js'
import type { NewSession } from '../../../resources/checkouts/store.js'
import type { Terms } from '../../../resources/checkouts/terms.js'
import { withLanguage } from '../../../resources/payments/language.js'
import { attempt, cancel, completeFree } from '../../../resources/payments/lifecycle.js'
import type { Payment } from '../../../resources/payments/store.js'
import type { Instrument } from '../../../rules/instruments.js'
import type { Context } from '../../../sandbox/sandbox.js'
import { moneyText, type Problem } from '../../fragments.js'
import type { PageContext } from '../../page-context.js'
import { offerFor, type Offer } from '../methods.js'
import { problemOf, readForm, readInstrument, savesMethod } from '../submission.js'
import { addonProblems } from './addons.js'
import { CHOICE_ID } from './choice.js'
import { draftDetails, entryOf, readDetails, readEntries } from './form.js'
import { shownTotal } from './page.js'
import { draftSale, problemsOfSale } from './quote.js'
import { withWallet, type ExpressForm } from './wallet.js'

export type Submitted =
  | { payment: Payment }
  | { problems: Problem[] }

export interface Submission {
  /** With the chosen product in its terms. */
  session: NewSession
  /** False for the session of a static link, which is inserted with its payment. */
  isStored: boolean
  /** The open payment of another choice, which is cancelled; null without one. */
  replaced: Payment | null
}

export function submitDetails ({ session, isStored, replaced }: Submission, sent: unknown, context: PageContext): Submitted {
  const { terms } = session
  const { sandbox } = context
  const { body, isTotalShownLater } = withWallet(sent, terms, sandbox)
  const problems: Problem[] = addonProblems(terms, body, context)
  if (isWrongChoice(terms, entryOf(body, 'product_id'), sandbox)) {
    problems.push({ field: CHOICE_ID, message: context.locale.text('problem.notOffered') })
  }
  const purchase = purchaseOf(terms, body, context, problems)
  const pays = readForm(body).action === 'pay'
  if (purchase === null) return { problems: pays ? [...problems, ...methodProblems(terms, body, context)] : problems }
  const single = !pays ? null : readPayment(purchase, { terms, body, isTotalShownLater }, context, problems)
  if (problems.length > 0) return { problems }
  if (!isStored) sandbox.checkouts.insert(session)
  if (replaced !== null) cancel(replaced, context)
  const { seq } = makePayment(session, purchase, context)
  const payment = withLanguage(stored(seq, context), context.locale.tag, context)
  if (single !== null) tryToPay(payment, single, context)
  return { payment: stored(seq, context) }
}

function purchaseOf (terms: Terms, body: unknown, context: PageContext, problems: Problem[]): Purchase | null {
  let details: Details
  try {
    details = readDetails(readEntries(body, terms, context), terms, context)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    problems.push(...(error.details ?? []).map(({ path, message }) => ({ field: path, message })))
    return null
  }
  try {
    return decidePurchase(terms, details, context)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    problems.push(...problemsOfSale(error, context))
    return null
  }
}

/** The payment of a single page; the instrument is null if none is needed. */
interface SinglePayment {
  instrument: Instrument | null
  saveMethod: boolean
}

interface SentPayment extends ExpressForm {
  terms: Terms
}

function readPayment (
  { sale, details }: Purchase, { terms, body, isTotalShownLater }: SentPayment, context: PageContext, problems: Problem[]
): SinglePayment | null {
  const { priced } = sale.now
  if (!isTotalShownLater && entryOf(body, 'shown_total') !== shownTotal(priced)) {
    const amount = moneyText(priced.total, priced.currency, context)
    problems.push({ field: null, message: context.locale.text('problem.total', { amount }) })
    return null
  }
  if (!asksForMethod(sale)) return { instrument: null, saveMethod: false }
  const form = readForm(body)
  const violations: Violation[] = []
  const offer = offerOf(sale, terms, details, context)
  const instrument = readInstrument(form, offer, context, violations)
  problems.push(...violations.map(violation => problemOf(violation, context.locale)))
  return { instrument, saveMethod: savesMethod(form, offer) }
}

/** The mistakes of the payment method of a form whose details are wrong, so that the customer sees all mistakes at once. */
function methodProblems (terms: Terms, body: unknown, context: PageContext): Problem[] {
  const violations: Violation[] = []
  try {
    const wanted = draftDetails(readEntries(body, terms, context), terms, context)
    const { sale, details } = draftSale(terms, wanted, context)
    if (asksForMethod(sale)) readInstrument(readForm(body), offerOf(sale, terms, details, context), context, violations)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error // without a price, no methods are offered
  }
  return violations.map(violation => problemOf(violation, context.locale))
}

/** The payment methods for a sale that has no payment yet. */
export function offerOf (
  { now: { priced }, start }: CheckoutSale, terms: Terms, { known }: Details, { sandbox }: Context
): Offer {
  const { customer, country } = buyerOf(terms, known, sandbox)
  return offerFor({
    country,
    currency: priced.currency,
    total_amount: priced.total,
    customer_id: customer?.customer_id ?? null,
    options: optionsFor(terms, known),
    isRecurring: start !== null
  }, sandbox)
}

function tryToPay (payment: Payment, { instrument, saveMethod }: SinglePayment, context: Context): void {
  if (instrument === null) completeFree(payment, context)
  else attempt(payment, instrument, context, { saveMethod })
}

function stored (seq: number, { sandbox: { payments } }: Context): Payment {
  const payment = payments.findBySeq(seq)
  if (payment === undefined) throw new Error(`payment ${seq} is gone`)
  return payment
}
