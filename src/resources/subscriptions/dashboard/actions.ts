/** The actions on the page of a subscription. Each calls an operation, and a form is shown if the lifecycle allows it. */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import { button, choiceField, confirmButton, form, submit, textField } from '../../../pages/dashboard/fields.js'
import { pageOf, pathOf } from '../../../pages/dashboard/links.js'
import type { DashboardPage, PageContext } from '../../../pages/dashboard/page.js'
import { card, linkButton } from '../../../pages/dashboard/parts.js'
import type { Fragment } from '../../../pages/layout.js'
import { GENERIC_DECLINE } from '../../../rules/instruments.js'
import { findSubscription } from '../rules.js'
import { subscriptionStates } from '../states.js'

type Subscription = Required<Schemas['SubscriptionResponse']>
type Actions = NonNullable<DashboardPage['actions']>

const path = (page: PageContext) => ({ subscription_id: page.param('id') })

const TIMES_MAX = 100

async function patch (page: PageContext, body: Schemas['PatchSubscriptionRequest']) {
  await page.operate('PATCH /subscriptions/{subscription_id}', { path: path(page), body })
  return { done: 'changed' }
}

export const subscriptionActions: Actions = {
  async renew (page) {
    await page.operate('POST /_emulator/subscriptions/{subscription_id}/renew', { path: path(page) })
    return { done: 'renewed' }
  },
  async decline (page, form) {
    await page.operate('POST /_emulator/subscriptions/{subscription_id}/decline-next', {
      path: path(page), body: { times: Number(form.text('times')), error_code: form.text('error_code') }
    })
    return { done: 'declining' }
  },
  pause: page => patch(page, { status: 'paused' }),
  resume: page => patch(page, { status: 'active' }),
  cancel: page => patch(page, { status: 'cancelled' }),
  'cancel-at-date': page => patch(page, { cancel_at_next_billing_date: true }),
  undo: page => patch(page, { cancel_at_next_billing_date: false }),
  async 'drop-change' (page) {
    await page.operate('DELETE /subscriptions/{subscription_id}/change-plan/scheduled', { path: path(page) })
    return { done: 'dropped' }
  },
  async 'update-method' (page) {
    const reply = await page.operate('POST /subscriptions/{subscription_id}/update-payment-method', {
      path: path(page), body: { type: 'new' }
    })
    return reply.payment_id == null ? { done: 'changed' } : { to: pathOf('payments', reply.payment_id) }
  }
}

/** The forms as one card, or a note for an ended subscription. */
export function subscriptionForms (subscription: Subscription, page: PageContext): Fragment {
  const { cancel_at_next_billing_date: isEnding, status } = subscription
  const found = findSubscription(subscription.subscription_id, page.context)
  const possible = new Set(subscriptionStates.possible(found, page.context))
  const plain = (action: string, label: string) => button(page.formState(action), label)
  const forms = [
    status === 'active' && found.dues === null ? plain('renew', 'Renew now') : '',
    possible.has('change plan')
      ? linkButton(pageOf(page, 'subscriptions', subscription.subscription_id, 'change-plan'), 'Change plan')
      : '',
    found.scheduled_change !== null ? plain('drop-change', 'Delete the scheduled plan change') : '',
    possible.has('pause') ? plain('pause', 'Pause') : '',
    possible.has('resume') ? plain('resume', 'Resume') : '',
    possible.has('change method') ? plain('update-method', 'Replace the payment method') : '',
    possible.has('update') && status !== 'pending'
      ? isEnding ? plain('undo', 'Undo the cancellation') : plain('cancel-at-date', 'Cancel at the next billing date')
      : '',
    possible.has('cancel')
      ? confirmButton(page.formState('cancel'), {
        label: 'Cancel now', question: 'Cancel the subscription now? This cannot be undone.', confirm: 'Cancel subscription'
      })
      : ''
  ].filter(part => part !== '')
  if (forms.length === 0) {
    return card('<p class="quiet">The subscription has ended.</p>', { id: 'actions', title: 'Actions', live: true })
  }
  return html`!${card(html`<div class="row">!${forms}</div>`, { id: 'actions', title: 'Actions', live: true })}
!${possible.has('change method') ? card(declining(page), { id: 'declining', title: 'Decline next charges' }) : ''}`
}

function declining (page: PageContext): Fragment {
  const formState = page.formState('decline')
  const failureCodes = Object.keys(page.context.sandbox.reference.failureCodes)
  return form(formState, html`
!${textField(formState, { name: 'times', label: `Number of charges, 0 to ${TIMES_MAX}`, inputmode: 'numeric', value: '1' })}
!${choiceField(formState, {
    name: 'error_code', label: 'Reason', options: failureCodes.map(code => [code, code] as const), value: GENERIC_DECLINE
  })}
!${submit('Decline', 'second')}`)
}
