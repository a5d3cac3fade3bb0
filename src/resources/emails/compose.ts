/**
 * Writes the e-mails about payments, refunds, subscriptions and grants, in the transaction that causes them. E-mails about a
 * payment are in its language, others in that of the customer's latest checkout.
 */
import { localeFor, type Locale, type PlainKey } from '../../messages/locale.js'
import { failureText, moneyText, type Shown } from '../../messages/texts.js'
import type { EmailType } from '../../rules/email-types.js'
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
import { subjectLine, type Block, type Content } from './templates.js'

/** The objects that an e-mail is about. */
interface About extends Pick<Email, 'customer_id'>, Partial<Pick<Email, 'payment_id' | 'subscription_id' | 'grant_id'>> {
  brand_id: string
  /** The language of the payment. Absent for e-mails that are not about a payment. */
  language?: string | null
}

/** Writes an e-mail in a language. */
type Write = (shown: Shown) => Content

function send (type: EmailType, about: About, write: Write, { sandbox, now }: Context): void {
  const customer = sandbox.customers.find(about.customer_id)
  if (customer === undefined) return
  const locale = localeFor(about.language === undefined ? customer.language : about.language)
  const content = write({ sandbox, locale })
  const sender = sandbox.brands.find(about.brand_id)?.name ?? sandbox.business.name
  sandbox.emails.insert({
    email_id: sandbox.ids.next('eml', now),
    type,
    sender: subjectLine(sender),
    recipient: customer.email,
    subject: subjectLine(content.subject),
    content: { tag: locale.tag, direction: locale.direction, blocks: content.blocks },
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

const LINES_SHOWN = 20

export function mailReceipt (payment: Payment, context: Context): void {
  const { lines } = payment
  const hidden = lines.length - LINES_SHOWN
  send('payment_receipt', payment, shown => {
    const { locale: { text, number } } = shown
    const amount = moneyText(payment.total_amount, payment.currency, shown)
    return {
      subject: text('email.receipt', { amount }),
      blocks: [
        text('email.received', { amount }),
        ...lines.slice(0, LINES_SHOWN).map(({ name, product_id: id, quantity }) => `${number(quantity)} × ${name ?? id}`),
        ...(hidden > 0 ? [text('email.more', { count: hidden })] : []),
        { link: text('email.invoice'), url: `${context.baseUrl}/invoices/payments/${payment.payment_id}` }
      ]
    }
  }, context)
}

export function mailRefund (refund: Refund, payment: Payment, context: Context): void {
  send('refund_receipt', payment, shown => {
    const { locale: { text } } = shown
    const amount = moneyText(refund.amount, refund.currency, shown)
    return {
      subject: text('email.refund', { amount }),
      blocks: [
        text('email.refunded', { amount, payment: payment.payment_id }),
        { link: text('email.refundReceipt'), url: `${context.baseUrl}/invoices/refunds/${refund.refund_id}` }
      ]
    }
  }, context)
}

/** A charge without the customer has failed, such as a renewal. */
export function mailFailedCharge (payment: Payment, errorCode: string, context: Context): void {
  send('payment_failed', payment, shown => {
    const { locale, locale: { text } } = shown
    const amount = moneyText(payment.total_amount, payment.currency, shown)
    const reason = failureText(errorCode, shown)
    return {
      subject: text('email.failed', { amount }),
      blocks: [
        text('email.failedText', { amount, goods: goodsOf(payment, locale) }),
        ...(reason === null ? [] : [reason]),
        text('email.checkMethod')
      ]
    }
  }, context)
}

export function mailAbandoned (payment: Payment, context: Context): void {
  const { sandbox } = context
  const session = payment.checkout_session_id === null ? undefined : sandbox.checkouts.find(payment.checkout_session_id)
  const isOpen = payment.expires_at === null || payment.expires_at > context.now
  const link = session === undefined
    ? paymentLink(payment.link, payment.seq, context)
    : checkoutUrl(session.session_id, session.seq, false, context)
  send('abandoned_checkout', payment, ({ locale, locale: { text } }) => {
    const goods = goodsOf(payment, locale)
    return {
      subject: text('email.abandoned', { goods }),
      blocks: [
        text('email.abandonedText', { goods }),
        ...(link !== null && isOpen ? [{ link: text('email.completeOrder'), url: link }] : [])
      ]
    }
  }, context)
}

/** `Editor`, or `Editor and 2 more`. */
function goodsOf ({ lines }: Payment, { text }: Locale): string {
  const [first] = lines
  const name = first?.name ?? first?.product_id ?? text('email.yourOrder')
  return lines.length > 1 ? text('common.andMore', { name, count: lines.length - 1 }) : name
}

export function mailRenewal (
  subscription: Stored<'subscriptions'>, charge: { total: number, currency: string } | null, context: Context
): void {
  const { next_billing_date: nextDate, in_trial: inTrial } = subscription
  send('renewal_reminder', subscription, shown => {
    const { locale: { day, text } } = shown
    const values = { plan: planName(subscription), date: day(nextDate) }
    return {
      subject: inTrial ? text('email.trialEnds', values) : text('email.renews', values),
      blocks: [
        inTrial ? text('email.trialEndsText', values) : text('email.renewsText', { date: values.date }),
        ...(charge === null ? [] : [text('email.willCharge', { amount: moneyText(charge.total, charge.currency, shown) })])
      ]
    }
  }, context)
}

function planName ({ plan, product_id: productId }: Stored<'subscriptions'>): string {
  return plan.name ?? productId
}

const SUBSCRIPTION_MAILS = {
  on_hold: { type: 'subscription_on_hold', subject: 'email.onHold', text: 'email.onHoldText' },
  cancelled: { type: 'subscription_cancelled', subject: 'email.cancelled', text: 'email.cancelledText' },
  expired: { type: 'subscription_expired', subject: 'email.expired', text: 'email.expiredText' }
} as const

export function mailSubscription (subscription: ChangedSubscription, to: SubscriptionChange, context: Context): void {
  if (to !== 'on_hold' && to !== 'cancelled' && to !== 'expired') return
  const mail = SUBSCRIPTION_MAILS[to]
  const plan = context.sandbox.products.find(subscription.product_id)?.name ?? subscription.product_id
  send(mail.type, subscription, ({ locale: { text } }) =>
    ({ subject: text(mail.subject, { plan }), blocks: [plan, text(mail.text)] }), context)
}

const REMINDERS: Record<Stored<'dunning'>['trigger_state'], PlainKey> = {
  past_due: 'email.dunningPastDue',
  on_hold: 'email.dunningOnHold',
  cancelled: 'email.dunningCancelled'
}

export function mailDunning (
  subscription: Stored<'subscriptions'>, trigger: Stored<'dunning'>['trigger_state'], context: Context
): void {
  const plan = planName(subscription)
  send('dunning', subscription, ({ locale: { text } }) =>
    ({ subject: text('email.dunning', { plan }), blocks: [plan, text(REMINDERS[trigger])] }), context)
}

export function mailGrant (grant: Grant, from: GrantStatus | null, context: Context): void {
  const { sandbox } = context
  const name = sandbox.entitlements.find(grant.entitlement_id)?.name ?? sandbox.products.find(grant.product_id)?.name ?? ''
  const mail = (type: EmailType, write: (locale: Locale) => Content) => {
    send(type, grant, ({ locale }) => write(locale), context)
  }
  if (grant.status === 'Failed') {
    const { error_message: reason } = grant
    return mail('entitlement_failed', ({ text, isolate }) => ({
      subject: text('email.notDelivered', { name }),
      blocks: [reason === null ? text('email.refusedByPlatform') : isolate(reason)]
    }))
  }
  if (grant.status === 'Revoked') {
    return mail('entitlement_revoked', ({ text }) =>
      ({ subject: text('email.accessEnded', { name }), blocks: [text('email.accessEndedText', { name })] }))
  }
  if (grant.status === 'Pending') {
    if (!needsAccount(grant) || grant.oauth_token === null) return
    const url = `${context.baseUrl}/entitlements/oauth/${grant.oauth_token}`
    return mail('entitlement_invite', ({ text }) =>
      ({ subject: text('email.connect', { name }), blocks: [{ link: text('email.connectLink'), url }] }))
  }
  if (from === 'Revoked') return
  if (grant.integration_type === 'license_key') {
    mail('license_key', locale => ({ subject: locale.text('email.key', { name }), blocks: keyBlocks(grant, locale, context) }))
  } else if (grant.integration_type === 'digital_files') {
    mail('digital_files', locale =>
      ({ subject: locale.text('email.files', { name }), blocks: fileBlocks(grant, locale, context) }))
  }
}

function keyBlocks (
  grant: Grant & { integration_type: 'license_key' }, { day, text, isolate }: Locale, { sandbox }: Context
): Block[] {
  const key = sandbox.licenseKeys.ofGrant(grant.grant_id)
  const { activation_message: message } = grant.config
  return [
    text('email.keyText'),
    { code: key?.key ?? '' },
    ...(message === null ? [] : [isolate(message)]),
    ...(key?.expires_at == null ? [] : [text('email.keyValid', { date: day(key.expires_at) })])
  ]
}

function fileBlocks (grant: Grant & { integration_type: 'digital_files' }, { isolate }: Locale, context: Context): Block[] {
  const { files, external_url: external, instructions } = deliveredFiles(grant.config, grant.grant_id, context)
  return [
    ...(instructions === null ? [] : [isolate(instructions)]),
    ...files.map(({ filename, download_url: url }) => ({ link: filename, url })),
    ...(external === null ? [] : [{ link: external, url: external }])
  ]
}

export function mailPortalLink (customerId: string, link: string, context: Context): void {
  const about = { customer_id: customerId, brand_id: context.sandbox.business.business_id }
  send('portal_link', about, ({ locale: { text } }) => ({
    subject: text('email.portal'),
    blocks: [text('email.portalText'), { link: text('email.portalLink'), url: link }]
  }), context)
}
