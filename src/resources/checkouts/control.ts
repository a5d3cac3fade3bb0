/** The control operations of checkout sessions: listing them, and acting as their customers. */
import { ApiError, invalid } from '../../errors.js'
import type { ControlHandlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { offeredProducts } from '../product-collections/offered.js'
import { isWrongChoice, withChoice } from './choice.js'
import { asksForMethod, decidePurchase, makePayment, paymentOf } from './purchase.js'
import type { Session } from './store.js'
import { checkoutUrl } from './view.js'
import { abandon } from '../payments/abandonment.js'
import { expire } from '../payments/lifecycle.js'
import { hasExpired, isOpen } from '../payments/states.js'
import { findSession } from './rules.js'
import { findPayment } from '../payments/rules.js'
import type { Payment } from '../payments/store.js'
import { paymentResponse } from '../payments/view.js'
import { formatOptionalTime, formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { givenDetails } from './given-details.js'
import { pay, payerOf } from '../payments/pay.js'
import type { components } from '../../contract/control-types.gen.js'

type ControlSchemas = components['schemas']

export const checkoutControls = {
  'GET /_emulator/checkouts': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    const sessions = context.sandbox.checkouts.list(filter.state ?? null, context.now, limit, offset)
    return { items: sessions.map(session => checkoutView(session, context)) }
  },

  'GET /_emulator/checkouts/{session_id}': ({ path, context }) =>
    checkoutView(findSession(path.session_id, context, 'session_id'), context),

  'POST /_emulator/checkouts/{session_id}/pay': ({ body = {}, path, context }) => {
    const { how, details } = split(body)
    const session = findSession(path.session_id, context, 'session_id')
    const payment = paymentOf(session, context.sandbox)
    if (payment !== undefined) {
      checkPayable(session, payment, context)
      checkUntouched(session, details)
      pay(payment, how, context)
      return paymentResponse(findPayment(payment.payment_id, context), context)
    }
    checkUnexpired(session, context)
    const chosen = withGivenChoice(session, details, context)
    const purchase = decidePurchase(chosen.terms, givenDetails(chosen, details, context), context)
    const hasCard = purchase.sale.start !== null && how.card !== undefined
    const payer = payerOf(how, !asksForMethod(purchase.sale) && !hasCard, context)
    const { payment_id: paymentId } = makePayment(chosen, purchase, context)
    payer(findPayment(paymentId, context), context)
    return paymentResponse(findPayment(paymentId, context), context)
  },

  'POST /_emulator/checkouts/{session_id}/expire': ({ path, context }) => {
    const session = findSession(path.session_id, context, 'session_id')
    const payment = paymentOf(session, context.sandbox)
    checkUnexpired(session, context)
    if (payment !== undefined) {
      checkPayable(session, payment, context)
      expire(payment, context)
    }
    context.sandbox.checkouts.setExpiry(session.session_id, context.now)
    return checkoutView(findSession(session.session_id, context), context)
  },

  'POST /_emulator/checkouts/{session_id}/abandon': ({ body = {}, path, context }) => {
    const session = findSession(path.session_id, context, 'session_id')
    const payment = paymentOf(session, context.sandbox)
    if (payment === undefined) checkUnexpired(session, context)
    else checkUntouched(session, body)
    const { payment_id: paymentId } = payment ?? submit(session, body, context)
    abandon(findPayment(paymentId, context), context)
    return paymentResponse(findPayment(paymentId, context), context)
  }
} satisfies ControlHandlers

/** Splits a request into how to pay and the customer's details. */
function split ({ card, outcome, error_code: errorCode, ...details }: ControlSchemas['PayCheckout']) {
  const how: ControlSchemas['Pay'] = {
    ...(card === undefined ? {} : { card }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(errorCode === undefined ? {} : { error_code: errorCode })
  }
  return { how, details }
}

function submit (session: Session, details: ControlSchemas['CheckoutDetails'], context: Context): { payment_id: string } {
  const chosen = withGivenChoice(session, details, context)
  return makePayment(chosen, decidePurchase(chosen.terms, givenDetails(chosen, details, context), context), context)
}

/** The session with the product that the request chooses. The default is the preselected product of its collection. */
function withGivenChoice (
  session: Session, { product_id: productId }: ControlSchemas['CheckoutDetails'], { sandbox }: Context
): Session {
  const { session_id: id, terms } = session
  if (productId === undefined) return { ...session, terms: withChoice(terms, null, sandbox) }
  if (terms.collection_id === undefined) {
    throw invalid('product_id', `Checkout session ${id} has no product collection: omit product_id`)
  }
  if (isWrongChoice(terms, productId, sandbox)) {
    const offered = offeredProducts(terms.collection_id, sandbox).map(product => product.product_id).join(', ')
    throw invalid('product_id', `Checkout session ${id} does not offer ${productId}: choose one of ${offered || 'no products'}`)
  }
  return { ...session, terms: withChoice(terms, productId, sandbox) }
}

function checkUnexpired ({ session_id: id, expires_at: expiresAt }: Session, { now }: Context): void {
  if (expiresAt > now) return
  throw invalid('session_id', `Checkout session ${id} expired at ${formatTime(expiresAt)}: create a new one`)
}

/** Throws if the session's payment can no longer be paid. */
function checkPayable ({ session_id: id }: Session, payment: Payment, { now }: Context): void {
  const { payment_id: paymentId, status, expires_at: expiresAt } = payment
  if (!isOpen(payment)) throw invalid('session_id', `Checkout session ${id} is completed: its payment ${paymentId} is ${status}`)
  if (hasExpired(payment, now)) {
    const time = formatTime(expiresAt ?? 0)
    throw invalid('session_id', `Checkout session ${id} and its payment ${paymentId} expired at ${time}: create a new session`)
  }
}

/** Details can be submitted once. Throws if a session with a payment receives details. */
function checkUntouched ({ session_id: id, payment_id: paymentId }: Session, details: ControlSchemas['CheckoutDetails']): void {
  const violations = Object.keys(details).map(path => ({ path, message: 'was already submitted' }))
  if (violations.length === 0) return
  throw new ApiError('INVALID_REQUEST_PARAMETERS', {
    violations,
    message: `The details of checkout session ${id} were already submitted and created payment ${paymentId}: omit ${
      Object.keys(details).join(', ')}`
  })
}

function checkoutView (session: Session, context: Context): ControlSchemas['Checkout'] {
  const { sandbox, now } = context
  const { terms, payment_id: paymentId } = session
  const payment = paymentId === null ? undefined : sandbox.payments.find(paymentId)
  const { email, name } = payment?.customer ?? terms.known
  return {
    session_id: session.session_id,
    state: paymentId !== null ? 'submitted' : session.expires_at > now ? 'open' : 'expired',
    created_at: formatTime(session.created_at),
    expires_at: formatTime(session.expires_at),
    checkout_url: checkoutUrl(session.session_id, session.seq, false, context),
    payment_id: paymentId,
    payment_status: payment?.status ?? null,
    customer_id: payment?.customer_id ?? terms.customer_id,
    customer_email: email,
    customer_name: name,
    country: terms.known.country,
    abandoned_at: formatOptionalTime(payment?.abandoned_at ?? null),
    product_cart: terms.cart,
    product_collection_id: terms.collection_id ?? null,
    billing_currency: terms.currency,
    discount_codes: terms.codes,
    return_url: terms.options.return_url ?? null,
    cancel_url: terms.cancel_url,
    metadata: terms.metadata
  }
}
