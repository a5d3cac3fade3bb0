/**
 * The preview of a plan change in the portal: its lines, what is due now, and the price of the new plan. Automated tests can rely
 * on:
 *
 *   ids           change, confirm-change, back-to-subscription, error-summary
 *   data-testid   line, credit, tax, due-now, new-price, effective
 *   form fields   token, product_id
 */
import { html } from 'ghtml'
import type { PlanChangeInPortal } from '../../resources/subscriptions/portal.js'
import type { Subscription } from '../../resources/subscriptions/store.js'
import { form, moneyText, type FormTarget } from '../fragments.js'
import type { Fragment } from '../layout.js'
import type { Shown } from '../page-context.js'
import { planPrice } from './subscription-page.js'
import { nameOf } from './subscriptions.js'

export interface ChangePage {
  subscription: Subscription
  change: PlanChangeInPortal
  target: FormTarget
  /** The URL of the page of the subscription. */
  back: string
  context: Shown
}

export function changePage ({ subscription, change: { decision }, target, back, context }: ChangePage): Fragment {
  const { change, is_scheduled: isScheduled } = decision
  const { locale, locale: { text } } = context
  const date = locale.day(subscription.next_billing_date)
  const price = planPrice(change.plan, change.quantity, context)
  return html`<section class="panel form" id="change" aria-labelledby="title">
<div><h1 id="title">${text('plan.changeTo', { plan: nameOf(change) })}</h1>
<p class="hint" data-testid="effective">${isScheduled
  ? text('plan.later', { date })
  : text('plan.now')}</p></div>
!${isScheduled ? '' : charge(decision, context)}
<dl class="facts"><div><dt>${isScheduled ? text('plan.from', { date }) : text('plan.then')}</dt>
<dd data-testid="new-price">${change.plan.price.tax_inclusive ? price : text('common.plusTax', { price })}</dd></div></dl>
!${form(target, html`<input type="hidden" name="product_id" value="${change.plan.product_id}">
<div class="actions">
<button class="button primary" id="confirm-change" data-busy="${text('layout.moment')}">
${label(decision, context)}</button>
<a class="button second" id="back-to-subscription" href="${back}">
${text('plan.keep', { plan: nameOf(subscription) })}</a></div>`)}
</section>`
}

function label ({ is_scheduled: isScheduled, priced }: PlanChangeInPortal['decision'], context: Shown): string {
  const { text } = context.locale
  if (isScheduled) return text('plan.schedule')
  return priced.total === 0
    ? text('plan.change')
    : text('plan.changeAndPay', { amount: moneyText(priced.total, priced.currency, context) })
}

/** The lines add up to the amount due: with tax, minus the credit that is used, or plus the credit that is added. */
function charge ({ priced }: PlanChangeInPortal['decision'], context: Shown): Fragment {
  const { text } = context.locale
  const { currency, lines, total, credit_change: credit } = priced
  const tax = lines.reduce((sum, line) => sum + (line.tax_inclusive ? 0 : line.tax), 0)
  const row = (name: string, amount: number, testId: string, kind = '') =>
    html`<div class="${kind}"><dt>${name}</dt><dd data-testid="${testId}">${moneyText(amount, currency, context)}</dd></div>`
  return html`<dl class="totals">
!${lines.map(({ name, id, quantity, amount, proration_factor: factor }) => {
    const item = `${quantity === 1 ? '' : `${quantity} × `}${name ?? id}`
    return row(factor < 0 ? text('plan.unused', { item }) : item, amount, 'line')
  })}
!${tax === 0 ? '' : row(text('order.tax'), tax, 'tax')}
!${credit < 0
    ? row(text('order.creditUsed'), credit, 'credit', 'minus')
    : credit > 0 ? row(text('plan.creditAdded'), credit, 'credit') : ''}
!${row(text('order.dueNow'), total, 'due-now', 'total')}
</dl>`
}
