/**
 * The preview of a plan change in the portal: its lines, what is due now, and the price of the new plan. Automated tests can rely
 * on:
 *
 *   ids           change, confirm-change, back-to-subscription, error-summary
 *   data-testid   line, credit, tax, due-now, new-price, effective
 *   form fields   token, product_id
 */
import { html } from 'ghtml'
import { formatDay } from '../../rules/calendar.js'
import type { PlanChangeInPortal } from '../../resources/subscriptions/portal.js'
import type { Subscription } from '../../resources/subscriptions/store.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { form, money, type FormTarget } from '../fragments.js'
import type { Fragment } from '../layout.js'
import { planPrice } from './subscription-page.js'
import { nameOf } from './subscriptions.js'

export interface ChangePage {
  subscription: Subscription
  change: PlanChangeInPortal
  target: FormTarget
  /** The URL of the page of the subscription. */
  back: string
  sandbox: Sandbox
}

export function changePage ({ subscription, change: { decision }, target, back, sandbox }: ChangePage): Fragment {
  const { change, is_scheduled: isScheduled } = decision
  const day = formatDay(subscription.next_billing_date)
  const price = planPrice(change.plan, change.quantity, sandbox)
  return html`<section class="panel form" id="change" aria-labelledby="title">
<div><h1 id="title">Change to ${nameOf(change)}</h1>
<p class="hint" data-testid="effective">${isScheduled
  ? `The plan changes on ${day}. Nothing is charged now.`
  : 'The plan changes now.'}</p></div>
!${isScheduled ? '' : charge(decision, sandbox)}
<dl class="facts"><div><dt>${isScheduled ? `From ${day}` : 'Then'}</dt>
<dd data-testid="new-price">${price}${change.plan.price.tax_inclusive ? '' : ' plus tax'}</dd></div></dl>
!${form(target, html`<input type="hidden" name="product_id" value="${change.plan.product_id}">
<div class="actions">
<button class="button primary" id="confirm-change" data-busy="One moment…">${label(decision, sandbox)}</button>
<a class="button second" id="back-to-subscription" href="${back}">Keep ${nameOf(subscription)}</a></div>`)}
</section>`
}

function label ({ is_scheduled: isScheduled, priced }: PlanChangeInPortal['decision'], sandbox: Sandbox): string {
  if (isScheduled) return 'Schedule the change'
  return priced.total === 0 ? 'Change plan' : `Change plan and pay ${money(priced.total, priced.currency, sandbox)}`
}

/** The lines add up to the amount due: with tax, minus the credit that is used, or plus the credit that is added. */
function charge ({ priced }: PlanChangeInPortal['decision'], sandbox: Sandbox): Fragment {
  const { currency, lines, total, credit_change: credit } = priced
  const tax = lines.reduce((sum, line) => sum + (line.tax_inclusive ? 0 : line.tax), 0)
  const row = (name: string, amount: number, testId: string, kind = '') =>
    html`<div class="${kind}"><dt>${name}</dt><dd data-testid="${testId}">${money(amount, currency, sandbox)}</dd></div>`
  return html`<dl class="totals">
!${lines.map(({ name, id, quantity, amount, proration_factor: factor }) =>
    row(`${factor < 0 ? 'Unused time of ' : ''}${quantity === 1 ? '' : `${quantity} × `}${name ?? id}`, amount, 'line'))}
!${tax === 0 ? '' : row('Tax', tax, 'tax')}
!${credit < 0 ? row('Credit used', credit, 'credit', 'minus') : credit > 0 ? row('Added to your credit', credit, 'credit') : ''}
!${row('Due now', total, 'due-now', 'total')}
</dl>`
}
