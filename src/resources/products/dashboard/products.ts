/**
 * Products in the dashboard: the list with the API's filters, each product's page, and the forms. Stable ids for browser tests:
 * list, facts, price, payments, prices, links, codes, raw, form-save.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import { isPayWhatYouWant, plainPrice } from '../prices.js'
import { percent } from '../../../rules/decimal.js'
import type { Fragment } from '../../../pages/layout.js'
import { money } from '../../../pages/fragments.js'
import { button, confirmButton } from '../../../pages/dashboard/fields.js'
import { pageOf, pathOf } from '../../../pages/dashboard/links.js'
import { filtersOf, listed, listCard, type Filter } from '../../../pages/dashboard/lists.js'
import type { DashboardPage, Shown, PageContext } from '../../../pages/dashboard/page.js'
import {
  NONE, card, cellLink, code, copyField, crumb, empty, facts, fullTime, heading, idTag, linkButton, metadata, rawJson,
  statusTag, table, text, timeTag, labelOf, type Row
} from '../../../pages/dashboard/parts.js'
import type { DashboardSection } from '../../../pages/dashboard/section.js'
import { productBody, productForm } from './form.js'
import { PICTURE_FORM_MAX_BYTES, pictureCard, uploadPicture } from '../../uploads/dashboard/picture.js'

type Product = Schemas['GetProductResponse']
type Price = Schemas['Price']

async function list (page: PageContext): Promise<Shown> {
  const { items: brands } = await page.operate('GET /brands')
  const filters: Filter[] = [
    { name: 'recurring', label: 'Kind', type: 'choice', options: [['false', 'One-time'], ['true', 'Subscription']] },
    { name: 'archived', label: 'State', type: 'choice', options: [['false', 'On sale'], ['true', 'Archived']] },
    {
      name: 'brand_id',
      label: 'Brand',
      type: 'choice',
      options: brands.map(({ brand_id: id, name }) => [id, name ?? id])
    }
  ]
  const query = filtersOf(page, ['recurring', 'archived', 'brand_id'])
  const found = await listed(page, paging => page.operate('GET /products', { query: { ...query, ...paging } }))
  const rows = found.items.map(product => productRow(product, page))
  const columns = [
    { title: 'Product' }, { title: 'Price', kind: 'number' }, { title: 'Kind' }, { title: 'Tax category', kind: 'low' },
    { title: 'Created', kind: 'low' }
  ] as const
  const content = rows.length > 0 ? table('Products', columns, rows) : nothing(query, page)
  return {
    title: 'Products',
    content: html`!${heading('Products', linkButton(pageOf(page, 'products', 'new'), 'New product', 'primary'))}
!${listCard(page, filters, content, found, 'products')}`
  }
}

function nothing (query: object, page: PageContext): Fragment {
  const create = pageOf(page, 'products', 'new')
  return Object.keys(query).length > 0
    ? empty('No matching products', html`<p>Change the filters, or <a href="${pageOf(page, 'products')}">reset them</a>.</p>`)
    : empty('No products yet', html`<p><a href="${create}">Create one</a> here or with the API.</p>`)
}

function productRow (product: Schemas['GetProductsListResponseItem'], page: PageContext): Row {
  const { price_detail: price, name, product_id: id } = product
  return {
    id,
    cells: [
      cellLink(pageOf(page, 'products', id), html`${name ?? id}`, id),
      price == null ? NONE : html`${shortPrice(price, page)}`,
      html`${price == null ? '' : kindOf(price)}`,
      html`${product.tax_category}`,
      timeTag(product.created_at, page)
    ]
  }
}

function kindOf (price: Price): string {
  if (price.type === 'one_time_price') return isPayWhatYouWant(price) ? 'pay what you want' : 'one-time'
  return price.type === 'recurring_price' ? 'subscription' : 'usage-based'
}

function shortPrice (price: Price, { context: { sandbox } }: PageContext): string {
  const amount = money(plainPrice(price), price.currency, sandbox)
  if (price.type === 'one_time_price') return isPayWhatYouWant(price) ? `from ${amount}` : amount
  const { payment_frequency_count: count, payment_frequency_interval: interval } = price
  return `${amount} / ${count === 1 ? '' : `${count} `}${interval.toLowerCase()}${count === 1 ? '' : 's'}`
}

const productPage: DashboardPage = {
  async show (page) {
    const product = await page.operate('GET /products/{id}', { path: { id: page.param('id') } })
    const isArchived = page.context.sandbox.products.find(product.product_id)?.archived === true
    return {
      title: product.name ?? product.product_id,
      content: html`!${heading(
        { html: html`${product.name ?? product.product_id} !${isArchived ? statusTag('archived', 'wait') : ''}` },
        actionsFor(product, isArchived, page), crumb(page, pathOf('products'), 'Products'))}
<div class="columns"><div>
!${card(productFacts(product, page), { id: 'facts', title: 'Product', live: true })}
!${await page.related({ product_id: product.product_id })}
!${card(rawJson(product, page), { id: 'raw-card' })}
</div><div>
!${isArchived ? '' : pictureCard(product.image, page)}
!${card(priceFacts(product, page), { id: 'price', title: 'Price', live: true })}
!${await localizedPrices(product, page)}
!${await linksOf(product, isArchived, page)}
!${await codesFor(product, page)}
</div></div>`
    }
  },
  uploadMaxBytes: PICTURE_FORM_MAX_BYTES,
  actions: {
    async picture (page, sent) {
      await uploadPicture(page, sent, async () => {
        const { url } = await page.operate('PUT /products/{id}/images', { path: { id: page.param('id') } })
        return { url }
      })
      return { done: 'pictured' }
    },
    async archive (page) {
      await page.operate('DELETE /products/{id}', { path: { id: page.param('id') } })
      return { done: 'archived' }
    },
    async unarchive (page) {
      await page.operate('POST /products/{id}/unarchive', { path: { id: page.param('id') } })
      return { done: 'unarchived' }
    }
  },
  notes: {
    created: 'The product was created.',
    saved: 'The product was updated.',
    pictured: 'The picture was uploaded.',
    archived: 'The product was archived and is no longer sold.',
    unarchived: 'The product is on sale again.'
  }
}

function actionsFor (product: Product, isArchived: boolean, page: PageContext): Fragment {
  if (isArchived) return button(page.formState('unarchive'), 'Put on sale again', 'second')
  const query = new URLSearchParams({ product_id: product.product_id })
  return html`!${product.is_recurring
    ? linkButton(`${pageOf(page, 'subscriptions', 'new')}?${query}`, 'New subscription', 'primary')
    : linkButton(`${pageOf(page, 'payments', 'new')}?${query}`, 'New payment', 'primary')}
!${linkButton(pageOf(page, 'products', product.product_id, 'edit'), 'Edit')}
!${confirmButton(page.formState('archive'), {
    label: 'Archive',
    question: 'An archived product is no longer listed, and payments for it are refused. You can put it on sale again.',
    confirm: 'Archive product'
  })}`
}

function productFacts (product: Product, page: PageContext): Fragment {
  return facts([
    ['Id', idTag(product.product_id)],
    ['Description', text(product.description)],
    ['Tax category', code(product.tax_category)],
    ['Brand', idTag(product.brand_id)],
    ['Add-ons', product.addons == null || product.addons.length === 0 ? null : html`${product.addons.join(', ')}`],
    ['Created', fullTime(product.created_at, page)],
    ['Changed', product.updated_at === product.created_at ? null : fullTime(product.updated_at, page)],
    ['Metadata', metadata(product.metadata)]
  ])
}

function priceFacts ({ price, pricing_mode: mode }: Product, { context: { sandbox } }: PageContext): Fragment {
  const amount = (minor: number) => html`<span class="figure">${money(minor, price.currency, sandbox)}</span>`
  const isChosen = isPayWhatYouWant(price)
  return facts([
    [isChosen ? 'Minimum price' : 'Price', amount(plainPrice(price))],
    ['In minor units', html`<code>${plainPrice(price)}</code> ${price.currency}`],
    ['Kind', html`${kindOf(price)}`],
    ['Suggested', price.type === 'one_time_price' && price.suggested_price != null ? amount(price.suggested_price) : null],
    ['Discount', (price.discount_bps ?? 0) === 0 ? null : html`${percent(price.discount_bps ?? 0)}%`],
    ['Tax', html`${price.tax_inclusive === true ? 'included in the price' : 'added to the price'}`],
    ['Due', price.type === 'one_time_price' ? null : every(price.payment_frequency_count, price.payment_frequency_interval)],
    ['Ends after', price.type === 'one_time_price'
      ? null
      : html`${price.subscription_period_count} ${price.subscription_period_interval.toLowerCase()}s`],
    ['Trial', price.type === 'recurring_price' && (price.trial_period_days ?? 0) > 0
      ? html`${price.trial_period_days} days, !${price.trial_amount == null ? 'free' : amount(price.trial_amount)}`
      : null],
    ['Localized', mode == null ? null : html`${labelOf(mode)}`]
  ])
}

function every (count: number, interval: string): Fragment {
  return html`every ${count === 1 ? '' : `${count} `}${interval.toLowerCase()}${count === 1 ? '' : 's'}`
}

async function localizedPrices ({ product_id: id, pricing_mode: mode }: Product, page: PageContext): Promise<Fragment> {
  const { items } = await page.operate('GET /products/{product_id}/localized-prices', { path: { product_id: id } })
  if (mode == null && items.length === 0) return ''
  const rows = items.map((price): Row => ({
    id: price.id,
    cells: [html`${price.country_code ?? price.currency}`, html`${money(price.amount, price.currency, page.context.sandbox)}`]
  }))
  const content = rows.length === 0
    ? empty('No localized prices', html`<p>Every customer pays the price above.</p>`)
    : table('Localized prices', [{ title: 'Country or currency' }, { title: 'Price', kind: 'number' }], rows)
  return card(content, { id: 'prices', title: 'Localized prices', live: true, pad: false })
}

async function linksOf ({ product_id: id, is_recurring: isRecurring }: Product, isArchived: boolean,
  page: PageContext): Promise<Fragment> {
  if (isRecurring || isArchived) return ''
  const { items } = await page.operate('GET /products/short_links', { query: { product_id: id, page_size: 10 } })
  const url = `${page.context.baseUrl}/buy/${encodeURIComponent(id)}`
  return card(html`!${copyField('Checkout link', url, 'checkout-link')}
!${items.map(link => copyField('Short link', link.short_url))}
<p><a href="${page.base}/buy/${encodeURIComponent(id)}">Open the checkout of this product</a></p>`, {
    id: 'links', title: 'Links'
  })
}

async function codesFor ({ product_id: id }: Product, page: PageContext): Promise<Fragment> {
  const { items } = await page.operate('GET /discounts', { query: { product_id: id, active: 'true', page_size: 10 } })
  const all = `${pageOf(page, 'discounts')}?${new URLSearchParams({ product_id: id, active: 'true' })}`
  return card(items.length === 0
    ? html`<p class="quiet">No active discount code applies to this product.</p>`
    : html`<ul class="pairs">!${items.map(discount =>
      html`<li><a href="${pageOf(page, 'discounts', discount.discount_id)}"><code>${discount.code}</code></a>
${discount.name ?? ''}</li>`)}
</ul><p><a href="${all}">All discount codes for this product</a></p>`, { id: 'codes', title: 'Discount codes', live: true })
}

const newPage: DashboardPage = {
  async show (page) {
    return {
      title: 'New product',
      content: html`!${heading('New product', '', crumb(page, pathOf('products'), 'Products'))}
!${card(await productForm(page.formState('save'), null, page), { id: 'product' })}`
    }
  },
  actions: {
    async save (page, sent) {
      const { product_id: id } = await page.operate('POST /products', { body: productBody(sent, page) })
      return { to: pathOf('products', id), done: 'created' }
    }
  }
}

const editPage: DashboardPage = {
  async show (page) {
    const product = await page.operate('GET /products/{id}', { path: { id: page.param('id') } })
    const name = product.name ?? product.product_id
    return {
      title: `Edit ${name}`,
      content: html`!${heading(`Edit ${name}`, '', crumb(page, pathOf('products', product.product_id), name))}
!${card(await productForm(page.formState('save'), product, page), { id: 'product' })}`
    }
  },
  actions: {
    async save (page, sent) {
      const id = page.param('id')
      await page.operate('PATCH /products/{id}', { path: { id }, body: productBody(sent, page) })
      return { to: pathOf('products', id), done: 'saved' }
    }
  }
}

export const productsSection: DashboardSection = {
  name: 'products',
  objects: [{
    kind: 'Products',
    prefix: 'pdt',
    find (id, { context: { sandbox } }) {
      const product = sandbox.products.find(id)
      return product === undefined ? null : product.name ?? 'Product'
    },
    search: (text, limit, { context: { sandbox } }) =>
      sandbox.products.named(text, limit).map(({ product_id: id, name }) => ({ id, text: name ?? 'Product' }))
  }],
  title: 'Products',
  icon: 'M4 8l8-4l8 4v8l-8 4l-8-4zM4 8l8 4l8-4M12 12v8',
  position: 40,
  pages: {
    '/': { show: list },
    '/new': newPage,
    '/:id': productPage,
    '/:id/edit': editPage
  }
}
