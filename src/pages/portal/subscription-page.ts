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
import { formatDay } from '../../rules/calendar.js'
import type { PaymentMethod } from '../../resources/payment-methods/store.js'
import { otherPlans, planFor, portalActions, type PortalAction } from '../../resources/subscriptions/portal.js'
import type { Plan, Subscription } from '../../resources/subscriptions/store.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { PageContext } from '../page-context.js'
import { everyPeriod } from '../checkout/recurrence.js'
import { alert, choice, form, money, type FormTarget, type Problem } from '../fragments.js'
import type { Fragment } from '../layout.js'
import { meterPrices, usageRows } from '../meters.js'
import { methodName, paymentEntry } from './page.js'
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
const NOTES: Readonly<Record<string, string>> = {
  cancelled: 'The subscription was cancelled.',
  ending: 'The subscription will end on its next billing date.',
  undone: 'The subscription continues.',
  paused: 'The subscription was paused.',
  resumed: 'The subscription was resumed.',
  changed: 'The plan was changed.',
  scheduled: 'The plan will change on the next billing date.',
  dropped: 'The plan stays as it is.',
  method: 'The payment method was replaced.'
}

export function subscriptionPage (page: SubscriptionPage): Fragment {
  const { subscription, context, home, done, problems } = page
  const actions = portalActions(subscription, context)
  const note = problems.length === 0 && Object.hasOwn(NOTES, done) ? NOTES[done] : undefined
  return html`<div id="subscription" data-status="${subscription.status}">
<p class="back"><a href="${home}" id="back-to-account"><span class="arrow" aria-hidden="true">←</span> Your account</a></p>
<div class="portal-head"><h1>${nameOf(subscription)}</h1>!${stateTag(subscription)}</div>
!${problems.length > 0 ? alert(context.locale, problems) : ''}
!${note === undefined ? '' : html`<p class="note" id="done" role="status" tabindex="-1" autofocus>${note}</p>`}
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

function details ({ subscription, context, context: { sandbox } }: SubscriptionPage): Fragment {
  const { addons, plan, period_start: start, next_billing_date: next, status, expires_at: expiresAt, credit } = subscription
  const rows: Array<readonly [name: string, value: string]> = [
    ['Price', `${priceOf(subscription, sandbox)}${plan.price.tax_inclusive ? '' : ' plus tax'}`],
    ...addons.map(({ name, quantity }) => ['Add-on', `${quantity} × ${name}`] as const),
    ...meterPrices(plan.meters ?? [], context).map(text => ['Plus usage', text] as const),
    ...usageRows(subscription, context),
    ...(start === null || status !== 'active'
      ? []
      : [['Current period', `${formatDay(start)} to ${formatDay(next)}`] as const]),
    ...(expiresAt === null || status === 'expired' ? [] : [['Term ends', formatDay(expiresAt)] as const]),
    ...(credit > 0 ? [['Credit', money(credit, plan.price.currency, sandbox)] as const] : [])
  ]
  return panel('facts', 'Your subscription', html`
<p data-testid="subscription-next">${comingOf(subscription, sandbox)}</p>
<dl class="facts">!${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`)
}

/** The plans to change to, or the scheduled change. */
function changePlan (page: SubscriptionPage, actions: Set<PortalAction>): Fragment {
  const { subscription, context: { sandbox }, target } = page
  const { scheduled_change: scheduled, next_billing_date: next } = subscription
  if (scheduled !== null) {
    return panel('change-plan', 'Change of plan', html`
<p data-testid="scheduled-change">Changes to ${nameOf(scheduled)} on ${formatDay(next)}.</p>
!${actions.has('drop scheduled plan') ? form(target, button('drop', 'drop-change', 'Keep the current plan')) : ''}`)
  }
  if (!actions.has('change plan')) return ''
  return panel('change-plan', 'Change plan', html`<ul class="entries">!${otherPlans(subscription, sandbox).map(product => {
    const { product_id: id, name, description } = product
    return html`<li class="entry"><h3>${name ?? id}</h3>
<span class="sum">${planPrice(planFor(subscription, product, sandbox), subscription.quantity, sandbox)}</span>
!${description === null ? '' : html`<p class="hint">${description}</p>`}
<a class="file" id="change-to-${id}" href="${changeUrl(page, id)}">Choose<span class="visually-hidden">
${name ?? id}</span></a></li>`
  })}</ul>`)
}

/** The regular price of a plan for this many units. */
export function planPrice ({ price, frequency }: Plan, quantity: number, sandbox: Sandbox): string {
  return `${money(price.price * quantity, price.currency, sandbox)} ${everyPeriod(frequency)}`
}

function changeUrl ({ target }: SubscriptionPage, productId: string): string {
  return `${target.url}/change?product_id=${encodeURIComponent(productId)}`
}

function button (action: string, id: string, label: string, kind = 'second'): Fragment {
  return html`<button class="button ${kind}" id="${id}" name="action" value="${action}" data-busy="One moment…">
${label}</button>`
}

function method ({ subscription, context: { sandbox }, target }: SubscriptionPage, actions: Set<PortalAction>): Fragment {
  const { customer_id: customerId, payment_method_id: methodId, dues } = subscription
  const saved = sandbox.paymentMethods.ofCustomer(customerId)
  const current = saved.find(({ payment_method_id: id }) => id === methodId)
  if (current === undefined && !actions.has('change method')) return ''
  const others = saved.filter(({ payment_method_id: id, recurring_enabled: recurs }) =>
    recurs !== false && (isDue(subscription) || id !== methodId))
  const due = isDue(subscription) && dues !== null ? money(dues.charge.total, dues.charge.currency, sandbox) : null
  return panel('method', 'Payment method', html`
<p>${current === undefined ? 'No payment method.' : methodName(current, sandbox)}</p>
!${due === null ? '' : html`<p class="problem" data-testid="amount-due">${due} is due. Choose how to pay it.</p>`}
!${actions.has('change method')
    ? html`<div class="actions">!${savedMethods(others, due, target, sandbox)}
!${form(target, button('use-new', 'use-new', due === null ? 'Use a new payment method' : `Pay ${due} with a new method`))}</div>`
    : ''}`)
}

function savedMethods (
  methods: readonly PaymentMethod[], due: string | null, target: FormTarget, sandbox: Sandbox
): Fragment {
  const [first] = methods
  if (first === undefined) return ''
  const [label, kind] = due === null ? ['Use this method', 'second'] : [`Pay ${due}`, 'primary']
  return form(target, html`<div class="actions">!${choice({
    id: 'saved-method',
    name: 'payment_method_id',
    label: 'Saved payment methods',
    value: first.payment_method_id,
    options: methods.map(method => [method.payment_method_id, methodName(method, sandbox)]),
    isRequired: true
  }, [])}!${button('use-saved', 'use-saved', label, kind)}</div>`)
}

function pause ({ target }: SubscriptionPage, actions: Set<PortalAction>): Fragment {
  if (actions.has('resume')) {
    return panel('pause', 'Resume', html`<p>All dates move by the length of the pause.</p>
!${form(target, button('resume', 'resume-now', 'Resume', 'primary'))}`)
  }
  return actions.has('pause')
    ? panel('pause', 'Pause', html`<p>While it is paused, nothing is charged and access is suspended.</p>
!${form(target, button('pause', 'pause-now', 'Pause'))}`)
    : ''
}

const REASONS: ReadonlyArray<readonly [value: NonNullable<Subscription['cancellation_feedback']> | '', label: string]> = [
  ['', 'Choose a reason (optional)'],
  ['too_expensive', 'It is too expensive'],
  ['missing_features', 'It lacks features'],
  ['switched_service', 'I switched to another service'],
  ['unused', 'I do not use it'],
  ['customer_service', 'The customer service'],
  ['low_quality', 'The quality is low'],
  ['too_complex', 'It is too complex'],
  ['other', 'Another reason']
]

/** The reasons that a customer can give. */
export const FEEDBACK: readonly string[] = REASONS.map(([value]) => value)

/** The maximum length of a comment. */
export const COMMENT_MAX = 1000

function cancel (page: SubscriptionPage, actions: Set<PortalAction>): Fragment {
  const { subscription: { next_billing_date: next }, target, entered } = page
  const isNow = entered['when'] === 'now'
  if (actions.has('undo')) {
    return panel('cancel', 'Cancellation', html`<p>The subscription ends on ${formatDay(next)}.</p>
!${form(target, button('undo', 'undo', 'Keep the subscription', 'primary'))}`)
  }
  const canNow = actions.has('cancel now')
  const canWait = actions.has('cancel at the date')
  if (!canNow && !canWait) return ''
  return panel('cancel', 'Cancel', html`<details class="confirm"!${entered['action'] === 'cancel' ? ' open' : ''}>
<summary id="cancel-question">Cancel the subscription</summary>
!${form(target, html`
!${canNow && canWait
    ? html`<fieldset class="when-choice"><legend>When?</legend>
!${radio('date', `On ${formatDay(next)}, at the end of the period`, !isNow)}
!${radio('now', 'Now. Payments are not refunded.', isNow)}
</fieldset>`
    : html`<p>${canWait ? `It ends on ${formatDay(next)}.` : 'It ends now. Payments are not refunded.'}</p>
<input type="hidden" name="when" value="${canWait ? 'date' : 'now'}">`}
!${choice({
    id: 'feedback', name: 'feedback', label: 'Why?', value: entered['feedback'] ?? '', options: REASONS, isRequired: false
  }, page.problems)}
<div class="field"><label for="comment">Comment (optional)</label>
<textarea id="comment" name="comment" rows="3" maxlength="${COMMENT_MAX}">${entered['comment'] ?? ''}</textarea></div>
!${button('cancel', 'confirm-cancel', 'Cancel the subscription', 'danger')}`)}
</details>`)
}

function radio (value: string, label: string, isChecked: boolean): Fragment {
  return html`<label class="check">
<input type="radio" id="when-${value}" name="when" value="${value}"!${isChecked ? ' checked' : ''}>
<span>${label}</span></label>`
}

function payments ({ subscription, context: { sandbox }, base }: SubscriptionPage): Fragment {
  const { subscription_id: id, customer_id: customerId } = subscription
  // A page for a new payment method that was left is not a payment.
  const found = sandbox.payments.list({ customer_id: customerId, subscription_id: id }, PAYMENTS_MAX, 0)
    .filter(({ total_amount: total, status }) => total > 0 || status === 'succeeded' || status === 'processing')
  return panel('payments', 'Payments', found.length === 0
    ? '<p class="quiet" data-testid="no-payments">There are no payments yet.</p>'
    : html`<ul class="entries">!${found.map(payment => paymentEntry(payment, sandbox, base))}</ul>`)
}
