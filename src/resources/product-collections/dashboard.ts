/**
 * Product collections in the dashboard: the list, the page of a collection with its groups, and the form for a new one. Stable
 * ids for browser tests: list, facts, defaults, group-{group_id}, add-group, raw, form-save.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../contract/operations.js'
import { money } from '../../pages/fragments.js'
import type { Fragment } from '../../pages/layout.js'
import { areaField, button, choiceField, confirmButton, form, submit, textField, CHOICES } from '../../pages/dashboard/fields.js'
import type { Form, FormState } from '../../pages/dashboard/form.js'
import { pageOf, pathOf } from '../../pages/dashboard/links.js'
import { filtersOf, listed, listCard, type Filter } from '../../pages/dashboard/lists.js'
import { containing } from '../../pages/dashboard/objects.js'
import type { DashboardPage, Done, PageContext, Shown } from '../../pages/dashboard/page.js'
import {
  NONE, card, cellLink, crumb, empty, facts, fullTime, heading, idTag, linkButton, rawJson, statusTag, table, text, timeTag,
  labelOf, type Row
} from '../../pages/dashboard/parts.js'
import type { DashboardSection } from '../../pages/dashboard/section.js'
import { PICTURE_FORM_MAX_BYTES, pictureCard, uploadPicture } from '../uploads/dashboard/picture.js'

type Collection = Schemas['ProductCollectionResponse']
type Group = Collection['groups'][number]

async function list (page: PageContext): Promise<Shown> {
  const { items: brands } = await page.operate('GET /brands')
  const filters: Filter[] = [
    { name: 'archived', label: 'State', type: 'choice', options: [['false', 'Live'], ['true', 'Archived']] },
    { name: 'brand_id', label: 'Brand', type: 'choice', options: brands.map(({ brand_id: id, name }) => [id, name ?? id]) }
  ]
  const query = filtersOf(page, ['archived', 'brand_id'])
  const found = await listed(page, paging => page.operate('GET /product-collections', { query: { ...query, ...paging } }))
  const rows = found.items.map(({ id, name, products_count: count, updated_at: updatedAt }): Row => ({
    id,
    cells: [
      cellLink(pageOf(page, 'productCollections', id), html`${name}`, id), html`${count}`, timeTag(updatedAt, page)
    ]
  }))
  const create = pageOf(page, 'productCollections', 'new')
  const nothing = Object.keys(query).length > 0
    ? empty('No matching collections', html`<p>Change the filters, or
<a href="${pageOf(page, 'productCollections')}">reset them</a>.</p>`)
    : empty('No product collections yet', html`<p>A collection lets a customer choose one of its products at checkout.
<a href="${create}">Create one</a>.</p>`)
  const columns = [{ title: 'Collection' }, { title: 'Products', kind: 'number' }, { title: 'Changed', kind: 'low' }] as const
  const shown = rows.length > 0 ? table('Product collections', columns, rows) : nothing
  return {
    title: 'Collections',
    content: html`!${heading('Collections', linkButton(create, 'New collection', 'primary'))}
!${listCard(page, filters, shown, found, 'product collections')}`
  }
}

const find = (page: PageContext) => page.operate('GET /product-collections/{id}', { path: { id: page.param('id') } })

const collectionPage: DashboardPage = {
  async show (page) {
    const collection = await find(page)
    const isArchived = page.context.sandbox.productCollections.find(collection.id)?.archived_at !== null
    return {
      title: collection.name,
      content: html`!${heading({ html: html`${collection.name} !${isArchived ? statusTag('archived', 'wait') : ''}` },
        isArchived ? button(page.formState('unarchive'), 'Unarchive', 'second') : liveActions(collection, page),
        crumb(page, pathOf('productCollections'), 'Collections'))}
<div class="columns"><div>
!${collection.groups.map((group, index) => groupCard(group, index, isArchived, page))}
!${card(rawJson(collection, page), { id: 'raw-card' })}
</div><div>
!${card(collectionFacts(collection, page), { id: 'facts', title: 'Collection', live: true })}
!${isArchived ? '' : pictureCard(collection.image, page)}
!${card(defaults(collection), { id: 'defaults', title: 'Plan changes', live: true })}
!${isArchived ? '' : card(await groupForm(page), { id: 'add-group', title: 'Add group' })}
</div></div>`
    }
  },
  uploadMaxBytes: PICTURE_FORM_MAX_BYTES,
  actions: {
    async picture (page, sent) {
      await uploadPicture(page, sent, async () => {
        const { url } = await page.operate('PUT /product-collections/{id}/images', { path: { id: page.param('id') } })
        return { url }
      })
      return { done: 'pictured' }
    },
    async archive (page) {
      await page.operate('DELETE /product-collections/{id}', { path: { id: page.param('id') } })
      return { done: 'archived' }
    },
    async unarchive (page) {
      const { excluded_product_ids: excluded } =
        await page.operate('POST /product-collections/{id}/unarchive', { path: { id: page.param('id') } })
      return { done: excluded.length === 0 ? 'unarchived' : `unarchived-without:${excluded.length}` }
    },
    async 'add-group' (page, sent) {
      const body = { group_name: sent.given('group_name') ?? null, products: chosenProducts(sent) }
      await page.operate('POST /product-collections/{id}/groups', { path: { id: page.param('id') }, body })
      return { done: 'saved' }
    },
    async 'show-group' (page, sent) {
      const path = { id: page.param('id'), group_id: sent.text('group_id') }
      const body = { status: sent.text('status') === 'true' }
      await page.operate('PATCH /product-collections/{id}/groups/{group_id}', { path, body })
      return { done: 'saved' }
    },
    async 'show-product' (page, sent) {
      const body = { status: sent.text('status') === 'true' }
      const path = itemPath(page, sent)
      await page.operate('PATCH /product-collections/{id}/groups/{group_id}/items/{item_id}', { path, body })
      return { done: 'saved' }
    },
    async remove (page, sent): Promise<Done> {
      await page.operate('DELETE /product-collections/{id}/groups/{group_id}/items/{item_id}', { path: itemPath(page, sent) })
      return { done: 'saved' }
    }
  },
  notes: {
    created: 'The collection was created.',
    saved: 'The collection was updated.',
    pictured: 'The picture was uploaded.',
    archived: 'The collection was archived. Its products can join other collections.',
    unarchived: 'The collection was unarchived.',
    'unarchived-without': count => `The collection was unarchived without ${count} of its products, which are archived or ` +
      'belong to another collection.'
  }
}

const itemPath = (page: PageContext, sent: Form) =>
  ({ id: page.param('id'), group_id: sent.text('group_id'), item_id: sent.text('item_id') })

const chosenProducts = (sent: Form) => sent.text('products').split(/[\s,;]+/).filter(id => id !== '')
  .map(id => ({ product_id: id }))

function liveActions ({ id }: Collection, page: PageContext): Fragment {
  return html`!${linkButton(pageOf(page, 'productCollections', id, 'edit'), 'Edit')}
!${confirmButton(page.formState('archive'), {
    label: 'Archive',
    question: 'An archived collection is no longer offered at checkout. You can unarchive it.',
    confirm: 'Archive collection'
  })}`
}

function groupCard (group: Group, index: number, isArchived: boolean, page: PageContext): Fragment {
  const { group_id: groupId, group_name: name, status, products } = group
  const rows = products.map((product): Row => ({
    id: product.id,
    cells: [
      cellLink(pageOf(page, 'products', product.product_id), html`${product.name ?? product.product_id}`, product.product_id),
      priceOf(product, page),
      stateOf(product, page),
      isArchived ? NONE : itemActions(product, groupId, page)
    ]
  }))
  const toggle = button(page.formState('show-group'), status ? 'Hide group' : 'Show group', 'second', {
    group_id: groupId, status: String(!status)
  })
  const columns = [{ title: 'Product' }, { title: 'Price', kind: 'number' }, { title: 'State' }, { title: 'Actions' }] as const
  return card(rows.length === 0
    ? empty('No products', html`<p>Customers don't see an empty group.</p>`)
    : table(`Products of ${name ?? `group ${index + 1}`}`, columns, rows), {
    id: `group-${groupId}`,
    title: `${name ?? `Group ${index + 1}`}${status ? '' : ' (hidden)'}`,
    pad: false,
    actions: isArchived ? '' : toggle
  })
}

function itemActions ({ id, status }: Group['products'][number], groupId: string, page: PageContext): Fragment {
  const item = { group_id: groupId, item_id: id }
  return html`<div class="row">
!${button(page.formState('show-product'), status ? 'Hide' : 'Show', 'bare', { ...item, status: String(!status) })}
!${button(page.formState('remove'), 'Remove', 'bare', item)}</div>`
}

function priceOf ({ price, currency }: Group['products'][number], { context: { sandbox } }: PageContext): Fragment {
  return price == null || currency == null ? NONE : html`${money(price, currency, sandbox)}`
}

/** Whether customers see a product, and why not. */
function stateOf ({ product_id: id, status }: Group['products'][number], { context: { sandbox } }: PageContext): Fragment {
  if (sandbox.products.find(id)?.archived === true) return statusTag('archived', 'wait')
  return status ? statusTag('shown', 'good') : statusTag('hidden')
}

function collectionFacts (collection: Collection, page: PageContext): Fragment {
  return facts([
    ['Id', idTag(collection.id)],
    ['Description', text(collection.description)],
    ['Brand', idTag(collection.brand_id)],
    ['Image', collection.image == null ? null : html`<a href="${collection.image}">Open</a>`],
    ['Created', fullTime(collection.created_at, page)],
    ['Changed', collection.updated_at === collection.created_at ? null : fullTime(collection.updated_at, page)]
  ])
}

const TIMES = ['immediately', 'next_billing_date'] as const
const MODES = ['prorated_immediately', 'full_immediately', 'difference_immediately', 'do_not_bill'] as const

/** The defaults of plan changes, with their labels and values. */
const DEFAULTS = [
  ['effective_at_on_upgrade', 'Upgrade takes effect', TIMES],
  ['proration_billing_mode_on_upgrade', 'Proration of an upgrade', MODES],
  ['effective_at_on_downgrade', 'Downgrade takes effect', TIMES],
  ['proration_billing_mode_on_downgrade', 'Proration of a downgrade', MODES],
  ['on_payment_failure', 'If the payment fails', ['apply_change', 'prevent_change']]
] as const

function defaults (collection: Collection): Fragment {
  return facts(DEFAULTS.map(([name, label]) => {
    const value = collection[name]
    return [label, value == null ? '<span class="quiet">default of the business</span>' : html`${labelOf(value)}`]
  }))
}

async function groupForm (page: PageContext): Promise<Fragment> {
  const formState = page.formState('add-group')
  return form(formState, html`
!${textField(formState, { name: 'group_name', label: 'Name', hint: 'Shown as a heading at checkout.' })}
!${await productsField(formState, page, 'products')}
<div>!${submit('Add group', 'second')}</div>`)
}

/** A field for product ids. `at` is the path of its errors. */
async function productsField (formState: FormState, page: PageContext, at: string): Promise<Fragment> {
  const { items } = await page.operate('GET /products', { query: { page_size: CHOICES } })
  const free = items.filter(({ product_id: id }) => page.context.sandbox.productCollections.ofProduct(id) === null)
  const examples = free.slice(0, 3).map(({ product_id: id }) => id).join(', ')
  return areaField(formState, {
    name: 'products',
    label: 'Products',
    at,
    rows: 3,
    isCode: true,
    isRequired: true,
    hint: `Product ids, one per line${examples === '' ? '.' : `, such as ${examples}.`}`
  })
}

const newPage: DashboardPage = {
  async show (page) {
    const formState = page.formState('save')
    const { items: brands } = await page.operate('GET /brands')
    const options = brands.map(({ brand_id: id, name }): readonly [string, string] => [id, name ?? id])
    return {
      title: 'New collection',
      content: html`!${heading('New collection', '', crumb(page, pathOf('productCollections'), 'Collections'))}
!${card(form(formState, html`
!${textField(formState, { name: 'name', label: 'Name', isRequired: true })}
!${areaField(formState, { name: 'description', label: 'Description', rows: 2 })}
!${brands.length < 2 ? '' : choiceField(formState, { name: 'brand_id', label: 'Brand', isRequired: true, options })}
!${await productsField(formState, page, 'groups')}
<div class="row">!${submit('Create collection')}!${linkButton(pageOf(page, 'productCollections'), 'Cancel')}</div>`), {
        id: 'collection'
      })}`
    }
  },
  actions: {
    async save (page, sent) {
      const { id } = await page.operate('POST /product-collections', {
        body: {
          name: sent.text('name'),
          description: sent.given('description') ?? null,
          brand_id: sent.given('brand_id') ?? null,
          groups: [{ products: chosenProducts(sent) }]
        }
      })
      return { to: pathOf('productCollections', id), done: 'created' }
    }
  }
}

const editPage: DashboardPage = {
  async show (page) {
    const collection = await find(page)
    const { id, name } = collection
    const formState = page.formState('save')
    const fields = DEFAULTS.map(([field, label, values]) => choiceField(formState, {
      name: field,
      label,
      value: collection[field] ?? '',
      options: [['', 'Default of the business'], ...values.map(value => [value, labelOf(value)] as const)]
    }))
    return {
      title: `Edit ${name}`,
      content: html`!${heading(`Edit ${name}`, '', crumb(page, pathOf('productCollections', id), name))}
!${card(form(formState, html`
!${textField(formState, { name: 'name', label: 'Name', value: name, isRequired: true })}
!${areaField(formState, { name: 'description', label: 'Description', value: collection.description, rows: 2 })}
!${fields}
<div class="row">!${submit('Save')}!${linkButton(pageOf(page, 'productCollections', id), 'Cancel')}</div>`), {
        id: 'collection'
      })}`
    }
  },
  actions: {
    async save (page, sent) {
      const id = page.param('id')
      await page.operate('PATCH /product-collections/{id}', {
        path: { id },
        body: {
          name: sent.text('name'),
          description: sent.given('description') ?? null,
          ...Object.fromEntries(DEFAULTS.map(([name]) => [name, sent.given(name) ?? null]))
        }
      })
      return { to: pathOf('productCollections', id), done: 'saved' }
    }
  }
}

export const collectionsSection: DashboardSection = {
  name: 'productCollections',
  objects: [{
    kind: 'Collections',
    prefix: 'pdc',
    find: (id, { context }) => context.sandbox.productCollections.find(id)?.name ?? null,
    async search (text, limit, page) {
      const { items } = await page.operate('GET /product-collections', { query: { page_size: CHOICES } })
      return containing(text, limit, items.map(({ id, name }) => ({ id, text: name })))
    }
  }],
  title: 'Collections',
  icon: 'M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 13h7v6h-7z',
  position: 41,
  pages: {
    '/': { show: list },
    '/new': newPage,
    '/:id': collectionPage,
    '/:id/edit': editPage
  }
}
