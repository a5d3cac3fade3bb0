/**
 * The redirect back to the merchant: always to the return_url of the payment, with the result of the payment in its query.
 */
import { isOpen } from '../../resources/payments/states.js'
import type { CheckoutOptions, Payment } from '../../resources/payments/store.js'
import { missingScheme } from '../../rules/return-url.js'
import type { Sandbox } from '../../sandbox/sandbox.js'

/**
 * The next URL for a payment: its form while it is open, otherwise its status page or, with `redirect_immediately`, the return
 * URL. An embedded page cannot leave the iframe (`mayLeave`). Its status page reports the URL to the embedding page.
 */
export function nextUrl (payment: Payment, link: string, base: string, sandbox: Sandbox, mayLeave = true): string {
  if (isOpen(payment)) return `${base}/${link}`
  const leaves = mayLeave && payment.checkout.redirect_immediately === true && leadsBack(payment)
  const back = leaves ? returnUrl(payment, sandbox) : null
  return back ?? `${base}/status/${link}/${payment.status}`
}

/** Whether the return_url has a scheme. Without one, a redirect would only show an error of the browser. */
export function leadsBack (payment: Payment): boolean {
  const { return_url: given } = payment.checkout
  return given !== undefined && missingScheme(given) === null
}

/**
 * The return_url with `payment_id`, `status` and `email` after its own parameters; null without a return_url. A payment of a
 * subscription adds `subscription_id` and the status of the subscription instead, and `payment_id` only if it also pays for
 * one-time products. The licence keys of the payment follow as `license_key`, separated by commas.
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

/** The maximum number of keys in the URL, because browsers and servers limit its length. */
const KEYS_MAX = 50

function issuedKeys (paymentId: string, { licenseKeys }: Sandbox): string[] {
  return licenseKeys.ofPayment(paymentId).filter(({ source }) => source === 'auto').slice(0, KEYS_MAX).map(({ key }) => key)
}

/** The state of a subscription after a payment. */
function subscriptionStatus ({ status }: Payment): string {
  if (status === 'succeeded') return 'active'
  return status === 'failed' || status === 'cancelled' ? status : 'processing'
}

/**
 * The sources for `form-action` besides the emulator. Chromium applies `form-action` to every redirect after a form, including
 * the merchant's own, so that one host is not enough. They are only needed with `redirect_immediately`. Otherwise the redirect
 * starts on the status page, not from a form.
 */
export function formTargets ({ return_url: given, redirect_immediately: immediately }: CheckoutOptions): string[] {
  if (immediately !== true || given === undefined || !URL.canParse(given)) return []
  const { protocol } = new URL(given)
  return protocol === 'http:' || protocol === 'https:' ? ['http:', 'https:'] : [protocol]
}
