/**
 * The way back to the merchant: only ever to the payment's own return_url, with what became of the payment added to its query.
 */
import { isOpen } from '../../resources/payments/states.js'
import type { CheckoutOptions, Payment } from '../../resources/payments/store.js'
import { missingScheme } from '../../rules/return-url.js'
import type { Sandbox } from '../../sandbox/sandbox.js'

/**
 * Where a payment is found now: its form while it is open, else its status page, or, with `redirect_immediately`, the merchant's.
 * A page in a frame can't leave it by itself (`mayLeave`): its status page tells the page around it where to go.
 */
export function nextUrl (payment: Payment, link: string, base: string, sandbox: Sandbox, mayLeave = true): string {
  if (isOpen(payment)) return `${base}/${link}`
  const leaves = mayLeave && payment.checkout.redirect_immediately === true && leadsBack(payment)
  const back = leaves ? returnUrl(payment, sandbox) : null
  return back ?? `${base}/status/${link}/${payment.status}`
}

/** Whether the return_url leads somewhere: a browser that is sent to another would only show an error of its own. */
export function leadsBack (payment: Payment): boolean {
  const { return_url: given } = payment.checkout
  return given !== undefined && missingScheme(given) === null
}

/**
 * The return_url with `payment_id`, `status` and `email` after its own parameters; null where the merchant gave none. A payment
 * of a subscription has `subscription_id` and the status of the subscription instead, and `payment_id` too where something was
 * sold once with it. The licence keys that the payment issued follow as `license_key`, separated by commas.
 */
export function returnUrl (payment: Payment, sandbox: Sandbox): string | null {
  const { return_url: given } = payment.checkout
  if (given === undefined || !URL.canParse(given)) return null
  const url = new URL(given)
  const { subscription_id: subscriptionId, lines } = payment
  if (subscriptionId !== null) url.searchParams.append('subscription_id', subscriptionId)
  if (subscriptionId === null || lines.some(({ kind }) => kind === undefined)) {
    url.searchParams.append('payment_id', payment.payment_id)
  }
  url.searchParams.append('status', subscriptionId === null ? payment.status : subscriptionStatus(payment))
  url.searchParams.append('email', payment.customer.email)
  const keys = payment.status === 'succeeded' ? issuedKeys(payment.payment_id, sandbox) : []
  if (keys.length > 0) url.searchParams.append('license_key', keys.join())
  return url.href
}

/** So many keys go into a URL: browsers and servers limit its length. */
const KEYS_MAX = 50

function issuedKeys (paymentId: string, { licenseKeys }: Sandbox): string[] {
  return licenseKeys.ofPayment(paymentId).filter(({ source }) => source === 'auto').slice(0, KEYS_MAX).map(({ key }) => key)
}

/** The state that a payment leaves its subscription in. */
function subscriptionStatus ({ status }: Payment): string {
  if (status === 'succeeded') return 'active'
  return status === 'failed' || status === 'cancelled' ? status : 'processing'
}

/**
 * What the checkout's forms may lead to. Chromium holds every redirect after a form against the page's `form-action`, the
 * merchant's own redirects included, so that naming one host is not enough. As a rule the way back begins on the status page,
 * which is no form's redirect, and nothing has to be allowed; only `redirect_immediately` goes there straight from the form.
 */
export function formTargets ({ return_url: given, redirect_immediately: immediately }: CheckoutOptions): string[] {
  if (immediately !== true || given === undefined || !URL.canParse(given)) return []
  const { protocol } = new URL(given)
  return protocol === 'http:' || protocol === 'https:' ? ['http:', 'https:'] : [protocol]
}
