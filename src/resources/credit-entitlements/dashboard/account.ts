/**
 * The credits of one customer in the dashboard: the balance with its chart, the ledger, the grants, and a form to credit or
 * debit.
 * Stable ids for browser tests: balance, chart, ledger, grants, form-book.
 */
import { html } from 'ghtml'
import type { Reply } from '../../../contract/operations.js'
import { ApiError } from '../../../errors.js'
import { choiceField, form, submit, textField } from '../../../pages/dashboard/fields.js'
import { chart as drawing } from '../../../pages/dashboard/chart.js'
import { pageOf, pathOf } from '../../../pages/dashboard/links.js'
import type { DashboardPage, PageContext } from '../../../pages/dashboard/page.js'
import {
  card, crumb, empty, facts, fullTime, heading, idTag, linkButton, statusTag, table, timeTag, labelOf, type Row
} from '../../../pages/dashboard/parts.js'
import type { Fragment } from '../../../pages/layout.js'
import { parseTime } from '../../../rules/calendar.js'
import { subscriptionsGranting, thresholdOf } from '../../credits/sold.js'
import { findCustomer } from '../../customers/rules.js'
import { findAnyCreditEntitlement } from '../rules.js'
import type { CreditEntitlement } from '../store.js'

type Entry = Reply<'GET /credit-entitlements/{credit_entitlement_id}/balances/{customer_id}/ledger'>['items'][number]
type Grant = Reply<'GET /credit-entitlements/{credit_entitlement_id}/balances/{customer_id}/grants'>['items'][number]

const LEDGER = '/credit-entitlements/{credit_entitlement_id}/balances/{customer_id}' as const

/** The most entries in the chart and the ledger. */
const ENTRIES = 100
const GRANTS = 25

const DIRECTIONS = [['credit', 'Credit: add to the balance'], ['debit', 'Debit: deduct from the balance']] as const

export const accountPage: DashboardPage = {
  async show (page) {
    const entitlement = findAnyCreditEntitlement(page.param('id'), page.context, 'id')
    const customer = findCustomer(page.param('customer'), page.context)
    const { credit_entitlement_id: id, name, unit } = entitlement
    const path = { credit_entitlement_id: id, customer_id: customer.customer_id }
    const { items: entries } = await page.operate(`GET ${LEDGER}/ledger`, { path, query: { page_size: ENTRIES } })
    const { items: grants } = await page.operate(`GET ${LEDGER}/grants`, { path, query: { page_size: GRANTS } })
    const title = `${name} of ${customer.name}`
    return {
      title,
      content: html`!${heading(title, linkButton(pageOf(page, 'customers', customer.customer_id), 'Customer'),
        crumb(page, pathOf('creditEntitlements', id), name))}
<div class="columns"><div>
!${card(chart(entries, entitlement, customer.customer_id, page), { id: 'history', title: 'Balance over time', live: true })}
!${card(ledger(entries, page), { id: 'ledger', title: 'Ledger', live: true, pad: false })}
</div><div>
!${card(await balance(path, unit, page), { id: 'balance', title: 'Balance', live: true })}
!${card(bookForm(page, unit), { id: 'book', title: 'Credit or debit' })}
!${card(grantTable(grants, page), { id: 'grants', title: 'Grants', live: true, pad: false })}
</div></div>`
    }
  },
  actions: {
    async book (page, sent) {
      const path = { credit_entitlement_id: page.param('id'), customer_id: page.param('customer') }
      await page.operate(`POST ${LEDGER}/ledger-entries`, {
        path,
        body: { entry_type: sent.text('entry_type'), amount: sent.text('amount'), reason: sent.given('reason') }
      })
      return { done: 'booked' }
    }
  },
  notes: { booked: 'The balance was updated.' }
}

async function balance (
  path: { credit_entitlement_id: string, customer_id: string }, unit: string, page: PageContext
): Promise<Fragment> {
  try {
    const held = await page.operate(`GET ${LEDGER}`, { path })
    return facts([
      ['Balance', html`<span class="figure">${held.balance} ${unit}</span>`],
      ['Overage', html`${held.overage}`],
      ['Last transaction', fullTime(held.last_transaction_at, page)],
      ['Id', idTag(held.id)]
    ])
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'NOT_FOUND') throw error
    return '<p class="quiet">The customer has had no credits yet.</p>'
  }
}

/** The balance after each entry. It has the threshold of the subscription that sends `credit.balance_low`. */
function chart (entries: readonly Entry[], entitlement: CreditEntitlement, customerId: string, page: PageContext): Fragment {
  if (entries.length === 0) return '<p class="quiet">The chart begins with the first credits.</p>'
  const hasOverage = entries.some(({ overage_after: after }) => after !== '0')
  const threshold = subscriptionsGranting(entitlement, customerId, page.context)
    .map(granting => thresholdOf(granting, entitlement.precision)).find(value => value !== null)
  const [latest] = entries
  return drawing({
    id: 'chart',
    title: `Balance in ${entitlement.unit}`,
    column: 'From',
    series: (hasOverage ? ['Balance', 'Overage'] : ['Balance']).map(name => ({ name, kind: 'step' })),
    summary: `now ${latest?.balance_after ?? '0'}${hasOverage ? `, overage ${latest?.overage_after ?? '0'}` : ''}`,
    points: entries.toReversed().map(entry => ({
      id: entry.id,
      label: entry.created_at.slice(0, 10),
      at: parseTime(entry.created_at) ?? page.context.now,
      time: fullTime(entry.created_at, page),
      texts: hasOverage ? [entry.balance_after, entry.overage_after] : [entry.balance_after]
    })),
    until: page.context.now,
    threshold: threshold === undefined ? null : { name: 'Low balance', value: threshold }
  })
}

function ledger (entries: readonly Entry[], page: PageContext): Fragment {
  if (entries.length === 0) {
    return empty('No entries yet', html`<p>Credit the customer, or sell a product with these credits.</p>`)
  }
  const rows = entries.map((entry): Row => ({
    id: entry.id,
    cells: [
      html`${labelOf(entry.transaction_type)}<span class="under">${entry.description ?? entry.id}</span>`,
      html`${entry.is_credit ? '+' : '−'}${entry.amount}`,
      html`${entry.balance_after}`,
      html`${entry.overage_after}`,
      timeTag(entry.created_at, page)
    ]
  }))
  return table('Ledger', [
    { title: 'Entry' }, { title: 'Amount', kind: 'number' }, { title: 'Balance', kind: 'number' },
    { title: 'Overage', kind: 'number' }, { title: 'Booked', kind: 'low' }
  ], rows)
}

function bookForm (page: PageContext, unit: string): Fragment {
  const formState = page.formState('book')
  return form(formState, html`
!${choiceField(formState, { name: 'entry_type', label: 'Direction', options: DIRECTIONS, isRequired: true })}
!${textField(formState, {
    name: 'amount', label: `Amount in ${unit}`, inputmode: 'decimal', placeholder: '100', isRequired: true
  })}
!${textField(formState, { name: 'reason', label: 'Reason' })}
<div>!${submit('Book entry', 'second')}</div>`)
}

function grantTable (grants: readonly Grant[], page: PageContext): Fragment {
  if (grants.length === 0) return empty('No grants yet', '')
  const rows = grants.map((grant): Row => ({
    id: grant.id,
    cells: [
      html`${labelOf(grant.source_type)} !${stateOf(grant)}<span class="under">${grant.id}</span>`,
      html`${grant.remaining_amount} of ${grant.initial_amount}`,
      grant.expires_at == null ? html`never` : timeTag(grant.expires_at, page)
    ]
  }))
  return table('Grants', [{ title: 'Source' }, { title: 'Left', kind: 'number' }, { title: 'Expires', kind: 'low' }], rows)
}

function stateOf ({ is_expired: isExpired, is_rolled_over: isRolled }: Grant): Fragment {
  if (isRolled) return statusTag('rolled over', 'calm')
  return isExpired ? statusTag('expired', 'calm') : ''
}
