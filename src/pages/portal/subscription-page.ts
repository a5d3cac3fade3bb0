/**
 * The page of one subscription in the portal. Every button is a form that works without scripts. Automated tests can rely on:
 *
 *   ids           subscription, facts, change-plan, method, pause, cancel, payments, done, error-summary, back-to-account;
 *                 change-to-{product_id}, drop-change, use-saved, use-new, pause-now, resume-now, undo, cancel-question,
 *                 confirm-cancel; radio buttons when-now, when-date; feedback, comment
 *   data-testid   those of subscriptions.ts and of the payments of the main page; amount-due, scheduled-change
 *   form fields   token, action (cancel, undo, pause, resume, drop, use-saved, use-new), when (now, date), feedback, comment,
 *                 payment_method_id
 */
import { html } from 'ghtml'
import type { PaymentMethod } from '../../resources/payment-methods/store.js'
import { otherPlans, planFor, portalActions, type PortalAction } from '../../resources/subscriptions/portal.js'
import type { Plan, Subscription } from '../../resources/subscriptions/store.js'
import type { Locale, PlainKey } from '../../messages/locale.js'
import type { MainForm } from '../language-picker.js'
import type { PageContext, Shown } from '../page-context.js'
import { priceText } from '../checkout/recurrence.js'
import { alert, choice, form, moneyText, type FormTarget, type Problem } from '../fragments.js'
import type { Fragment } from '../layout.js'
import { meterPrices, usageRows } from '../meters.js'
import { paymentEntry, savedName } from './page.js'
import { comingOf, nameOf, priceOf, stateTag } from './subscriptions.js'

const PAYMENTS_MAX = 24

export interface SubscriptionPage {
  subscription: Subscription
  context: PageContext
  target: FormTarget
  /** The URL of the main page. */
  home: string
  /** The path that all URLs of the emulator begin with. */
  base: string
  /** The key of a message in NOTES. */
  done: string
  problems: readonly Problem[]
  /** The fields of a refused form. */
  entered: Readonly<Record<string, string>>
}

/** The messages after a change, by the key in the URL. */
const NOTES: Readonly<Record<string, PlainKey>> = {
  cancelled: 'subscription.noteCancelled',
  ending: 'subscription.noteEnding',
  undone: 'subscription.noteUndone',
  paused: 'subscription.notePaused',
  resumed: 'subscription.noteResumed',
  changed: 'subscription.noteChanged',
  scheduled: 'subscription.noteScheduled',
  dropped: 'subscription.noteDropped',
  method: 'subscription.noteMethod'
}

export function subscriptionPage (page: SubscriptionPage): Fragment {
  const { subscription, context, home, done, problems } = page
  const { locale, locale: { text } } = context
  const actions = portalActions(subscription, context)
  const note = problems.length === 0 && Object.hasOwn(NOTES, done) ? NOTES[done] : undefined
  return html`<div id="subscription" data-status="${subscription.status}">
<p class="back"><a href="${home}" id="back-to-account"><span class="arrow" aria-hidden="true">←</span>
${text('portal.title')}</a></p>
<div class="portal-head"><h1>${nameOf(subscription)}</h1>!${stateTag(subscription, locale)}</div>
!${problems.length > 0 ? alert(locale, problems) : ''}
!${note === undefined ? '' : html`<p class="note" id="done" role="status" tabindex="-1" autofocus>${text(note)}</p>`}
<div class="portal">
<div class="portal-main">!${isDue(subscription) ? method(page, actions) : ''}!${details(page)}
!${changePlan(page, actions)}!${payments(page)}</div>
<div class="portal-side">!${isDue(subscription) ? '' : method(page, actions)}
!${pause(page, actions)}!${cancel(page, actions)}</div>
</div>
</div>`
}

/** Whether an amount must be paid before the subscription can continue. */
function isDue ({ status, dues }: Subscription): boolean {
  return (status === 'on_hold' || status === 'past_due') && dues !== null
}

function panel (id: string, title: string, content: Fragment): Fragment {
  return html`<section class="panel stacked" id="${id}" aria-labelledby="${id}-title">
<h2 class="section-title" id="${id}-title">${title}</h2>
!${content}
</section>`
}

function details ({ subscription, context }: SubscriptionPage): Fragment {
  const { text, day } = context.locale
  const { addons, plan, period_start: start, next_billing_date: next, status, expires_at: expiresAt, credit } = subscription
  const price = priceOf(subscription, context)
  const rows: Array<readonly [name: string, value: string]> = [
    [text('subscription.price'), plan.price.tax_inclusive ? price : text('common.plusTax', { price })],
    ...addons.map(({ name, quantity }) => [text('subscription.addon'), `${quantity} × ${name}`] as const),
    ...meterPrices(plan.meters ?? [], context).map(usage => [text('subscription.usage'), usage] as const),
    ...usageRows(subscription, context),
    ...(start === null || status !== 'active'
      ? []
      : [[text('subscription.period'), text('subscription.periodDates', { start: day(start), end: day(next) })] as const]),
    ...(expiresAt === null || status === 'expired' ? [] : [[text('subscription.termEnds'), day(expiresAt)] as const]),
    ...(credit > 0 ? [[text('subscription.credit'), moneyText(credit, plan.price.currency, context)] as const] : [])
  ]
  return panel('facts', text('subscription.yours'), html`
<p data-testid="subscription-next">${comingOf(subscription, context)}</p>
<dl class="facts">!${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`)
}

/** The plans to change to, or the scheduled change. */
function changePlan (page: SubscriptionPage, actions: Set<PortalAction>): Fragment {
  const { subscription, context, target } = page
  const { text, day } = context.locale
  const { scheduled_change: scheduled, next_billing_date: next } = subscription
  if (scheduled !== null) {
    return panel('change-plan', text('plan.scheduled'), html`
<p data-testid="scheduled-change">${text('plan.changesOn', { plan: nameOf(scheduled), date: day(next) })}</p>
!${actions.has('drop scheduled plan')
    ? form(target, button('drop', 'drop-change', text('plan.keepCurrent'), context.locale))
    : ''}`)
  }
  if (!actions.has('change plan')) return ''
  const plans = otherPlans(subscription, context.sandbox)
  return panel('change-plan', text('plan.change'), html`<ul class="entries">!${plans.map(product => {
    const { product_id: id, name, description } = product
    return html`<li class="entry"><h3>${name ?? id}</h3>
<span class="sum">${planPrice(planFor(subscription, product, context.sandbox), subscription.quantity, context)}</span>
!${description === null ? '' : html`<p class="hint"><bdi>${description}</bdi></p>`}
<a class="file" id="change-to-${id}" href="${changeUrl(page, id)}"
aria-label="${text('plan.choosePlan', { plan: name ?? id })}">${text('plan.choose')}</a></li>`
  })}</ul>`)
}

/** The regular price of a plan for this many units. */
export function planPrice ({ price, frequency }: Plan, quantity: number, context: Shown): string {
  return priceText(price.price * quantity, price.currency, frequency, context)
}

function changeUrl ({ target }: SubscriptionPage, productId: string): string {
  return `${target.url}/change?product_id=${encodeURIComponent(productId)}`
}

function button (action: string, id: string, label: string, { text }: Locale, kind = 'second'): Fragment {
  return html`<button class="button ${kind}" id="${id}" name="action" value="${action}" data-busy="${text('layout.moment')}">
${label}</button>`
}

function method ({ subscription, context, target }: SubscriptionPage, actions: Set<PortalAction>): Fragment {
  const { customer_id: customerId, payment_method_id: methodId, dues } = subscription
  const { sandbox, locale, locale: { text } } = context
  const saved = sandbox.paymentMethods.ofCustomer(customerId)
  const current = saved.find(({ payment_method_id: id }) => id === methodId)
  if (current === undefined && !actions.has('change method')) return ''
  const others = saved.filter(({ payment_method_id: id, recurring_enabled: recurs }) =>
    recurs !== false && (isDue(subscription) || id !== methodId))
  const amount = isDue(subscription) && dues !== null ? moneyText(dues.charge.total, dues.charge.currency, context) : null
  const another = amount === null ? text('renewal.useNew') : text('renewal.payNew', { amount })
  return panel('method', text('method.title'), html`
<p>${current === undefined ? text('renewal.none') : savedName(current, context)}</p>
!${amount === null ? '' : html`<p class="problem" data-testid="amount-due">${text('renewal.dueChoose', { amount })}</p>`}
!${actions.has('change method')
    ? html`<div class="actions">!${savedMethods(others, amount, target, context)}
!${form(target, button('use-new', 'use-new', another, locale))}</div>`
    : ''}`)
}

/** `amount` is the amount due, if there is one. */
function savedMethods (methods: readonly PaymentMethod[], amount: string | null, target: FormTarget, context: Shown): Fragment {
  const { locale, locale: { text } } = context
  const [first] = methods
  if (first === undefined) return ''
  const [label, kind] = amount === null ? [text('renewal.use'), 'second'] : [text('pay.amount', { amount }), 'primary']
  return form(target, html`<div class="actions">!${choice({
    id: 'saved-method',
    name: 'payment_method_id',
    label: text('portal.methods'),
    value: first.payment_method_id,
    options: methods.map(method => [method.payment_method_id, savedName(method, context)]),
    isRequired: true
  }, [])}!${button('use-saved', 'use-saved', label, locale, kind)}</div>`)
}

function pause ({ target, context: { locale } }: SubscriptionPage, actions: Set<PortalAction>): Fragment {
  const { text } = locale
  if (actions.has('resume')) {
    return panel('pause', text('pause.resume'), html`<p>${text('pause.resumeText')}</p>
!${form(target, button('resume', 'resume-now', text('pause.resume'), locale, 'primary'))}`)
  }
  return actions.has('pause')
    ? panel('pause', text('pause.pause'), html`<p>${text('pause.text')}</p>
!${form(target, button('pause', 'pause-now', text('pause.pause'), locale))}`)
    : ''
}

const REASONS = [
  'too_expensive', 'missing_features', 'switched_service', 'unused', 'customer_service', 'low_quality', 'too_complex', 'other'
] as const satisfies ReadonlyArray<Subscription['cancellation_feedback']>

/** The reasons that a customer can give; empty for none. */
export const FEEDBACK: readonly string[] = ['', ...REASONS]

/** The form that keeps its values when the customer chooses another language. */
export const CANCEL_FORM = { id: 'cancel-form', enter: { name: 'action', value: 'cancel' } } satisfies MainForm

/** The maximum length of a comment. */
export const COMMENT_MAX = 1000

function cancel (page: SubscriptionPage, actions: Set<PortalAction>): Fragment {
  const { subscription: { next_billing_date: next }, target, entered, context: { locale } } = page
  const { text } = locale
  const date = locale.day(next)
  if (actions.has('undo')) {
    return panel('cancel', text('cancel.cancellation'), html`<p>${text('cancel.ends', { date })}</p>
!${form(target, button('undo', 'undo', text('cancel.keep'), locale, 'primary'))}`)
  }
  const canNow = actions.has('cancel now')
  const canWait = actions.has('cancel at the date')
  if (!canNow && !canWait) return ''
  return panel('cancel', text('cancel.title'), html`<details class="confirm"!${isCancelling(entered) ? ' open' : ''}>
<summary id="cancel-question">${text('cancel.cancel')}</summary>
!${form(target, html`
!${canNow && canWait ? whenChoice(entered['when'] === 'now', date, locale) : onlyWhen(canWait, date, locale)}
!${reasons(page)}
!${button('cancel', 'confirm-cancel', text('cancel.cancel'), locale, 'danger')}`, CANCEL_FORM.id)}
</details>`)
}

/** Whether the customer has filled in the form. */
function isCancelling ({ action, comment = '', feedback = '' }: SubscriptionPage['entered']): boolean {
  return action === 'cancel' || comment !== '' || feedback !== ''
}

function whenChoice (isNow: boolean, date: string, { text }: Locale): Fragment {
  return html`<fieldset class="when-choice"><legend>${text('cancel.when')}</legend>
!${radio('date', text('cancel.atEnd', { date }), !isNow)}
!${radio('now', text('cancel.now'), isNow)}
</fieldset>`
}

function onlyWhen (isAtDate: boolean, date: string, { text }: Locale): Fragment {
  return html`<p>${isAtDate ? text('cancel.endsOn', { date }) : text('cancel.endsNow')}</p>
<input type="hidden" name="when" value="${isAtDate ? 'date' : 'now'}">`
}

function reasons ({ entered, problems, context: { locale: { text } } }: SubscriptionPage): Fragment {
  return html`!${choice({
    id: 'feedback',
    name: 'feedback',
    label: text('cancel.why'),
    value: entered['feedback'] ?? '',
    options: [['', text('cancel.reason')], ...REASONS.map(reason => [reason, text(`cancel.${reason}`)] as const)],
    isRequired: false
  }, problems)}
<div class="field"><label for="comment">${text('common.optional', { label: text('cancel.comment') })}</label>
<textarea id="comment" name="comment" rows="3" maxlength="${COMMENT_MAX}">${entered['comment'] ?? ''}</textarea></div>`
}

function radio (value: string, label: string, isChecked: boolean): Fragment {
  return html`<label class="check">
<input type="radio" id="when-${value}" name="when" value="${value}"!${isChecked ? ' checked' : ''}>
<span>${label}</span></label>`
}

function payments ({ subscription, context, base }: SubscriptionPage): Fragment {
  const { subscription_id: id, customer_id: customerId } = subscription
  const { text } = context.locale
  // A page for a new payment method that was left is not a payment.
  const found = context.sandbox.payments.list({ customer_id: customerId, subscription_id: id }, PAYMENTS_MAX, 0)
    .filter(({ total_amount: total, status }) => total > 0 || status === 'succeeded' || status === 'processing')
  return panel('payments', text('portal.payments'), found.length === 0
    ? html`<p class="quiet" data-testid="no-payments">${text('portal.noPayments')}</p>`
    : html`<ul class="entries">!${found.map(payment => paymentEntry(payment, context, base))}</ul>`)
}
