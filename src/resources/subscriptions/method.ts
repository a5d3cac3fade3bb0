/**
 * Replaces the payment method of a subscription: immediately by a saved one, or by one that the customer enters on a page. The
 * new method also pays any amount due, and the subscription recovers.
 */
import type { Schemas } from '../../contract/operations.js'
import { ApiError } from '../../errors.js'
import { formatTime } from '../../rules/calendar.js'
import { trialItems } from '../../rules/recurring.js'
import { checkReturnUrl } from '../../rules/return-url.js'
import type { Context } from '../../sandbox/sandbox.js'
import { checkPaymentMethods } from '../payments/rules.js'
import type { CheckoutOptions } from '../payments/store.js'
import { paymentLink } from '../payments/view.js'
import { collectAgain, makePayment, triedAgain, voidOpenPayments } from './charge.js'
import { note, transit } from './lifecycle.js'
import { methodAfter } from './mandate.js'
import { owedCharge, termsOf } from './pricing.js'
import { checkRecurringMethods } from './rules.js'
import { subscriptionStates } from './states.js'
import type { Dues, Subscription } from './store.js'

type MethodRequest = Schemas['UpdatePaymentMethodReq']
type MethodReply = Required<Schemas['UpdatePaymentMethodResponse']>

const NOTHING: MethodReply = { payment_id: null, payment_link: null, client_secret: null, expires_on: null }

const ATTEMPTS_MAX = 10

export function updatePaymentMethod (subscription: Subscription, body: MethodRequest, context: Context): MethodReply {
  checkMethod(subscription, body, context)
  if (body.type === 'existing') return useSaved(subscription, body.payment_method_id, context)
  return askForNew(subscription, body, context)
}

function checkMethod (subscription: Subscription, body: MethodRequest, context: Context): void {
  const { sandbox } = context
  const { subscription_id: id, customer_id: customerId, dues } = subscription
  subscriptionStates.check('change method', subscription, context)
  const customer = sandbox.customers.find(customerId) ?? null
  if (body.type === 'existing') {
    checkPaymentMethods({ payment_method_id: body.payment_method_id }, customer, sandbox)
  } else {
    const { allowed_payment_method_types: allowed = null, return_url: returnUrl = null } = body
    checkPaymentMethods({ allowed_payment_method_types: allowed }, customer, sandbox)
    checkRecurringMethods(allowed, sandbox)
    if (returnUrl !== null) checkReturnUrl(returnUrl)
  }
  if (owed(subscription) === null) return
  if (sandbox.payments.isInFlight(id)) {
    throw new ApiError('PREVIOUS_PAYMENT_PENDING', { path: 'subscription_id', because: `${dues?.payment_id} has not ended` })
  }
  if (dues !== null && dues.attempts >= ATTEMPTS_MAX) {
    throw new ApiError('SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED', {
      path: 'subscription_id', because: `the amount due of ${id} was charged ${dues.attempts} times: cancel the subscription`
    })
  }
}

/** The amount that must be paid before the subscription can continue. A charge in flight is not due yet. */
function owed ({ status, dues }: Subscription): Dues | null {
  return status === 'on_hold' || status === 'past_due' ? dues : null
}

function useSaved (subscription: Subscription, methodId: string, context: Context): MethodReply {
  const dues = owed(subscription)
  if (dues === null) {
    transit('change method', subscription, methodAfter(subscription, methodId, 0, context), context)
    return NOTHING
  }
  voidOpenPayments(subscription.subscription_id, context)
  return { ...NOTHING, payment_id: collectAgain(subscription, dues, { purpose: 'recovery', methodId }, context) }
}

function askForNew (
  subscription: Subscription, body: Extract<MethodRequest, { type: 'new' }>, context: Context
): MethodReply {
  const { sandbox, now } = context
  const dues = owed(subscription)
  const expiresAt = now + sandbox.settings.linkLifetimeUs
  const checkout: CheckoutOptions = {
    ...(body.return_url == null ? {} : { return_url: body.return_url }),
    ...(body.allowed_payment_method_types == null ? {} : { allowed_payment_method_types: body.allowed_payment_method_types })
  }
  const nothing = trialItems(termsOf(subscription), { amount: null, apply_discounts: false })
  voidOpenPayments(subscription.subscription_id, context)
  const payment = makePayment(subscription, {
    charge: dues?.charge ?? owedCharge(subscription, nothing, [], sandbox),
    purpose: dues === null ? 'method_update' : 'recovery',
    link: { expires_at: expiresAt, checkout }
  }, context)
  if (dues !== null) note(subscription, { dues: triedAgain(dues, payment.payment_id) }, context)
  return {
    payment_id: payment.payment_id,
    payment_link: paymentLink('long', payment.seq, context),
    client_secret: payment.client_secret,
    expires_on: formatTime(expiresAt)
  }
}
