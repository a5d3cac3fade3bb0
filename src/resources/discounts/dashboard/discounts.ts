/**
 * Discount codes in the dashboard: the list with the API's filters, each code's page with its allow-list, and the forms. Stable
 * ids for browser tests: list, facts, sums, customers, raw, form-save, form-allow.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import { percent } from '../../../rules/decimal.js'
import type { Fragment } from '../../../pages/layout.js'
import { money } from '../../../pages/fragments.js'
import { discountBody, discountForm } from './form.js'
import { button, confirmButton, form, submit, textField, CHOICES } from '../../../pages/dashboard/fields.js'
import { pageOf, pathOf } from '../../../pages/dashboard/links.js'
import { filtersOf, listed, listCard, type Filter } from '../../../pages/dashboard/lists.js'
import type { DashboardPage, Shown, PageContext } from '../../../pages/dashboard/page.js'
import {
  NONE, card, cellLink, code, copyButton, crumb, empty, facts, fullTime, heading, idTag, linkButton, metadata, rawJson,
  statusTag, table, text, timeTag, labelOf, type Kind, type Row
} from '../../../pages/dashboard/parts.js'
import type { DashboardSection } from '../../../pages/dashboard/section.js'

type Discount = Schemas['DiscountResponse']

const FILTERS: readonly Filter[] = [
  { name: 'code', label: 'Code', type: 'search', placeholder: 'Any part of the code' },
  { name: 'discount_type', label: 'Type', type: 'choice', options: [['percentage', 'Percentage'], ['flat', 'Flat']] },
  { name: 'active', label: 'Usable now', type: 'choice', options: [['true', 'Yes'], ['false', 'No']] },
  { name: 'product_id', label: 'Applies to product', type: 'text', placeholder: 'pdt_…' }
]

async function list (page: PageContext): Promise<Shown> {
  const query = filtersOf(page, ['code', 'discount_type', 'active', 'product_id'])
  const found = await listed(page, paging => page.operate('GET /discounts', { query: { ...query, ...paging } }))
  const rows = found.items.map((discount): Row => ({
    id: discount.discount_id,
    cells: [
      cellLink(pageOf(page, 'discounts', discount.discount_id), code(discount.code), discount.name || null),
      html`${takes(discount, page)}`,
      html`${uses(discount)}`,
      stateTag(discount, page),
      discount.expires_at == null ? NONE : timeTag(discount.expires_at, page)
    ]
  }))
  const columns = [
    { title: 'Code' }, { title: 'Discount', kind: 'number' }, { title: 'Used', kind: 'number' }, { title: 'State' },
    { title: 'Valid until', kind: 'low' }
  ] as const
  const create = pageOf(page, 'discounts', 'new')
  const nothing = Object.keys(query).length > 0
    ? empty('No matching codes', html`<p>Change the filters, or <a href="${pageOf(page, 'discounts')}">show all</a>.</p>`)
    : empty('No discount codes yet', html`<p><a href="${create}">Create one</a> to try it on a payment.</p>`)
  return {
    title: 'Discounts',
    content: html`!${heading('Discounts', linkButton(pageOf(page, 'discounts', 'new'), 'New discount code', 'primary'))}
!${listCard(page, FILTERS, rows.length > 0 ? table('Discounts', columns, rows) : nothing, found, 'discounts')}`
  }
}

function takes ({ type, amount, currency_options: options = [] }: Discount, { context: { sandbox } }: PageContext): string {
  if (type === 'percentage') return `${percent(amount)}%`
  const sum = options.find(({ is_default: isDefault }) => isDefault)
  return sum?.max_amount_possible == null ? '?' : money(sum.max_amount_possible, sum.currency, sandbox)
}

function uses ({ times_used: used, usage_limit: limit }: Discount): string {
  return limit == null ? String(used) : `${used} of ${limit}`
}

/** The state of a code: active, or the reason why it can't be used now. */
function stateTag ({ starts_at: from, expires_at: until, usage_limit: limit, times_used: used }: Discount,
  { context }: PageContext): Fragment {
  const now = context.now / 1000
  const [state, kind]: [string, Kind] = until != null && Date.parse(until) <= now
    ? ['expired', 'bad']
    : limit != null && used >= limit
      ? ['used up', 'bad']
      : from != null && Date.parse(from) > now ? ['not yet valid', 'wait'] : ['active', 'good']
  return statusTag(state, kind)
}

const discountPage: DashboardPage = {
  async show (page) {
    const discount = await find(page)
    const edit = pageOf(page, 'discounts', discount.discount_id, 'edit')
    const pay = `${pageOf(page, 'payments', 'new')}?${new URLSearchParams({ discount_codes: discount.code })}`
    return {
      title: discount.code,
      content: html`!${heading(
        { html: html`${discount.code} !${copyButton(discount.code, 'the code')} !${stateTag(discount, page)}` },
        html`!${linkButton(pay, 'Try it on a payment', 'primary')}!${linkButton(edit, 'Edit')}
!${confirmButton(page.formState('delete'), {
          label: 'Delete',
          question: `${discount.code} can no longer be used. Another discount can then have the same code. This can't be undone.`,
          confirm: 'Delete discount code'
        })}`, crumb(page, pathOf('discounts'), 'Discounts'))}
<div class="columns"><div>
!${card(discountFacts(discount, page), { id: 'facts', title: 'Discount', live: true })}
!${await allowedCustomers(discount, page)}
!${card(rawJson(discount, page), { id: 'raw-card' })}
</div><div>
!${sums(discount, page)}
!${await restrictions(discount, page)}
</div></div>`
    }
  },
  actions: {
    async delete (page) {
      await page.operate('DELETE /discounts/{discount_id}', { path: { discount_id: page.param('id') } })
      return { to: pathOf('discounts'), done: 'deleted' }
    },
    async allow (page, sent) {
      const ids = sent.text('customer_ids').split(/[\s,;]+/).filter(id => id !== '')
      const path = { discount_id: page.param('id') }
      await page.operate('POST /discounts/{discount_id}/customers', { path, body: { customer_ids: ids } })
      return { done: 'allowed' }
    },
    async disallow (page, sent) {
      const path = { discount_id: page.param('id'), customer_id: sent.text('customer_id') }
      await page.operate('DELETE /discounts/{discount_id}/customers/{customer_id}', { path })
      return { done: 'disallowed' }
    }
  },
  notes: {
    created: 'The discount code was created.',
    saved: 'The discount code was updated.',
    allowed: 'The customers were added.',
    disallowed: 'The customer was removed.'
  }
}

function find (page: PageContext): Promise<Discount> {
  return page.operate('GET /discounts/{discount_id}', { path: { discount_id: page.param('id') } })
}

function discountFacts (discount: Discount, page: PageContext): Fragment {
  return facts([
    ['Id', idTag(discount.discount_id)],
    ['Name', text(discount.name)],
    ['Discount', html`${takes(discount, page)}`],
    ['In the API', html`<code>${discount.type}</code> <code>${discount.amount}</code>
!${discount.type === 'percentage' ? 'basis points' : ''}`],
    ['Used', html`${uses(discount)}`],
    ['Uses per customer', text(discount.per_customer_usage_limit)],
    ['Eligible customers', html`${labelOf(discount.customer_eligibility)}`],
    ['Valid from', discount.starts_at == null ? null : fullTime(discount.starts_at, page)],
    ['Valid until', discount.expires_at == null ? null : fullTime(discount.expires_at, page)],
    ['Periods', text(discount.subscription_cycles)],
    ['Created', fullTime(discount.created_at, page)],
    ['Metadata', metadata(discount.metadata)]
  ])
}

function sums ({ currency_options: options = [] }: Discount, { context: { sandbox } }: PageContext): Fragment {
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
    { title: 'Currency' }, { title: 'At most', kind: 'number' }, { title: 'Minimum cart', kind: 'number' }
  ] as const
  return card(table('Amounts by currency', columns, rows), { id: 'sums', title: 'Amounts by currency', live: true, pad: false })
}

async function restrictions ({ restricted_to: ids }: Discount, page: PageContext): Promise<Fragment> {
  const items = await Promise.all(ids.slice(0, CHOICES).map(async id => {
    const product = await page.operate('GET /products/{id}', { path: { id } }).catch(() => null) // a reset may have removed it
    return html`<li><a href="${pageOf(page, 'products', id)}">${product?.name ?? id}</a></li>`
  }))
  return card(items.length === 0
    ? html`<p class="quiet">Applies to every product.</p>`
    : html`<ul class="pairs">!${items}</ul>`, { id: 'restrictions', title: 'Products', live: true })
}

async function allowedCustomers (discount: Discount, page: PageContext): Promise<Fragment> {
  if (discount.customer_eligibility !== 'specific') return ''
  const path = { discount_id: discount.discount_id }
  const { items } = await page.operate('GET /discounts/{discount_id}/customers', { path, query: { page_size: CHOICES } })
  const rows = items.map(({ customer_id: id }): Row => ({
    id,
    cells: [
      cellLink(pageOf(page, 'customers', id), code(id)),
      button(page.formState('disallow'), 'Remove', 'bare', { customer_id: id })
    ]
  }))
  const formState = page.formState('allow')
  return card(html`!${rows.length === 0
    ? empty('No customers yet', html`<p>Add the customers who may use the code.</p>`)
    : table('Customers', [{ title: 'Customer' }, { title: 'Action' }], rows)}
<div class="pad">!${form(formState, html`!${textField(formState, {
  name: 'customer_ids',
  label: 'Add customers',
  placeholder: 'cus_…',
  hint: 'Customer ids, separated by spaces or commas.',
  isRequired: true
})}<div>!${submit('Add', 'second')}</div>`)}</div>`, { id: 'customers', title: 'Eligible customers', pad: false })
}

const newPage: DashboardPage = {
  async show (page) {
    return {
      title: 'New discount code',
      content: html`!${heading('New discount code', '', crumb(page, pathOf('discounts'), 'Discounts'))}
!${card(await discountForm(page.formState('save'), null, page), { id: 'discount' })}`
    }
  },
  actions: {
    async save (page, sent) {
      const { discount_id: id } = await page.operate('POST /discounts', { body: discountBody(sent, null, page) })
      return { to: pathOf('discounts', id), done: 'created' }
    }
  }
}

const editPage: DashboardPage = {
  async show (page) {
    const discount = await find(page)
    const { discount_id: id, code } = discount
    return {
      title: `Edit ${code}`,
      content: html`!${heading(`Edit ${code}`, '', crumb(page, pathOf('discounts', id), code))}
!${card(await discountForm(page.formState('save'), discount, page), { id: 'discount' })}`
    }
  },
  actions: {
    async save (page, sent) {
      const before = await find(page)
      const path = { discount_id: before.discount_id }
      await page.operate('PATCH /discounts/{discount_id}', { path, body: discountBody(sent, before, page) })
      return { to: pathOf('discounts', before.discount_id), done: 'saved' }
    }
  }
}

export const discountsSection: DashboardSection = {
  name: 'discounts',
  objects: [{
    kind: 'Discounts',
    prefix: 'dsc',
    find (id, { context: { sandbox } }) {
      const discount = sandbox.discounts.find(id)
      return discount === undefined || discount.deleted_at !== null ? null : discount.code
    },
    async search (text, limit, page) {
      const { items } = await page.operate('GET /discounts', { query: { code: text, page_size: limit } })
      return items.map(({ discount_id: id, code }) => ({ id, text: code }))
    }
  }],
  title: 'Discounts',
  icon: 'M12.5 4H20v7.5L12 19.5L4.5 12zM16 8h.01',
  position: 50,
  pages: {
    '/': { show: list, notes: { deleted: 'The code was deleted.' } },
    '/new': newPage,
    '/:id': discountPage,
    '/:id/edit': editPage
  }
}
