/** Writes the e-mails about payments, refunds, subscriptions and grants, in the transaction that causes them. */
import { formatDay } from '../../rules/calendar.js'
import type { EmailType } from '../../rules/email-types.js'
import { format } from '../../rules/money.js'
import type { ChangedSubscription, SubscriptionChange } from '../../sandbox/effects.js'
import type { Context } from '../../sandbox/sandbox.js'
import { deliveredFiles } from '../entitlements/view.js'
import { needsAccount } from '../grants/states.js'
import type { Grant, GrantStatus } from '../grants/store.js'
import { checkoutUrl } from '../checkouts/view.js'
import type { Payment } from '../payments/store.js'
import { paymentLink } from '../payments/view.js'
import type { Refund } from '../refunds/store.js'
import type { Stored } from '../stores.js'
import type { Email } from './store.js'
import { asHtml, asText, subjectLine, type Block, type Content } from './templates.js'

/** The objects that an e-mail is about. */
interface About extends Pick<Email, 'customer_id'>, Partial<Pick<Email, 'payment_id' | 'subscription_id' | 'grant_id'>> {
  brand_id: string
}

function send (type: EmailType, about: About, content: Content, { sandbox, now }: Context): void {
  const customer = sandbox.customers.find(about.customer_id)
  if (customer === undefined) return
  const sender = sandbox.brands.find(about.brand_id)?.name ?? sandbox.business.name
  const subject = subjectLine(content.subject)
  sandbox.emails.insert({
    email_id: sandbox.ids.next('eml', now),
    type,
    sender: subjectLine(sender),
    recipient: customer.email,
    subject,
    text: asText(content.blocks, sender),
    html: asHtml(subject, content.blocks, sender),
    customer_id: about.customer_id,
    payment_id: about.payment_id ?? null,
    subscription_id: about.subscription_id ?? null,
    grant_id: about.grant_id ?? null,
    created_at: now,
    smtp_status: sandbox.settings.sendsEmails ? 'waiting' : null,
    smtp_due_ms: sandbox.settings.sendsEmails ? 0 : null,
    smtp_attempts: 0,
    smtp_error: null
  })
}

const money = (amount: number, currency: string, { sandbox }: Context) => format(amount, currency, sandbox.reference.currencies)

const LINES_SHOWN = 20

export function mailReceipt (payment: Payment, context: Context): void {
  const total = money(payment.total_amount, payment.currency, context)
  const names = payment.lines.slice(0, LINES_SHOWN).map(({ name, product_id: id, quantity }) => `${quantity} × ${name ?? id}`)
  const more = payment.lines.length - names.length
  send('payment_receipt', payment, {
    subject: `Your receipt for ${total}`,
    blocks: [
      `We have received your payment of ${total}.`,
      ...names,
      ...(more > 0 ? [`and ${more} more`] : []),
      { link: 'Download the invoice', url: `${context.baseUrl}/invoices/payments/${payment.payment_id}` }
    ]
  }, context)
}

export function mailRefund (refund: Refund, payment: Payment, context: Context): void {
  const amount = money(refund.amount, refund.currency, context)
  send('refund_receipt', payment, {
    subject: `Your refund of ${amount}`,
    blocks: [
      `We have refunded ${amount} of your payment ${payment.payment_id}.`,
      { link: 'Download the receipt', url: `${context.baseUrl}/invoices/refunds/${refund.refund_id}` }
    ]
  }, context)
}

/** A charge without the customer has failed, such as a renewal. */
export function mailFailedCharge (payment: Payment, errorCode: string, context: Context): void {
  const total = money(payment.total_amount, payment.currency, context)
  const reason = context.sandbox.reference.failureCodes[errorCode]?.message
  send('payment_failed', payment, {
    subject: `Your payment of ${total} did not go through`,
    blocks: [
      `We tried to charge ${total} for ${goodsOf(payment)}.`,
      ...(reason === undefined ? [] : [reason]),
      'Please check your payment method.'
    ]
  }, context)
}

export function mailAbandoned (payment: Payment, context: Context): void {
  const { sandbox } = context
  const session = payment.checkout_session_id === null ? undefined : sandbox.checkouts.find(payment.checkout_session_id)
  const isOpen = payment.expires_at === null || payment.expires_at > context.now
  const link = session === undefined
    ? paymentLink(payment.link, payment.seq, context)
    : checkoutUrl(session.session_id, session.seq, false, context)
  send('abandoned_checkout', payment, {
    subject: `Your order of ${goodsOf(payment)} is waiting for you`,
    blocks: [
      `You have not completed your order of ${goodsOf(payment)}.`,
      ...(link !== null && isOpen ? [{ link: 'Complete your order', url: link }] : [])
    ]
  }, context)
}

/** `Editor`, or `Editor and 2 more`. */
function goodsOf ({ lines }: Payment): string {
  const [first] = lines
  const name = first?.name ?? first?.product_id ?? 'your order'
  return lines.length > 1 ? `${name} and ${lines.length - 1} more` : name
}

export function mailRenewal (
  subscription: Stored<'subscriptions'>, charge: { total: number, currency: string } | null, context: Context
): void {
  const { plan, product_id: productId, next_billing_date: date, in_trial: inTrial } = subscription
  const name = plan.name ?? productId
  const day = formatDay(date)
  send('renewal_reminder', subscription, {
    subject: inTrial ? `Your trial of ${name} ends on ${day}` : `${name} renews on ${day}`,
    blocks: [
      inTrial ? `Your trial of ${name} ends on ${day}. Your subscription then begins.` : `Your subscription renews on ${day}.`,
      ...(charge === null ? [] : [`We will charge ${money(charge.total, charge.currency, context)}.`])
    ]
  }, context)
}

const SUBSCRIPTION_MAILS: Partial<Record<SubscriptionChange, { type: EmailType, subject: string, text: string }>> = {
  on_hold: {
    type: 'subscription_on_hold',
    subject: 'Your subscription is on hold',
    text: 'We could not charge your payment method, so the subscription is on hold. Update the payment method to continue.'
  },
  cancelled: {
    type: 'subscription_cancelled',
    subject: 'Your subscription is cancelled',
    text: 'It was cancelled and will not be charged again.'
  },
  expired: { type: 'subscription_expired', subject: 'Your subscription has ended', text: 'The term of the subscription is over.' }
}

export function mailSubscription (subscription: ChangedSubscription, to: SubscriptionChange, context: Context): void {
  const mail = SUBSCRIPTION_MAILS[to]
  if (mail === undefined) return
  const name = context.sandbox.products.find(subscription.product_id)?.name ?? subscription.product_id
  send(mail.type, subscription, { subject: `${mail.subject}: ${name}`, blocks: [`${name}`, mail.text] }, context)
}

const REMINDERS: Record<Stored<'dunning'>['trigger_state'], string> = {
  past_due: 'We could not charge your payment method. Update it soon to keep your subscription.',
  on_hold: 'We could not charge your payment method. Update it to continue your subscription.',
  cancelled: 'You have cancelled your subscription. You can subscribe again at any time.'
}

export function mailDunning (
  subscription: Stored<'subscriptions'>, trigger: Stored<'dunning'>['trigger_state'], context: Context
): void {
  const name = subscription.plan.name ?? subscription.product_id
  send('dunning', subscription, { subject: `Your subscription: ${name}`, blocks: [name, REMINDERS[trigger]] }, context)
}

export function mailGrant (grant: Grant, from: GrantStatus | null, context: Context): void {
  const { sandbox, baseUrl } = context
  const name = sandbox.entitlements.find(grant.entitlement_id)?.name ?? sandbox.products.find(grant.product_id)?.name ?? ''
  const mail = (type: EmailType, subject: string, blocks: Block[]) => { send(type, grant, { subject, blocks }, context) }
  if (grant.status === 'Failed') {
    return mail('entitlement_failed', `${name} could not be delivered`, [grant.error_message ?? 'The platform refused it.'])
  }
  if (grant.status === 'Revoked') {
    return mail('entitlement_revoked', `Your access to ${name} has ended`, [`${name} is no longer available to you.`])
  }
  if (grant.status === 'Pending') {
    if (!needsAccount(grant) || grant.oauth_token === null) return
    const url = `${baseUrl}/entitlements/oauth/${grant.oauth_token}`
    const subject = `Connect your account to use ${name}`
    return mail('entitlement_invite', subject, [`${subject}.`, { link: 'Connect', url }])
  }
  if (from === 'Revoked') return
  if (grant.integration_type === 'license_key') {
    mail('license_key', `Your licence key for ${name}`, keyBlocks(grant, context))
  } else if (grant.integration_type === 'digital_files') mail('digital_files', `Your files: ${name}`, fileBlocks(grant, context))
}

function keyBlocks (grant: Grant & { integration_type: 'license_key' }, { sandbox }: Context): Block[] {
  const key = sandbox.licenseKeys.ofGrant(grant.grant_id)
  const { activation_message: message } = grant.config
  return [
    'This is your licence key:',
    { code: key?.key ?? '' },
    ...(message === null ? [] : [message]),
    ...(key?.expires_at == null ? [] : [`It is valid until ${formatDay(key.expires_at)}.`])
  ]
}

function fileBlocks (grant: Grant & { integration_type: 'digital_files' }, context: Context): Block[] {
  const { files, external_url: external, instructions } = deliveredFiles(grant.config, grant.grant_id, context)
  return [
    ...(instructions === null ? [] : [instructions]),
    ...files.map(({ filename, download_url: url }) => ({ link: filename, url })),
    ...(external === null ? [] : [{ link: external, url: external }])
  ]
}

export function mailPortalLink (customerId: string, link: string, context: Context): void {
  send('portal_link', { customer_id: customerId, brand_id: context.sandbox.business.business_id }, {
    subject: 'Your link to your account',
    blocks: ['Open your account with this link. It works for 24 hours.', { link: 'Open your account', url: link }]
  }, context)
}
