/**
 * Disputes in the dashboard: the list, the form that opens one, and the page of each with its actions. Stable ids for browser
 * tests: list, form-open, facts, actions, raw.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../contract/operations.js'
import { button, checkField, choiceField, form, submit, textField } from '../../pages/dashboard/fields.js'
import { pageOf, pathOf } from '../../pages/dashboard/links.js'
import { createdOn, filtersOf, listCard, listed, type Filter } from '../../pages/dashboard/lists.js'
import type { DashboardPage, PageContext, Shown } from '../../pages/dashboard/page.js'
import {
  card, cellLink, code, crumb, empty, facts, fullTime, heading, idTag, linkButton, rawJson, statusTag, table, text, timeTag,
  labelOf, words, type Column, type Kind, type Row
} from '../../pages/dashboard/parts.js'
import { readingOf } from '../../pages/dashboard/reading.js'
import type { DashboardSection } from '../../pages/dashboard/section.js'
import { money } from '../../pages/fragments.js'
import type { Fragment } from '../../pages/layout.js'
import { STAGES, findDispute } from './rules.js'
import { disputeStates, type DisputeAction } from './states.js'

type Dispute = Schemas['GetDisputeResponse']

const STATUSES: ReadonlyArray<Schemas['DisputeStatus']> = [
  'dispute_opened', 'dispute_challenged', 'dispute_accepted', 'dispute_cancelled', 'dispute_expired', 'dispute_won',
  'dispute_lost'
]

const KINDS: Partial<Record<Schemas['DisputeStatus'], Kind>> = {
  dispute_opened: 'wait',
  dispute_challenged: 'wait',
  dispute_won: 'good',
  dispute_cancelled: 'good',
  dispute_lost: 'bad',
  dispute_accepted: 'bad',
  dispute_expired: 'bad'
}

const REASONS = [
  'fraudulent', 'product_not_received', 'product_unacceptable', 'subscription_canceled', 'duplicate', 'credit_not_processed',
  'unrecognized', 'general'
] as const

/** `dispute_opened` is shown as `opened`. */
const short = (status: string) => status.replace('dispute_', '')

const stages = STAGES.map(stage => [stage, labelOf(stage)] as const)

const FILTERS: readonly Filter[] = [
  { name: 'dispute_status', label: 'Status', type: 'choice', options: STATUSES.map(status => [status, labelOf(short(status))]) },
  { name: 'dispute_stage', label: 'Stage', type: 'choice', options: stages },
  { name: 'from', label: 'Opened from', type: 'date' },
  { name: 'until', label: 'Opened until', type: 'date' },
  { name: 'customer_id', label: 'Customer', type: 'text', placeholder: 'cus_…', isRare: true }
]

const COLUMNS: readonly Column[] = [
  { title: 'Dispute' }, { title: 'Payment' }, { title: 'Amount', kind: 'number' }, { title: 'Status' }, { title: 'Stage' },
  { title: 'Opened', kind: 'low' }
]

export function disputeTag (status: Schemas['DisputeStatus']): Fragment {
  return statusTag(short(status), KINDS[status] ?? 'calm')
}

async function list (page: PageContext): Promise<Shown> {
  const { from, until, ...given } = filtersOf(page, ['dispute_status', 'dispute_stage', 'customer_id', 'from', 'until'])
  const query = { ...given, ...createdOn({ from, until }) }
  const found = await listed(page, paging => page.operate('GET /disputes', { query: { ...query, ...paging } }))
  const rows = found.items.map((dispute): Row => ({
    id: dispute.dispute_id,
    cells: [
      cellLink(pageOf(page, 'disputes', dispute.dispute_id), code(dispute.dispute_id)),
      cellLink(pageOf(page, 'payments', dispute.payment_id), code(dispute.payment_id)),
      html`${money(Number(dispute.amount), dispute.currency, page.context.sandbox)}`,
      disputeTag(dispute.dispute_status),
      html`${labelOf(dispute.dispute_stage)}`,
      timeTag(dispute.created_at, page)
    ]
  }))
  const nothing = Object.keys(query).length > 0
    ? empty('No matching disputes', html`<p>Change the filter, or <a href="${pageOf(page, 'disputes')}">show all</a>.</p>`)
    : empty('No disputes yet', html`<p>Open one from the page of a succeeded payment, or with
<code>POST /_emulator/payments/{payment_id}/dispute</code>.</p>`)
  return {
    title: 'Disputes',
    content: html`!${heading('Disputes', linkButton(pageOf(page, 'disputes', 'new'), 'Open dispute', 'primary'))}
!${listCard(page, FILTERS, rows.length > 0 ? table('Disputes', COLUMNS, rows) : nothing, found, 'disputes')}`
  }
}

/** The form that opens a dispute. `?payment_id=` fills in the payment. */
const openPage: DashboardPage = {
  show (page) {
    const opening = page.formState('open')
    return {
      title: 'Open dispute',
      content: html`!${heading('Open dispute', '', crumb(page, pathOf('disputes'), 'Disputes'))}
!${card(form(opening, html`
!${textField(opening, {
  name: 'payment_id', label: 'Payment', isRequired: true, placeholder: 'pay_…', value: page.search.get('payment_id')
})}
!${textField(opening, {
  name: 'amount', label: 'Amount', inputmode: 'decimal', hint: 'Leave empty for the whole amount that is not refunded.'
})}
<div class="pair">!${choiceField(opening, { name: 'stage', label: 'Stage', options: stages, value: 'dispute' })}
!${textField(opening, { name: 'reason', label: 'Reason', value: REASONS[0], suggestions: REASONS })}</div>
!${checkField(opening, { name: 'rdr', label: 'Resolve it by Rapid Dispute Resolution', hint: 'The dispute is lost.' })}
!${checkField(opening, {
  name: 'force', label: 'Force', hint: 'Opens it although the payment has another open dispute or is fully refunded.'
})}
<div class="row">!${submit('Open dispute', 'danger')}</div>`), { id: 'opening' })}`
    }
  },
  actions: {
    async open (page, given) {
      const paymentId = given.text('payment_id')
      const { currency } = await page.operate('GET /payments/{payment_id}', { path: { payment_id: paymentId } })
      const reading = readingOf(given, page.context.sandbox)
      const amount = reading.amount('amount', currency)
      reading.check()
      await page.operate('POST /_emulator/payments/{payment_id}/dispute', {
        path: { payment_id: paymentId },
        body: {
          amount, stage: given.text('stage'), reason: given.given('reason'), rdr: given.has('rdr'), force: given.has('force')
        }
      })
      const { items: [opened] } = await page.operate('GET /disputes', { query: { page_size: 1 } })
      return { to: pathOf('disputes', opened?.dispute_id ?? ''), done: 'opened' }
    }
  }
}

const path = (page: PageContext) => ({ dispute_id: page.param('id') })

/** The buttons, by the action that the states must allow. */
const BUTTONS: ReadonlyArray<readonly [action: DisputeAction, status: string, label: string]> = [
  ['challenge', 'challenged', 'Challenge'],
  ['accept', 'accepted', 'Accept'],
  ['win', 'won', 'Decide: won'],
  ['lose', 'lost', 'Decide: lost'],
  ['cancel', 'cancelled', 'Withdraw'],
  ['expire', 'expired', 'Expire now'],
  ['reopen', 'opened', 'Reopen at pre-arbitration']
]

function buttons (page: PageContext): Fragment {
  const dispute = findDispute(page.param('id'), page.context)
  const possible = new Set(disputeStates.possible(dispute, page.context))
  const next = STAGES[STAGES.indexOf(dispute.dispute_stage) + 1]
  const settle = page.formState('settle')
  const shown = BUTTONS.filter(([action]) => possible.has(action)).map(([, status, label]) =>
    button(settle, label, status === 'lost' || status === 'accepted' ? 'danger' : 'second', { status }))
  const raise = possible.has('raise') && next !== undefined
    ? button(settle, `Move to ${words(next).toLowerCase()}`, 'second', { status: 'opened', stage: next })
    : ''
  return shown.length === 0
    ? '<p class="quiet">The dispute has ended.</p>'
    : html`<div class="row">!${shown}!${raise}</div>`
}

const disputePage: DashboardPage = {
  async show (page) {
    const dispute = await page.operate('GET /disputes/{dispute_id}', { path: path(page) })
    const name = `Dispute of ${money(Number(dispute.amount), dispute.currency, page.context.sandbox)}`
    const title = { html: html`${name}!${disputeTag(dispute.dispute_status)}` }
    const payment = linkButton(pageOf(page, 'payments', dispute.payment_id), 'Open payment')
    return {
      title: name,
      content: html`<div id="top" data-live>!${heading(title, payment, crumb(page, pathOf('disputes'), 'Disputes'))}</div>
<div class="columns"><div>
!${card(disputeFacts(dispute, page), { id: 'facts', title: 'Dispute', live: true })}
!${card(rawJson(dispute, page), { id: 'raw-card', live: true })}
</div><div>!${card(buttons(page), { id: 'actions', title: 'Actions', live: true })}</div></div>`
    }
  },
  actions: {
    async settle (page, given) {
      await page.operate('POST /_emulator/disputes/{dispute_id}/settle', {
        path: path(page), body: { status: given.text('status'), stage: given.given('stage') }
      })
      return { done: 'settled' }
    }
  },
  notes: { opened: 'The dispute was opened.', settled: 'The dispute was changed.' }
}

function disputeFacts (dispute: Dispute, page: PageContext): Fragment {
  const due = page.context.sandbox.due.find('dispute.expire', dispute.dispute_id)
  return facts([
    ['Id', idTag(dispute.dispute_id)],
    ['Amount', html`${money(Number(dispute.amount), dispute.currency, page.context.sandbox)}`],
    ['Payment', cellLink(pageOf(page, 'payments', dispute.payment_id), code(dispute.payment_id))],
    ['Customer', cellLink(pageOf(page, 'customers', dispute.customer.customer_id), html`${dispute.customer.name}`)],
    ['Stage', html`${labelOf(dispute.dispute_stage)}`],
    ['Reason', text(dispute.reason)],
    ['Remarks', text(dispute.remarks)],
    ['Resolved by RDR', text(dispute.is_resolved_by_rdr === true ? 'Yes' : 'No')],
    ['Opened', fullTime(dispute.created_at, page)],
    ['Expires', due === undefined ? null : fullTime(new Date(due.due_at / 1000).toISOString(), page)]
  ])
}

export const disputesSection: DashboardSection = {
  name: 'disputes',
  title: 'Disputes',
  icon: 'M12 4l8 15H4zM12 10v4M12 16.5h.01',
  position: 16,
  pages: { '/': { show: list }, '/new': openPage, '/:id': disputePage },
  objects: [{
    kind: 'Disputes',
    prefix: 'dp',
    find: (id, { context }) => context.sandbox.disputes.find(id)?.reason ?? null
  }]
}
