/**
 * Payouts in the dashboard: the list with the form that creates one, and the page of each with its breakup and its actions.
 * Stable ids for browser tests: list, form-create, facts, breakup, entries, actions, raw.
 */
import { html } from 'ghtml'
import type { Reply, Schemas } from '../../contract/operations.js'
import { button, checkField, choiceField, form, submit, textField } from '../../pages/dashboard/fields.js'
import { pageOf, pathOf } from '../../pages/dashboard/links.js'
import { createdOn, filtersOf, listCard, listed, pagination, type Filter } from '../../pages/dashboard/lists.js'
import type { DashboardPage, PageContext } from '../../pages/dashboard/page.js'
import {
  card, cellLink, code, crumb, empty, facts, fullTime, heading, idLink, idTag, labelOf, linkButton, rawJson, statusTag, table,
  text, timeTag, type Kind, type Row
} from '../../pages/dashboard/parts.js'
import { readingOf } from '../../pages/dashboard/reading.js'
import type { DashboardSection } from '../../pages/dashboard/section.js'
import { money } from '../../pages/fragments.js'
import type { Fragment } from '../../pages/layout.js'
import { findPayout } from './rules.js'
import { payoutStates, type PayoutAction } from './states.js'
import { payoutResponse } from './view.js'

type Payout = Schemas['PayoutsResponse']

const KINDS: Readonly<Record<Payout['status'], Kind>> = {
  not_initiated: 'calm', in_progress: 'wait', on_hold: 'wait', success: 'good', failed: 'bad'
}

const STATUSES = Object.keys(KINDS) as Array<Payout['status']>

const FILTERS: readonly Filter[] = [
  { name: 'from', label: 'Created from', type: 'date' }, { name: 'until', label: 'Created until', type: 'date' }
]

const tag = (status: Payout['status']) => statusTag(status, KINDS[status])

const listPage: DashboardPage = {
  async show (page) {
    const { from, until } = filtersOf(page, ['from', 'until'])
    const query = createdOn({ from, until })
    const found = await listed(page, paging => page.operate('GET /payouts', { query: { ...query, ...paging } }))
    const rows = found.items.map((payout): Row => ({
      id: payout.payout_id,
      cells: [
        cellLink(pageOf(page, 'payouts', payout.payout_id), code(payout.payout_id), payout.name ?? null),
        html`${money(payout.amount, payout.currency, page.context.sandbox)}`,
        html`${money(payout.fee, payout.currency, page.context.sandbox)}`,
        tag(payout.status),
        timeTag(payout.created_at, page)
      ]
    }))
    const nothing = empty('No payouts', html`<p>Pay out the balance below, or set <code>payouts.mode</code> to
<code>auto</code>, so that the clock does it.</p>`)
    const payouts = table('Payouts', [
      { title: 'Payout' }, { title: 'Amount', kind: 'number' }, { title: 'Fee', kind: 'number' }, { title: 'Status' },
      { title: 'Created', kind: 'low' }
    ], rows)
    return {
      title: 'Payouts',
      content: html`!${heading('Payouts', linkButton(pageOf(page, 'ledger'), 'Balance'))}
!${listCard(page, FILTERS, rows.length > 0 ? payouts : nothing, found, 'payouts')}
!${card(createForm(page), { id: 'creating', title: 'Pay out balance' })}`
    }
  },
  actions: {
    async create (page, given) {
      const currency = given.text('currency')
      const reading = readingOf(given, page.context.sandbox)
      const amount = reading.amount('amount', currency)
      reading.check()
      await page.operate('POST /_emulator/payouts', {
        body: {
          currency,
          amount,
          status: given.text('status'),
          ignore_threshold: given.has('ignore_threshold'),
          name: given.given('name')
        }
      })
      const { items: [made] } = await page.operate('GET /payouts', { query: { page_size: 1 } })
      return { to: pathOf('payouts', made?.payout_id ?? ''), done: 'created' }
    }
  }
}

function createForm (page: PageContext): Fragment {
  const creating = page.formState('create')
  const others = page.context.sandbox.ledger.wallets().map(({ currency }) => currency).filter(currency => currency !== 'USD')
  return form(creating, html`<div class="pair">
!${choiceField(creating, {
  name: 'currency',
  label: 'Wallets',
  isRequired: true,
  options: [['USD', 'All except INR'], ...others.map(currency => [currency, `Only ${currency}`] as const)]
})}
!${textField(creating, {
  name: 'amount', label: 'Amount', inputmode: 'decimal', placeholder: 'Whole balance'
})}</div><div class="pair">
!${choiceField(creating, {
  name: 'status', label: 'Status', options: STATUSES.map(status => [status, labelOf(status)] as const)
})}
!${textField(creating, { name: 'name', label: 'Name' })}</div>
!${checkField(creating, { name: 'ignore_threshold', label: 'Pay out less than the threshold' })}
<div class="row">!${submit('Create payout')}</div>`)
}

const BUTTONS: ReadonlyArray<readonly [action: PayoutAction, status: string, label: string]> = [
  ['start', 'in_progress', 'Start transfer'], ['succeed', 'success', 'Succeed'], ['hold', 'on_hold', 'Put on hold'],
  ['fail', 'failed', 'Fail']
]

const payoutPage: DashboardPage = {
  async show (page) {
    const path = { payout_id: page.param('id') }
    const payout = payoutResponse(findPayout(path.payout_id, page.context), page.context)
    const breakup = await page.operate('GET /payouts/{payout_id}/breakup', { path })
    const entries = await listed(page, query => page.operate('GET /payouts/{payout_id}/breakup/details', { path, query }))
    const amount = money(payout.amount, payout.currency, page.context.sandbox)
    const title = { html: html`Payout of ${amount}!${tag(payout.status)}` }
    const document = `${page.context.baseUrl}/invoices/payouts/${encodeURIComponent(path.payout_id)}`
    const files = html`!${linkButton(document, 'Statement')}
!${linkButton(`${page.url.split('?', 1)[0] ?? ''}/entries.csv`, 'Entries as CSV')}`
    return {
      title: `Payout of ${amount}`,
      content: html`<div id="top" data-live>!${heading(title, files, crumb(page, pathOf('payouts'), 'Payouts'))}</div>
<div class="columns"><div>
!${card(payoutFacts(payout, page), { id: 'facts', title: 'Payout', live: true })}
!${card(breakupTable(breakup, payout, page), { id: 'breakup', title: 'Breakdown', live: true, pad: false })}
!${card(html`!${entryTable(entries.items, payout, page)}!${pagination(page, entries, 'entries')}`, {
  id: 'entries', title: 'Entries', live: true, pad: false
})}
!${card(rawJson(payout, page), { id: 'raw-card', live: true })}
</div><div>!${card(buttons(page), { id: 'actions', title: 'Actions', live: true })}</div></div>`
    }
  },
  actions: {
    async settle (page, given) {
      await page.operate('POST /_emulator/payouts/{payout_id}/settle', {
        path: { payout_id: page.param('id') }, body: { status: given.text('status') }
      })
      return { done: 'settled' }
    }
  },
  notes: { created: 'The payout was created.', settled: 'The payout was changed.' }
}

function payoutFacts (payout: Payout, page: PageContext): Fragment {
  const amount = (minor: number) => html`${money(minor, payout.currency, page.context.sandbox)}`
  return facts([
    ['Id', idTag(payout.payout_id)],
    ['Amount', amount(payout.amount)],
    ['Fee', amount(payout.fee)],
    ['Name', text(payout.name)],
    ['Remarks', text(payout.remarks)],
    ['Payment method', html`${labelOf(payout.payment_method)}`],
    ['Created', fullTime(payout.created_at, page)],
    ['Updated', fullTime(payout.updated_at, page)]
  ])
}

function breakupTable (
  rows: Reply<'GET /payouts/{payout_id}/breakup'>, { currency }: Payout, page: PageContext
): Fragment {
  const columns = [{ title: 'Type' }, { title: 'Total', kind: 'number' }] as const
  return table('Totals by type', columns, rows.map(({ event_type: type, total }) =>
    ({ id: type, cells: [html`${labelOf(type)}`, html`${money(total, currency, page.context.sandbox)}`] })))
}

function entryTable (
  items: ReadonlyArray<Schemas['PayoutBreakupDetailRow']>, { currency }: Payout, page: PageContext
): Fragment {
  const none = 'This payout pays out no entries. A failed payout gives them back.'
  if (items.length === 0) return html`<p class="pad quiet">${none}</p>`
  const { sandbox } = page.context
  return table('Entries', [
    { title: 'Type' }, { title: 'Reference' }, { title: 'Original amount', kind: 'number' }, { title: 'Paid out', kind: 'number' }
  ], items.map(entry => ({
    id: entry.id,
    cells: [
      html`${labelOf(entry.event_type)}`,
      entry.reference_object_id == null ? html`${entry.description ?? '–'}` : idLink(page, entry.reference_object_id),
      html`${money(entry.original_amount, entry.original_currency, sandbox)}`,
      html`${money(entry.payout_currency_amount, currency, sandbox)}`
    ]
  })))
}

function buttons (page: PageContext): Fragment {
  const possible = new Set(payoutStates.possible(findPayout(page.param('id'), page.context), page.context))
  const settle = page.formState('settle')
  return html`<div class="row">!${BUTTONS.filter(([action]) => possible.has(action)).map(([action, status, label]) =>
    button(settle, label, action === 'fail' ? 'danger' : 'second', { status }))}</div>`
}

export const payoutsSection: DashboardSection = {
  name: 'payouts',
  title: 'Payouts',
  icon: 'M4 8h16v9H4zM12 4v9M9 10l3 3 3-3',
  position: 18,
  pages: { '/': listPage, '/:id': payoutPage },
  objects: [{
    kind: 'Payouts',
    prefix: 'pyt',
    find: (id, { context: { sandbox } }) => {
      const payout = sandbox.payouts.find(id)
      return payout === undefined ? null : money(payout.amount, payout.currency, sandbox)
    }
  }],
  files: {
    '/:id/entries.csv': {
      async read (page) {
        const path = { payout_id: page.param('id') }
        const file = await page.operate('GET /payouts/{payout_id}/breakup/details/csv', { path })
        return { name: file.fileName, mediaType: 'text/csv', bytes: await file.bytes() }
      }
    }
  }
}
