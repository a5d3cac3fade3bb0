/** The recovery of a subscription: the charge that is due, its attempts, and the dunning attempts with their e-mails. */
import { html } from 'ghtml'
import { pageOf } from '../../../pages/dashboard/links.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { card, cellLink, code, facts, statusTag, timeTag, words, type Kind } from '../../../pages/dashboard/parts.js'
import { money } from '../../../pages/fragments.js'
import type { Fragment } from '../../../pages/layout.js'
import { formatTime } from '../../../rules/calendar.js'
import { dunningSchedule } from '../../../rules/retries.js'
import type { DunningAttempt } from '../../dunning/store.js'
import type { Dues } from '../record.js'
import { findSubscription } from '../rules.js'

const KINDS: Record<DunningAttempt['status'], Kind> = { recovering: 'wait', recovered: 'good', exhausted: 'bad' }

/** Empty for a subscription that owes nothing and never had a dunning attempt. */
export function recoveryCard (subscriptionId: string, page: PageContext): Fragment {
  const { sandbox } = page.context
  const { dues } = findSubscription(subscriptionId, page.context)
  const attempts = sandbox.dunning.ofSubscription(subscriptionId)
  const parts = [...(dues === null ? [] : [charge(dues, page)]), ...attempts.map(attempt => dunning(attempt, page))]
  return parts.length === 0 ? '' : card(html`!${parts}`, { id: 'recovery', title: 'Recovery', live: true })
}

function charge (
  { kind, charge: { total, currency }, attempts, retry, grace_ends_at: graceEnd }: Dues, page: PageContext
): Fragment {
  return facts([
    ['Amount due', html`${money(total, currency, page.context.sandbox)} (${words(kind)})`],
    ['Attempts', html`${attempts}`],
    ['Next automatic retry', retry == null ? null : time(retry.at, page)],
    ['Grace period ends', graceEnd === undefined ? null : time(graceEnd, page)]
  ])
}

function dunning (attempt: DunningAttempt, page: PageContext): Fragment {
  const { dunning_id: id, status, trigger_state: trigger, reminders: sent, payment_id: paymentId, created_at: start } = attempt
  const { reminders, exhausted_at: end } = dunningSchedule(start)
  const isRunning = status === 'recovering'
  return html`<div id="dunning-${id}">!${facts([
    ['Dunning', html`!${statusTag(status, KINDS[status])} because it was ${words(trigger)}`],
    ['Started', time(start, page)],
    ['E-mails sent', html`${sent} of ${reminders.length}`],
    ['Next e-mail', isRunning && sent < reminders.length ? time(reminders[sent] ?? end, page) : null],
    ['Ends', isRunning ? time(end, page) : null],
    ['Recovered by', paymentId === null ? null : cellLink(pageOf(page, 'payments', paymentId), code(paymentId))]
  ])}</div>`
}

function time (us: number, page: PageContext): Fragment {
  return timeTag(formatTime(us), page)
}
