/**
 * Discount codes: the list with the API's filters, each code's page with the customers that it is for, making, changing and
 * deleting them. For tests without a person, these hold on: the ids list, facts, sums, customers, raw, form-save, form-allow.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../contract/operations.js'
import { percent } from '../../rules/decimal.js'
import type { Fragment } from '../layout.js'
import { money } from '../fragments.js'
import { discountBody, discountForm } from './discount-form.js'
import { asking, button, form, submit, textField } from './fields.js'
import type { Dashboard, DashboardPage, Shown, Visit } from './frame.js'
import { filtersOf, listed, type Filter } from './lists.js'
import {
  NONE, card, cellLink, code, copyButton, crumb, empty, facts, fullTime, heading, idTag, linkButton, metadata, rawJson, statusTag,
  table, text, timeTag, type Kind, type Row
} from './parts.js'
import { CHOICES, listCard, pageOf, pathOf, words } from './related.js'

type Discount = Schemas['DiscountResponse']

export function addDiscounts (dashboard: Dashboard): void {
  dashboard.page('/dashboard/discounts', { section: 'discounts', show: list, notes: { deleted: 'The code was deleted.' } })
  dashboard.page('/dashboard/discounts/new', newPage)
  dashboard.page('/dashboard/discounts/:id', discountPage)
  dashboard.page('/dashboard/discounts/:id/edit', editPage)
}

const FILTERS: readonly Filter[] = [
  { name: 'code', label: 'Code', type: 'search', placeholder: 'A part of it' },
  { name: 'discount_type', label: 'Type', type: 'choice', options: [['percentage', 'Percentage'], ['flat', 'Flat']] },
  { name: 'active', label: 'Can be used now', type: 'choice', options: [['true', 'Yes'], ['false', 'No']] },
  { name: 'product_id', label: 'Fits the product', type: 'text', placeholder: 'pdt_…' }
]

async function list (visit: Visit): Promise<Shown> {
  const query = filtersOf(visit, ['code', 'discount_type', 'active', 'product_id'])
  const found = await listed(visit, paging => visit.operate('GET /discounts', { query: { ...query, ...paging } }))
  const rows = found.items.map((discount): Row => ({
    id: discount.discount_id,
    cells: [
      cellLink(pageOf(visit, 'discounts', discount.discount_id), code(discount.code), discount.name || null),
      html`${takes(discount, visit)}`,
      html`${uses(discount)}`,
      stateTag(discount, visit),
      discount.expires_at == null ? NONE : timeTag(discount.expires_at, visit)
    ]
  }))
  const columns = [
    { title: 'Code' }, { title: 'Takes off', kind: 'number' }, { title: 'Used', kind: 'number' }, { title: 'State' },
    { title: 'Valid until', kind: 'low' }
  ] as const
  const { base } = visit
  const nothing = Object.keys(query).length > 0
    ? empty('No code fits', html`<p>Change the filter, or <a href="${base}/dashboard/discounts">show all of them</a>.</p>`)
    : empty('No discount code yet', html`<p><a href="${base}/dashboard/discounts/new">Create one</a> to try it on a payment.</p>`)
  return {
    title: 'Discounts',
    content: html`!${heading('Discounts', linkButton(`${base}/dashboard/discounts/new`, 'New discount code', 'primary'))}
!${listCard(visit, FILTERS, rows.length > 0 ? table('Discounts', columns, rows) : nothing, found, 'discounts')}`
  }
}

function takes ({ type, amount, currency_options: options = [] }: Discount, { context: { sandbox } }: Visit): string {
  if (type === 'percentage') return `${percent(amount)} %`
  const sum = options.find(({ is_default: isDefault }) => isDefault)
  return sum?.max_amount_possible == null ? '?' : money(sum.max_amount_possible, sum.currency, sandbox)
}

function uses ({ times_used: used, usage_limit: limit }: Discount): string {
  return limit == null ? String(used) : `${used} of ${limit}`
}

/** Why it can't be used now, if it can't. */
function stateTag ({ starts_at: from, expires_at: until, usage_limit: limit, times_used: used }: Discount,
  { context }: Visit): Fragment {
  const now = context.now / 1000
  const [state, kind]: [string, Kind] = until != null && Date.parse(until) <= now
    ? ['expired', 'bad']
    : limit != null && used >= limit
      ? ['used up', 'bad']
      : from != null && Date.parse(from) > now ? ['not yet valid', 'wait'] : ['active', 'good']
  return statusTag(state, kind)
}

const discountPage: DashboardPage = {
  section: 'discounts',
  async show (visit) {
    const discount = await find(visit)
    const edit = pageOf(visit, 'discounts', discount.discount_id, '/edit')
    const pay = `${visit.base}/dashboard/payments/new?${new URLSearchParams({ discount_codes: discount.code })}`
    return {
      title: discount.code,
      content: html`!${heading(
        { html: html`${discount.code} !${copyButton(discount.code, 'the code')} !${stateTag(discount, visit)}` },
        html`!${linkButton(pay, 'Try it on a payment', 'primary')}!${linkButton(edit, 'Edit')}
!${asking(visit.sheet('delete'), {
          opens: 'Delete',
          question: `${discount.code} can then be used no more, and is free for another discount. This can't be undone.`,
          confirm: 'Delete the code'
        })}`, crumb(visit, '/dashboard/discounts', 'Discounts'))}
<div class="columns"><div>
!${card(discountFacts(discount, visit), { id: 'facts', title: 'Discount', live: true })}
!${await allowedCustomers(discount, visit)}
!${card(rawJson(discount), { id: 'raw-card' })}
</div><div>
!${sums(discount, visit)}
!${await restrictions(discount, visit)}
</div></div>`
    }
  },
  actions: {
    async delete (visit) {
      await visit.operate('DELETE /discounts/{discount_id}', { path: { discount_id: visit.param('id') } })
      return { to: '/dashboard/discounts', done: 'deleted' }
    },
    async allow (visit, sent) {
      const ids = sent.text('customer_ids').split(/[\s,;]+/).filter(id => id !== '')
      const path = { discount_id: visit.param('id') }
      await visit.operate('POST /discounts/{discount_id}/customers', { path, body: { customer_ids: ids } })
      return { done: 'allowed' }
    },
    async disallow (visit, sent) {
      const path = { discount_id: visit.param('id'), customer_id: sent.text('customer_id') }
      await visit.operate('DELETE /discounts/{discount_id}/customers/{customer_id}', { path })
      return { done: 'disallowed' }
    }
  },
  notes: {
    created: 'The discount code was created.',
    saved: 'The discount code was changed.',
    allowed: 'These customers may use it.',
    disallowed: 'This customer may not use it any more.'
  }
}

function find (visit: Visit): Promise<Discount> {
  return visit.operate('GET /discounts/{discount_id}', { path: { discount_id: visit.param('id') } })
}

function discountFacts (discount: Discount, visit: Visit): Fragment {
  return facts([
    ['Id', idTag(discount.discount_id)],
    ['Name', text(discount.name)],
    ['Takes off', html`${takes(discount, visit)}`],
    ['In the API', html`<code>${discount.type}</code> <code>${discount.amount}</code>
!${discount.type === 'percentage' ? 'basis points' : ''}`],
    ['Used', html`${uses(discount)}`],
    ['Per customer', text(discount.per_customer_usage_limit)],
    ['Who may use it', html`${words(discount.customer_eligibility)}`],
    ['Valid from', discount.starts_at == null ? null : fullTime(discount.starts_at, visit)],
    ['Valid until', discount.expires_at == null ? null : fullTime(discount.expires_at, visit)],
    ['Periods', text(discount.subscription_cycles)],
    ['Created', fullTime(discount.created_at, visit)],
    ['Metadata', metadata(discount.metadata)]
  ])
}

function sums ({ currency_options: options = [] }: Discount, { context: { sandbox } }: Visit): Fragment {
  if (options.length === 0) return ''
  const rows = options.map(({ currency, max_amount_possible: most, minimum_subtotal: least, is_default: isDefault }): Row => ({
    id: currency,
    cells: [
      html`${currency}!${isDefault ? ' <span class="tag calm">default</span>' : ''}`,
      most == null ? NONE : html`${money(most, currency, sandbox)}`,
      least === 0 ? NONE : html`${money(least, currency, sandbox)}`
    ]
  }))
  const columns = [
    { title: 'Currency' }, { title: 'At most', kind: 'number' }, { title: 'For carts from', kind: 'number' }
  ] as const
  return card(table('Sums by currency', columns, rows), { id: 'sums', title: 'Sums by currency', live: true, pad: false })
}

async function restrictions ({ restricted_to: ids }: Discount, visit: Visit): Promise<Fragment> {
  const items = await Promise.all(ids.slice(0, CHOICES).map(async id => {
    const product = await visit.operate('GET /products/{id}', { path: { id } }).catch(() => null) // may be gone with a reset
    return html`<li><a href="${pageOf(visit, 'products', id)}">${product?.name ?? id}</a></li>`
  }))
  return card(items.length === 0
    ? html`<p class="quiet">It applies to every product.</p>`
    : html`<ul class="pairs">!${items}</ul>`, { id: 'restrictions', title: 'Products', live: true })
}

async function allowedCustomers (discount: Discount, visit: Visit): Promise<Fragment> {
  if (discount.customer_eligibility !== 'specific') return ''
  const path = { discount_id: discount.discount_id }
  const { items } = await visit.operate('GET /discounts/{discount_id}/customers', { path, query: { page_size: CHOICES } })
  const rows = items.map(({ customer_id: id }): Row => ({
    id,
    cells: [
      cellLink(pageOf(visit, 'customers', id), code(id)),
      button(visit.sheet('disallow'), 'Take off the list', 'bare', { customer_id: id })
    ]
  }))
  const sheet = visit.sheet('allow')
  return card(html`!${rows.length === 0
    ? empty('Nobody may use it yet', html`<p>Add the customers that it is for.</p>`)
    : table('Customers', [{ title: 'Customer' }, { title: 'Action' }], rows)}
<div class="pad">!${form(sheet, html`!${textField(sheet, {
  name: 'customer_ids',
  label: 'Add customers',
  placeholder: 'cus_…',
  hint: 'Ids, separated by spaces or commas.',
  isRequired: true
})}<div>!${submit('Add', 'second')}</div>`)}</div>`, { id: 'customers', title: 'Who may use it', pad: false })
}

const newPage: DashboardPage = {
  section: 'discounts',
  async show (visit) {
    return {
      title: 'New discount code',
      content: html`!${heading('New discount code', '', crumb(visit, '/dashboard/discounts', 'Discounts'))}
!${card(await discountForm(visit.sheet('save'), null, visit), { id: 'discount' })}`
    }
  },
  actions: {
    async save (visit, sent) {
      const { discount_id: id } = await visit.operate('POST /discounts', { body: discountBody(sent, null, visit) })
      return { to: pathOf('discounts', id), done: 'created' }
    }
  }
}

const editPage: DashboardPage = {
  section: 'discounts',
  async show (visit) {
    const discount = await find(visit)
    const { discount_id: id, code } = discount
    return {
      title: `Edit ${code}`,
      content: html`!${heading(`Edit ${code}`, '', crumb(visit, pathOf('discounts', id), code))}
!${card(await discountForm(visit.sheet('save'), discount, visit), { id: 'discount' })}`
    }
  },
  actions: {
    async save (visit, sent) {
      const before = await find(visit)
      const path = { discount_id: before.discount_id }
      await visit.operate('PATCH /discounts/{discount_id}', { path, body: discountBody(sent, before, visit) })
      return { to: pathOf('discounts', before.discount_id), done: 'saved' }
    }
  }
}
