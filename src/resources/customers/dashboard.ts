/**
 * Customers in the dashboard: the list with the API's filters, each customer's page with payments, saved payment methods and
 * wallets, and the forms. Stable ids for browser tests: list, facts, payments, methods, wallets, movements, raw, form-save,
 * form-book.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../contract/operations.js'
import { cardName, money } from '../../pages/fragments.js'
import type { Fragment } from '../../pages/layout.js'
import { button, choiceField, confirmButton, form, metadataField, submit, textField } from '../../pages/dashboard/fields.js'
import type { Form, FormState } from '../../pages/dashboard/form.js'
import { pageOf, pathOf } from '../../pages/dashboard/links.js'
import { createdOn, filtersOf, listed, listCard, type Filter } from '../../pages/dashboard/lists.js'
import type { Hit } from '../../pages/dashboard/objects.js'
import type { DashboardPage, Shown, PageContext } from '../../pages/dashboard/page.js'
import {
  card, cellLink, crumb, empty, facts, fullTime, heading, idTag, linkButton, metadata, rawJson, table, text, timeTag,
  labelOf, type Row
} from '../../pages/dashboard/parts.js'
import { readingOf } from '../../pages/dashboard/reading.js'
import type { DashboardSection } from '../../pages/dashboard/section.js'

type Customer = Schemas['CustomerResponse']

const FILTERS: readonly Filter[] = [
  { name: 'email', label: 'E-mail', type: 'search', placeholder: 'Any part of the address' },
  { name: 'name', label: 'Name', type: 'text', placeholder: 'Part of the name' },
  { name: 'from', label: 'Created from', type: 'date' },
  { name: 'until', label: 'Created until', type: 'date' }
]

async function list (page: PageContext): Promise<Shown> {
  const { from, until, ...parts } = filtersOf(page, ['email', 'name', 'from', 'until'])
  const query = {
    ...parts,
    ...createdOn({ from, until })
  }
  const found = await listed(page, paging => page.operate('GET /customers', { query: { ...query, ...paging } }))
  const rows = found.items.map((customer): Row => ({
    id: customer.customer_id,
    cells: [
      cellLink(pageOf(page, 'customers', customer.customer_id), html`${customer.name}`, customer.customer_id),
      html`<span class="long">${customer.email}</span>`,
      html`${customer.phone_number ?? ''}`,
      timeTag(customer.created_at, page)
    ]
  }))
  const columns = [
    { title: 'Customer' }, { title: 'E-mail' }, { title: 'Phone', kind: 'low' }, { title: 'Created', kind: 'low' }
  ] as const
  const nothing = Object.keys(query).length > 0
    ? empty('No matching customers', html`<p>Change the filters, or <a href="${pageOf(page, 'customers')}">show all</a>.</p>`)
    : empty('No customers yet', html`<p>Your program's first payment creates one;
<a href="${pageOf(page, 'customers', 'new')}">here you can too</a>.</p>`)
  return {
    title: 'Customers',
    content: html`!${heading('Customers', linkButton(pageOf(page, 'customers', 'new'), 'New customer', 'primary'))}
!${listCard(page, FILTERS, rows.length > 0 ? table('Customers', columns, rows) : nothing, found, 'customers')}`
  }
}

const customerPage: DashboardPage = {
  async show (page) {
    const customer = await find(page)
    const { customer_id: id, name } = customer
    const pay = `${pageOf(page, 'payments', 'new')}?${new URLSearchParams({ customer_id: id })}`
    return {
      title: name,
      content: html`!${heading(name, html`!${linkButton(pay, 'New payment', 'primary')}
!${linkButton(pageOf(page, 'customers', id, 'edit'), 'Edit')}
!${linkButton(`${pageOf(page, 'webhooks', 'events')}?${new URLSearchParams({ customer_id: id })}`, 'Events')}
!${button(page.formState('portal'), 'Open the customer portal')}`, crumb(page, pathOf('customers'), 'Customers'))}
<div class="columns"><div>
!${card(customerFacts(customer, page), { id: 'facts', title: 'Customer', live: true })}
!${await page.related({ customer_id: id })}
!${await movements(id, page)}
!${card(rawJson(customer, page), { id: 'raw-card' })}
</div><div>
!${await savedMethods(id, page)}
!${await wallets(id, page)}
</div></div>`
    }
  },
  actions: {
    async portal (page) {
      const path = { customer_id: page.param('id') }
      const { link } = await page.operate('POST /customers/{customer_id}/customer-portal/session', { path })
      return { to: link.slice(page.context.baseUrl.length) } // a path, so that it works at any address of the emulator
    },
    async remove (page, sent) {
      const path = { customer_id: page.param('id'), payment_method_id: sent.text('payment_method_id') }
      await page.operate('DELETE /customers/{customer_id}/payment-methods/{payment_method_id}', { path })
      return { done: 'removed' }
    },
    async book (page, sent) {
      const reading = readingOf(sent, page.context.sandbox)
      const body = {
        entry_type: sent.text('entry_type'),
        currency: sent.text('currency'),
        amount: reading.amount('amount', sent.text('currency')),
        reason: sent.given('reason')
      }
      reading.check()
      const path = { customer_id: page.param('id') }
      await page.operate('POST /customers/{customer_id}/wallets/ledger-entries', { path, body })
      return { done: 'booked' }
    }
  },
  notes: {
    created: 'The customer was created.',
    saved: 'The customer was updated.',
    removed: 'The payment method was removed.',
    booked: 'The wallet was updated.'
  }
}

function find (page: PageContext): Promise<Customer> {
  return page.operate('GET /customers/{customer_id}', { path: { customer_id: page.param('id') } })
}

function customerFacts (customer: Customer, page: PageContext): Fragment {
  return facts([
    ['Id', idTag(customer.customer_id)],
    ['E-mail', html`${customer.email}`],
    ['Phone', text(customer.phone_number)],
    ['Created', fullTime(customer.created_at, page)],
    ['Metadata', metadata(customer.metadata)]
  ])
}

async function savedMethods (id: string, page: PageContext): Promise<Fragment> {
  const { items } = await page.operate('GET /customers/{customer_id}/payment-methods', { path: { customer_id: id } })
  const methods = items.map(({ payment_method_id: methodId, payment_method: family, payment_method_type: type, card: saved }) => {
    const name = saved == null ? labelOf(type ?? family) : cardName(saved.card_network, saved.last4_digits)
    const expiry = saved?.expiry_month == null ? '' : `expires ${saved.expiry_month}/${saved.expiry_year ?? ''}`
    return html`<li id="method-${methodId}">
<div><strong>${name}</strong> <span class="quiet">${expiry}</span> !${idTag(methodId)}</div>
!${confirmButton(page.formState('remove'), {
      label: 'Remove',
      question: `${name} can no longer be charged. This can't be undone.`,
      confirm: 'Remove payment method',
      kind: 'danger',
      sent: { payment_method_id: methodId },
      id: `remove-${methodId}`
    })}</li>`
  })
  return card(methods.length === 0
    ? html`<p class="quiet">No saved payment methods. The customer saves one on the payment page.</p>`
    : html`<ul class="entries">!${methods}</ul>`, { id: 'methods', title: 'Saved payment methods', live: true })
}

const WALLETS = [['USD', 'USD'], ['INR', 'INR']] as const
const DIRECTIONS = [['credit', 'Credit: add to the balance'], ['debit', 'Debit: deduct from the balance']] as const

async function wallets (id: string, page: PageContext): Promise<Fragment> {
  const { context: { sandbox } } = page
  const { items } = await page.operate('GET /customers/{customer_id}/wallets', { path: { customer_id: id } })
  const formState = page.formState('book')
  const balances = items.map(({ currency, balance }): readonly [string, Fragment] =>
    [currency, html`<span class="figure">${money(balance, currency, sandbox)}</span>`])
  return card(html`<div id="balances" data-live>!${facts(balances)}</div>
<details class="fold"!${formState.refused === null ? '' : ' open'}><summary>Book a movement</summary>!${form(formState, html`
<div class="pair">!${choiceField(formState, { name: 'entry_type', label: 'Direction', options: DIRECTIONS, isRequired: true })}
!${choiceField(formState, { name: 'currency', label: 'Wallet', options: WALLETS, isRequired: true })}</div>
!${textField(formState, { name: 'amount', label: 'Amount', inputmode: 'decimal', placeholder: '19.99', isRequired: true })}
!${textField(formState, { name: 'reason', label: 'Reason' })}
<div>!${submit('Book entry', 'second')}</div>`)}</details>`, { id: 'wallets', title: 'Wallets' })
}

const MOVEMENTS = 10

async function movements (id: string, page: PageContext): Promise<Fragment> {
  const { items } = await page.operate('GET /customers/{customer_id}/wallets/ledger-entries', {
    path: { customer_id: id }, query: { page_size: MOVEMENTS }
  })
  if (items.length === 0) return ''
  const signed = (amount: number, currency: string) => money(amount, currency, page.context.sandbox)
  const rows = items.map((entry): Row => ({
    id: entry.id,
    cells: [
      cellUnder(entry.reason == null ? labelOf(entry.event_type) : entry.reason, entry.reference_object_id ?? entry.id),
      html`${signed(entry.is_credit ? entry.amount : -entry.amount, entry.currency)}`,
      html`${signed(entry.after_balance, entry.currency)}`,
      timeTag(entry.created_at, page)
    ]
  }))
  const columns = [
    { title: 'Movement' }, { title: 'Amount', kind: 'number' }, { title: 'Balance', kind: 'number' },
    { title: 'Booked', kind: 'low' }
  ] as const
  return card(table('Movements', columns, rows), {
    id: 'movements',
    title: 'Latest wallet entries',
    live: true,
    pad: false
  })
}

function cellUnder (label: string, under: string): Fragment {
  return html`${label}<span class="under">${under}</span>`
}

function customerForm (formState: FormState, customer: Customer | null, { base }: PageContext): Fragment {
  const leave = customer === null ? pathOf('customers') : pathOf('customers', customer.customer_id)
  return form(formState, html`
!${textField(formState, { name: 'name', label: 'Name', value: customer?.name, isRequired: true })}
!${textField(formState, {
    name: 'email',
    label: 'E-mail',
    type: 'email',
    value: customer?.email,
    isRequired: true,
    hint: 'Several customers can have the same address.'
  })}
!${textField(formState, { name: 'phone_number', label: 'Phone', value: customer?.phone_number, placeholder: '+442079460018' })}
!${metadataField(formState, customer?.metadata)}
<div class="row">!${submit(customer === null ? 'Create customer' : 'Save')}!${linkButton(base + leave, 'Cancel')}</div>`)
}

function customerBody (sent: Form, { context: { sandbox } }: PageContext) {
  const reading = readingOf(sent, sandbox)
  const body = {
    name: sent.text('name'),
    email: sent.text('email'),
    phone_number: sent.text('phone_number'),
    metadata: reading.metadata('metadata')
  }
  reading.check()
  return body
}

const newPage: DashboardPage = {
  show: page => ({
    title: 'New customer',
    content: html`!${heading('New customer', '', crumb(page, pathOf('customers'), 'Customers'))}
!${card(customerForm(page.formState('save'), null, page), { id: 'customer' })}`
  }),
  actions: {
    async save (page, sent) {
      const { customer_id: id } = await page.operate('POST /customers', { body: customerBody(sent, page) })
      return { to: pathOf('customers', id), done: 'created' }
    }
  }
}

const editPage: DashboardPage = {
  async show (page) {
    const customer = await find(page)
    const { customer_id: id, name } = customer
    return {
      title: `Edit ${name}`,
      content: html`!${heading(`Edit ${name}`, '', crumb(page, pathOf('customers', id), name))}
!${card(customerForm(page.formState('save'), customer, page), { id: 'customer' })}`
    }
  },
  actions: {
    async save (page, sent) {
      const id = page.param('id')
      await page.operate('PATCH /customers/{customer_id}', { path: { customer_id: id }, body: customerBody(sent, page) })
      return { to: pathOf('customers', id), done: 'saved' }
    }
  }
}

function nameOf (id: string, { context: { sandbox } }: PageContext): string | null {
  const customer = sandbox.customers.find(id)
  return customer === undefined ? null : titleOf(customer)
}

function titleOf ({ name, email }: Pick<Customer, 'name' | 'email'>): string {
  return `${name} · ${email}`
}

/** Customers with a text in their name, or in their e-mail address. */
async function searchCustomers (text: string, limit: number, page: PageContext): Promise<Hit[]> {
  const read = (filter: { name: string } | { email: string }) =>
    page.operate('GET /customers', { query: { ...filter, page_size: limit } })
  const found = await Promise.all([read({ name: text }), read({ email: text })])
  const customers = new Map(found.flatMap(({ items }) => items.map(customer => [customer.customer_id, customer])))
  return [...customers.values()].slice(0, limit).map(customer => ({ id: customer.customer_id, text: titleOf(customer) }))
}

export const customersSection: DashboardSection = {
  name: 'customers',
  objects: [{ kind: 'Customers', prefix: 'cus', find: nameOf, search: searchCustomers }],
  title: 'Customers',
  icon: 'M12 12a3.5 3.5 0 1 0 0-7a3.5 3.5 0 0 0 0 7M5 19.5c.7-3.3 3.5-5 7-5s6.3 1.7 7 5',
  position: 30,
  pages: {
    '/': { show: list },
    '/new': newPage,
    '/:id': customerPage,
    '/:id/edit': editPage
  }
}
