/**
 * Entitlements in the dashboard: the list, the forms, and the page of each, with its config, its files, its products and its
 * grants. Stable ids for browser tests: list, facts, files, products, form-upload, form-attach, form-save, ask-delete, raw;
 * data-testid download.
 */
import { html } from 'ghtml'
import type { Reply } from '../../../contract/operations.js'
import { ApiError } from '../../../errors.js'
import { CHOICES, button, choiceField, confirmButton, form, submit } from '../../../pages/dashboard/fields.js'
import { problemAt } from '../../../pages/dashboard/form.js'
import { pageOf, pathOf } from '../../../pages/dashboard/links.js'
import { filtersOf, listed, listCard, type Filter } from '../../../pages/dashboard/lists.js'
import { containing } from '../../../pages/dashboard/objects.js'
import type { DashboardPage, PageContext, Shown } from '../../../pages/dashboard/page.js'
import {
  card, cellLink, crumb, empty, facts, fullTime, heading, idTag, linkButton, metadata, rawJson, table, tabs, text, timeTag,
  labelOf, type Row
} from '../../../pages/dashboard/parts.js'
import { readingOf } from '../../../pages/dashboard/reading.js'
import type { DashboardSection, Subject } from '../../../pages/dashboard/section.js'
import type { Fragment } from '../../../pages/layout.js'
import { FILE_MAX_BYTES, findEntitlement } from '../rules.js'
import { entitlementResponse } from '../view.js'
import { TYPES, entitlementForm, readEntitlement, typeOf } from './form.js'

type EntitlementReply = ReturnType<typeof entitlementResponse>

const FILTERS: readonly Filter[] = [
  { name: 'integration_type', label: 'Type', type: 'choice', options: TYPES.map(type => [type, labelOf(type)] as const) }
]

/** Room for the rest of the form, besides a file of the maximum size. */
const FORM_BYTES = 64 * 1024

async function list (page: PageContext): Promise<Shown> {
  const filters = filtersOf(page, ['integration_type'])
  const found = await listed(page, paging => page.operate('GET /entitlements', { query: { ...filters, ...paging } }))
  const nothing = Object.keys(filters).length > 0
    ? empty('No entitlements of this type', html`<p><a href="${pageOf(page, 'entitlements')}">Show all</a>.</p>`)
    : empty('No entitlements yet', html`<p>An entitlement is what customers of a product receive: a licence key, files, a feature
or access to a platform. <a href="${pageOf(page, 'entitlements', 'new')}">Create one</a>.</p>`)
  const shown = found.items.length > 0 ? entitlementTable(found.items, page) : nothing
  return {
    title: 'Entitlements',
    content: html`!${heading('Entitlements', linkButton(pageOf(page, 'entitlements', 'new'), 'New entitlement', 'primary'))}
!${listCard(page, FILTERS, shown, found, 'entitlements')}`
  }
}

function entitlementTable (items: ReadonlyArray<Reply<'GET /entitlements/{id}'>>, page: PageContext): Fragment {
  const rows = items.map((item): Row => ({
    id: item.id,
    cells: [
      cellLink(pageOf(page, 'entitlements', item.id), html`${item.name}`, item.id),
      html`${labelOf(item.integration_type)}`,
      timeTag(item.created_at, page)
    ]
  }))
  return table('Entitlements', [{ title: 'Entitlement' }, { title: 'Type' }, { title: 'Created', kind: 'low' }], rows)
}

const newPage: DashboardPage = {
  show (page) {
    const type = typeOf(page.search.get('type'))
    const url = (of: string) => `${pathOf('entitlements', 'new')}?${new URLSearchParams({ type: of })}`
    return {
      title: 'New entitlement',
      content: html`!${heading('New entitlement', '', crumb(page, pathOf('entitlements'), 'Entitlements'))}
!${tabs(page, 'Types of entitlements', TYPES.map(of => [url(of), labelOf(of)] as const), url(type))}
!${card(entitlementForm(page.formState('save'), type, null, pageOf(page, 'entitlements')), { id: 'new' })}`
    }
  },
  actions: {
    async save (page, sent) {
      const type = typeOf(page.search.get('type'))
      const body = { ...readEntitlement(sent, readingOf(sent, page.context.sandbox), type, null), integration_type: type }
      const { id } = await page.operate('POST /entitlements', { body })
      return { to: pathOf('entitlements', id), done: 'created' }
    }
  }
}

const editPage: DashboardPage = {
  show (page) {
    const entitlement = findEntitlement(page.param('id'), page.context)
    const { entitlement_id: id, name, integration_type: type } = entitlement
    return {
      title: `Edit ${name}`,
      content: html`!${heading(`Edit ${name}`, '', crumb(page, pathOf('entitlements', id), name))}
!${card(entitlementForm(page.formState('save'), type, entitlement, pageOf(page, 'entitlements', id)), { id: 'edit' })}`
    }
  },
  actions: {
    async save (page, sent) {
      const { entitlement_id: id, integration_type: type, config } = findEntitlement(page.param('id'), page.context)
      const body = readEntitlement(sent, readingOf(sent, page.context.sandbox), type, config)
      await page.operate('PATCH /entitlements/{id}', { path: { id }, body })
      return { to: pathOf('entitlements', id), done: 'saved' }
    }
  }
}

const entitlementPage: DashboardPage = {
  async show (page) {
    const entitlement = await page.operate('GET /entitlements/{id}', { path: { id: page.param('id') } }) as EntitlementReply
    const { id, name } = entitlement
    return {
      title: name,
      content: html`!${heading(name, html`!${linkButton(pageOf(page, 'entitlements', id, 'edit'), 'Edit')}
!${confirmButton(page.formState('delete'), {
    label: 'Delete',
    question: 'Delete the entitlement? It is detached from all products. Existing grants are kept.',
    confirm: 'Delete entitlement'
  })}`, crumb(page, pathOf('entitlements'), 'Entitlements'))}
<div class="columns"><div>
!${card(entitlementFacts(entitlement, page), { id: 'facts', title: 'Entitlement', live: true })}
!${files(entitlement, page)}
!${await page.related({ entitlement_id: id })}
!${card(rawJson(entitlement, page), { id: 'raw-card' })}
</div><div>
!${card(await products(id, page), { id: 'products', title: 'Products' })}
</div></div>`
    }
  },
  uploadMaxBytes: FILE_MAX_BYTES + FORM_BYTES,
  actions: {
    async delete (page) {
      await page.operate('DELETE /entitlements/{id}', { path: { id: page.param('id') } })
      return { to: pathOf('entitlements'), done: 'deleted' }
    },
    async upload (page, sent) {
      const body = sent.file('file')
      if (body === undefined) {
        throw new ApiError('INVALID_REQUEST_BODY', { violations: [{ path: 'file', message: 'Choose a file.' }] })
      }
      await page.operate('POST /entitlements/{id}/files', { path: { id: page.param('id') }, body })
      return { done: 'uploaded' }
    },
    async remove (page, sent) {
      const path = { id: page.param('id'), file_id: sent.text('file_id') }
      await page.operate('DELETE /entitlements/{id}/files/{file_id}', { path })
      return { done: 'removed' }
    },
    attach: (page, sent) => changeProduct(page, sent.text('product_id'), ids => [...new Set([...ids, page.param('id')])]),
    detach: (page, sent) => changeProduct(page, sent.text('product_id'), ids => ids.filter(id => id !== page.param('id')))
  },
  notes: {
    created: 'The entitlement was created. Attach it to a product.',
    saved: 'The entitlement was updated. Existing grants are unchanged.',
    uploaded: 'The file was uploaded.',
    removed: 'The file was removed.',
    changed: 'The product was changed.'
  }
}

async function changeProduct (page: PageContext, productId: string, change: (ids: string[]) => string[]) {
  const { entitlements = [] } = await page.operate('GET /products/{id}', { path: { id: productId } })
  const ids = change((entitlements ?? []).map(({ id }) => id))
  const body = { entitlements: ids.map(id => ({ entitlement_id: id })) }
  await page.operate('PATCH /products/{id}', { path: { id: productId }, body })
  return { done: 'changed' }
}

function entitlementFacts (entitlement: EntitlementReply, page: PageContext): Fragment {
  const config = entitlement.integration_type === 'digital_files' ? {} : entitlement.integration_config
  return facts([
    ['Id', idTag(entitlement.id)],
    ['Type', html`${labelOf(entitlement.integration_type)}`],
    ['Description', text(entitlement.description)],
    ...Object.entries(config).map(([name, value]) => [labelOf(name), text(value as string | number | null)] as const),
    ['Created', fullTime(entitlement.created_at, page)],
    ['Updated', fullTime(entitlement.updated_at, page)],
    ['Metadata', metadata(entitlement.metadata)]
  ])
}

function files ({ integration_config: config }: EntitlementReply, page: PageContext): Fragment {
  if (!('digital_files' in config)) return ''
  const { files, external_url: external, instructions } = config.digital_files
  const remove = { ...page.formState('remove'), refused: null }
  const rows = files.map(({ file_id: id, filename, download_url: url, file_size: size, content_type: type }): Row => ({
    id,
    cells: [
      html`<a data-testid="download" data-file-id="${id}" href="${url}">${filename}</a>`,
      html`${type ?? ''}`,
      html`${size ?? ''}`,
      button(remove, 'Remove', 'second', { file_id: id })
    ]
  }))
  const formState = page.formState('upload')
  const problem = problemAt(formState, 'file')
  return html`!${card(html`!${facts([
    ['External link', external == null ? null : html`<a href="${external}" rel="noreferrer">${external}</a>`],
    ['Instructions', text(instructions)]
  ])}
!${rows.length === 0
    ? '<p class="quiet">There are no files yet.</p>'
    : table('Files', [
      { title: 'File' }, { title: 'Type', kind: 'low' }, { title: 'Bytes', kind: 'number' }, { title: 'Action' }
    ], rows)}
!${form(formState, html`<div class="field"><label for="upload-file">Add a file</label>
<input type="file" id="upload-file" name="file">
!${problem === null ? '' : html`<p class="problem" id="upload-file-problem">${problem}</p>`}</div>
<div>!${submit('Upload', 'second')}</div>`, 'form-upload', { withFiles: true })}`, { id: 'files', title: 'Files' })}`
}

/** The products that the entitlement is attached to, and a form to attach it to another one. */
async function products (id: string, page: PageContext): Promise<Fragment> {
  const attached = page.context.sandbox.entitlements.productsOf(id)
  const { items } = await page.operate('GET /products', { query: { page_size: CHOICES } })
  const others = items.filter(({ product_id: other }) => !attached.includes(other))
  const formState = page.formState('attach')
  const detach = { ...page.formState('detach'), refused: null }
  return html`!${attached.length === 0
    ? '<p class="quiet">No product has this entitlement.</p>'
    : html`<ul class="entries">!${attached.map(productId => html`<li><a href="${pageOf(page, 'products', productId)}">
${page.context.sandbox.products.find(productId)?.name ?? productId}</a>
!${button(detach, 'Detach', 'second', { product_id: productId })}</li>`)}</ul>`}
!${others.length === 0
    ? ''
    : form(formState, html`!${choiceField(formState, {
      name: 'product_id',
      label: 'Product',
      isRequired: true,
      options: others.map(({ product_id: other, name }) => [other, name ?? other] as const)
    })}<div>!${submit('Attach', 'second')}</div>`)}`
}

/** The entitlements of a product. */
async function related (subject: Subject, page: PageContext): Promise<Fragment> {
  if (!('product_id' in subject)) return ''
  const { entitlements } = await page.operate('GET /products/{id}', { path: { id: subject.product_id } })
  if (entitlements == null || entitlements.length === 0) return ''
  const rows = entitlements.map(({ id, name, integration_type: type }): Row =>
    ({ id, cells: [cellLink(pageOf(page, 'entitlements', id), html`${name}`, id), html`${labelOf(type)}`] }))
  const content = table('Entitlements', [{ title: 'Entitlement' }, { title: 'Type' }], rows)
  return card(content, { id: 'entitlements', title: 'Entitlements', live: true, pad: false })
}

export const entitlementsSection: DashboardSection = {
  name: 'entitlements',
  objects: [{
    kind: 'Entitlements',
    prefix: 'ent',
    find (id, { context: { sandbox } }) {
      const entitlement = sandbox.entitlements.find(id)
      return entitlement === undefined || entitlement.deleted_at !== null ? null : entitlement.name
    },
    async search (text, limit, page) {
      const { items } = await page.operate('GET /entitlements', { query: { page_size: CHOICES } })
      return containing(text, limit, items.map(({ id, name }) => ({ id, text: name })))
    }
  }],
  title: 'Entitlements',
  icon: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4',
  position: 42,
  pages: {
    '/': { show: list, notes: { deleted: 'The entitlement was deleted.' } },
    '/new': newPage,
    '/:id': entitlementPage,
    '/:id/edit': editPage
  },
  related
}
