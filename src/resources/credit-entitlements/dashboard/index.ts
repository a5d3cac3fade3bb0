/**
 * Credit entitlements in the dashboard: the list, the forms, and the page of each with its terms and the balances of customers.
 * Stable ids for browser tests: list, facts, rollover, overage, balances, products, form-save, ask-delete, raw.
 */
import { html } from 'ghtml'
import { CHOICES, button, confirmButton } from '../../../pages/dashboard/fields.js'
import { pageOf, pathOf } from '../../../pages/dashboard/links.js'
import { filtersOf, listed, listCard, type Filter } from '../../../pages/dashboard/lists.js'
import { containing } from '../../../pages/dashboard/objects.js'
import type { DashboardPage, PageContext, Shown } from '../../../pages/dashboard/page.js'
import {
  card, cellLink, crumb, empty, facts, fullTime, heading, idTag, linkButton, rawJson, statusTag, table, text, timeTag, type Row
} from '../../../pages/dashboard/parts.js'
import type { DashboardSection } from '../../../pages/dashboard/section.js'
import type { Fragment } from '../../../pages/layout.js'
import { findAnyCreditEntitlement } from '../rules.js'
import { creditEntitlementResponse } from '../view.js'
import { accountPage } from './account.js'
import { BEHAVIORS, creditForm, readCredit, type CreditEntitlementReply } from './form.js'
import { relatedCredits } from './related.js'

const FILTERS: readonly Filter[] = [
  { name: 'deleted', label: 'Show', type: 'choice', options: [['true', 'Deleted']] }
]

const LATEST = 25

async function list (page: PageContext): Promise<Shown> {
  const { deleted } = filtersOf(page, ['deleted'])
  const query = deleted === undefined ? {} : { deleted }
  const found = await listed(page, paging => page.operate('GET /credit-entitlements', { query: { ...query, ...paging } }))
  const rows = found.items.map((item): Row => ({
    id: item.id,
    cells: [
      cellLink(pageOf(page, 'creditEntitlements', item.id), html`${item.name}`, item.id),
      html`${item.unit}`,
      html`${item.rollover_enabled ? 'yes' : 'no'}`,
      html`${item.overage_enabled ? 'yes' : 'no'}`,
      timeTag(item.created_at, page)
    ]
  }))
  const columns = [
    { title: 'Credit entitlement' }, { title: 'Unit' }, { title: 'Rollover', kind: 'low' }, { title: 'Overage', kind: 'low' },
    { title: 'Created', kind: 'low' }
  ] as const
  const nothing = deleted === undefined
    ? empty('No credit entitlements yet', html`<p>A credit entitlement is a kind of credits, such as tokens or minutes. Products
grant them, and meters use them up. <a href="${pageOf(page, 'creditEntitlements', 'new')}">Create one</a>.</p>`)
    : empty('No deleted credit entitlements', html`<p><a href="${pageOf(page, 'creditEntitlements')}">Show the others</a>.</p>`)
  const shown = rows.length > 0 ? table('Credit entitlements', columns, rows) : nothing
  const create = linkButton(pageOf(page, 'creditEntitlements', 'new'), 'New credit entitlement', 'primary')
  return {
    title: 'Credits',
    content: html`!${heading('Credits', create)}!${listCard(page, FILTERS, shown, found, 'credit entitlements')}`
  }
}

const newPage: DashboardPage = {
  show: page => ({
    title: 'New credit entitlement',
    content: html`!${heading('New credit entitlement', '', crumb(page, pathOf('creditEntitlements'), 'Credits'))}
!${card(creditForm(page.formState('save'), null, pageOf(page, 'creditEntitlements'), page), { id: 'new' })}`
  }),
  actions: {
    async save (page, sent) {
      const body = { ...readCredit(sent), precision: sent.number('precision') }
      const { id } = await page.operate('POST /credit-entitlements', { body })
      return { to: pathOf('creditEntitlements', id), done: 'created' }
    }
  }
}

const editPage: DashboardPage = {
  async show (page) {
    const entitlement = await page.operate('GET /credit-entitlements/{id}', { path: { id: page.param('id') } })
    const { id, name } = entitlement
    const leave = pageOf(page, 'creditEntitlements', id)
    return {
      title: `Edit ${name}`,
      content: html`!${heading(`Edit ${name}`, '', crumb(page, pathOf('creditEntitlements', id), name))}
!${card(creditForm(page.formState('save'), entitlement as CreditEntitlementReply, leave, page), { id: 'edit' })}`
    }
  },
  actions: {
    async save (page, sent) {
      const id = page.param('id')
      await page.operate('PATCH /credit-entitlements/{id}', { path: { id }, body: readCredit(sent) })
      return { to: pathOf('creditEntitlements', id), done: 'saved' }
    }
  }
}

const entitlementPage: DashboardPage = {
  async show (page) {
    const stored = findAnyCreditEntitlement(page.param('id'), page.context, 'id')
    const entitlement = creditEntitlementResponse(stored, page.context)
    const { id, name } = entitlement
    const isDeleted = stored.deleted_at !== null
    const actions = isDeleted
      ? button(page.formState('undelete'), 'Undelete')
      : html`!${linkButton(pageOf(page, 'creditEntitlements', id, 'edit'), 'Edit')}
!${confirmButton(page.formState('delete'), {
        label: 'Delete',
        question: 'Delete the credit entitlement? Customers keep their credits, and running subscriptions go on granting them.',
        confirm: 'Delete credit entitlement'
      })}`
    return {
      title: name,
      content: html`!${heading({ html: html`${name} !${isDeleted ? statusTag('deleted', 'wait') : ''}` }, actions,
        crumb(page, pathOf('creditEntitlements'), 'Credits'))}
<div class="columns"><div>
!${await balances(id, page)}
!${card(rawJson(entitlement, page), { id: 'raw-card' })}
</div><div>
!${card(creditFacts(entitlement, page), { id: 'facts', title: 'Credit entitlement', live: true })}
!${card(rolloverFacts(entitlement), { id: 'rollover', title: 'Rollover' })}
!${card(overageFacts(entitlement), { id: 'overage', title: 'Overage' })}
</div></div>`
    }
  },
  actions: {
    async delete (page) {
      await page.operate('DELETE /credit-entitlements/{id}', { path: { id: page.param('id') } })
      return { done: 'deleted' }
    },
    async undelete (page) {
      await page.operate('POST /credit-entitlements/{id}/undelete', { path: { id: page.param('id') } })
      return { done: 'undeleted' }
    }
  },
  notes: {
    created: 'The credit entitlement was created.',
    saved: 'The credit entitlement was updated.',
    deleted: 'The credit entitlement was deleted.',
    undeleted: 'The credit entitlement is back.'
  }
}

function creditFacts (entitlement: CreditEntitlementReply, page: PageContext): Fragment {
  const days = entitlement.expires_after_days
  return facts([
    ['Id', idTag(entitlement.id)],
    ['Unit', html`${entitlement.unit}`],
    ['Decimals', html`${entitlement.precision}`],
    ['Description', text(entitlement.description)],
    ['Expires', html`${days === null ? 'never' : `after ${days} days`}`],
    ['Created', fullTime(entitlement.created_at, page)]
  ])
}

function rolloverFacts (entitlement: CreditEntitlementReply): Fragment {
  if (!entitlement.rollover_enabled) {
    return '<p class="quiet">Unused credits are not carried over. They stay until they expire.</p>'
  }
  const { rollover_percentage: percent, rollover_timeframe_count: count, rollover_timeframe_interval: interval } = entitlement
  return facts([
    ['Carried part', html`${percent ?? 100}%`],
    ['Lasts', html`${count === null ? 'as long as other credits' : `${count} ${interval}`}`],
    ['How often', html`${entitlement.max_rollover_count ?? 'without limit'}`]
  ])
}

function overageFacts (entitlement: CreditEntitlementReply): Fragment {
  if (!entitlement.overage_enabled) return '<p class="quiet">Usage stops at a balance of 0.</p>'
  const behavior = BEHAVIORS.find(([value]) => value === entitlement.overage_behavior)?.[1]
  return facts([
    ['Limit', html`${entitlement.overage_limit ?? 'none'}`],
    ['At the renewal', html`${behavior ?? entitlement.overage_behavior}`],
    ['Price of one credit', html`${entitlement.price_per_unit} minor units of ${entitlement.currency}`]
  ])
}

async function balances (id: string, page: PageContext): Promise<Fragment> {
  const { items } = await page.operate('GET /credit-entitlements/{credit_entitlement_id}/balances', {
    path: { credit_entitlement_id: id }, query: { page_size: LATEST }
  })
  const rows = items.map((item): Row => ({
    id: item.id,
    cells: [
      cellLink(pageOf(page, 'creditEntitlements', id, item.customer_id),
        html`${page.context.sandbox.customers.find(item.customer_id)?.name ?? item.customer_id}`, item.customer_id),
      html`${item.balance}`,
      html`${item.overage}`,
      timeTag(item.last_transaction_at ?? item.created_at, page)
    ]
  }))
  const columns = [
    { title: 'Customer' }, { title: 'Balance', kind: 'number' }, { title: 'Overage', kind: 'number' },
    { title: 'Last transaction', kind: 'low' }
  ] as const
  return card(rows.length === 0
    ? empty('No customer has these credits yet', html`<p>Sell a product that grants them, or credit a customer by hand.</p>`)
    : table('Balances', columns, rows), { id: 'balances', title: 'Balances', live: true, pad: false })
}

export const creditEntitlementsSection: DashboardSection = {
  name: 'creditEntitlements',
  objects: [{
    kind: 'Credits',
    prefix: 'cde',
    find: (id, { context }) => context.sandbox.creditEntitlements.find(id)?.name ?? null,
    async search (text, limit, page) {
      const { items } = await page.operate('GET /credit-entitlements', { query: { page_size: CHOICES } })
      return containing(text, limit, items.map(({ id, name }) => ({ id, text: name })))
    }
  }],
  title: 'Credits',
  icon: 'M12 5c4 0 7 1.3 7 3s-3 3-7 3s-7-1.3-7-3s3-3 7-3M5 8v4c0 1.7 3 3 7 3s7-1.3 7-3V8M5 12v4c0 1.7 3 3 7 3s7-1.3 7-3v-4',
  position: 48,
  pages: {
    '/': { show: list },
    '/new': newPage,
    '/:id': entitlementPage,
    '/:id/edit': editPage,
    '/:id/:customer': accountPage
  },
  related: relatedCredits
}
