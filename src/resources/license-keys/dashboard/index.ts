/**
 * Licence keys in the dashboard: the list with a search, the form that imports one, and the page of each with its activations
 * and its actions. Stable ids for browser tests: list, facts, instances, actions, limits, raw, form-import; data-testid
 * license-key, instance.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import { button, confirmButton, form, submit, textField } from '../../../pages/dashboard/fields.js'
import type { Form } from '../../../pages/dashboard/form.js'
import { pageOf, pathOf } from '../../../pages/dashboard/links.js'
import { filtersOf, listed, listCard, type Filter } from '../../../pages/dashboard/lists.js'
import type { DashboardPage, PageContext, Shown } from '../../../pages/dashboard/page.js'
import {
  card, cellLink, code, copyButton, crumb, empty, facts, fullTime, heading, idTag, linkButton, rawJson, statusTag, table, timeTag,
  labelOf, type Kind, type Row
} from '../../../pages/dashboard/parts.js'
import { readingOf, typedTime } from '../../../pages/dashboard/reading.js'
import type { DashboardSection, Subject } from '../../../pages/dashboard/section.js'
import type { Fragment } from '../../../pages/layout.js'
import { findLicenseKey } from '../rules.js'

type Key = Required<Schemas['LicenseKeyResponse']>

const LATEST = 8
const INSTANCES_MAX = 100

const SOURCES = { auto: 'Purchase', import: 'Import', manual: 'Manual' } as const

const FILTERS: readonly Filter[] = [
  { name: 'search', label: 'Key', type: 'search', placeholder: 'Any part of the key' },
  {
    name: 'status',
    label: 'Status',
    type: 'choice',
    options: ['active', 'expired', 'disabled'].map(status => [status, labelOf(status)] as const)
  },
  { name: 'source', label: 'Source', type: 'choice', options: Object.entries(SOURCES) },
  { name: 'customer_id', label: 'Customer', type: 'text', placeholder: 'cus_…', isRare: true },
  { name: 'product_id', label: 'Product', type: 'text', placeholder: 'pdt_…', isRare: true },
  { name: 'payment_id', label: 'Payment', type: 'text', placeholder: 'pay_…', isRare: true },
  { name: 'subscription_id', label: 'Subscription', type: 'text', placeholder: 'sub_…', isRare: true }
]

const KINDS: Record<Key['status'], Kind> = { active: 'good', expired: 'wait', disabled: 'bad' }

async function list (page: PageContext): Promise<Shown> {
  const filters = filtersOf(page, [
    'search', 'status', 'source', 'customer_id', 'product_id', 'payment_id', 'subscription_id'
  ])
  const found = await listed(page, paging => page.operate('GET /_emulator/license_keys', { query: { ...filters, ...paging } }))
  const nothing = Object.keys(filters).length > 0
    ? empty('No matching licence keys', html`<p>Change the filters, or
<a href="${pageOf(page, 'licenseKeys')}">show all</a>.</p>`)
    : empty('No licence keys yet', html`<p>A purchase of a product with a licence key entitlement issues one, and
<a href="${pageOf(page, 'licenseKeys', 'new')}">you can import one</a>.</p>`)
  const shown = found.items.length > 0 ? keyTable(found.items as Key[], page) : nothing
  return {
    title: 'Licence keys',
    content: html`!${heading('Licence keys', linkButton(pageOf(page, 'licenseKeys', 'new'), 'Import key', 'primary'))}
!${listCard(page, FILTERS, shown, found, 'licence keys')}`
  }
}

function keyTable (keys: readonly Key[], page: PageContext): Fragment {
  const { sandbox } = page.context
  const rows = keys.map((key): Row => ({
    id: key.id,
    cells: [
      cellLink(pageOf(page, 'licenseKeys', key.id), code(key.key), sandbox.customers.find(key.customer_id)?.email ?? null),
      html`${sandbox.products.find(key.product_id)?.name ?? key.product_id}`,
      statusTag(key.status, KINDS[key.status]),
      html`${used(key)}`,
      key.expires_at === null ? html`<span class="quiet">never</span>` : timeTag(key.expires_at, page)
    ]
  }))
  return table('Licence keys', [
    { title: 'Key' }, { title: 'Product', kind: 'low' }, { title: 'Status' }, { title: 'Activations', kind: 'number' },
    { title: 'Expires', kind: 'low' }
  ], rows)
}

function used ({ instances_count: count, activations_limit: limit }: Key): string {
  return limit === null ? String(count) : `${count} of ${limit}`
}

const keyPage: DashboardPage = {
  async show (page) {
    const path = { id: page.param('id') }
    const key = await page.operate('GET /license_keys/{id}', { path }) as Key
    return {
      title: key.key,
      content: html`<div id="top" data-live>!${heading({
        html: html`<code data-testid="license-key">${key.key}</code>!${copyButton(key.key, 'licence key')}
!${statusTag(key.status, KINDS[key.status])}`
      }, '', crumb(page, pathOf('licenseKeys'), 'Licence keys'))}</div>
<div class="columns"><div>
!${card(keyFacts(key, page), { id: 'facts', title: 'Licence key', live: true })}
!${card(await instances(key, page), { id: 'instances', title: 'Activations', live: true, pad: false })}
!${card(rawJson(key, page), { id: 'raw-card', live: true })}
</div><div>
!${card(actions(key, page), { id: 'actions', title: 'Actions', live: true })}
!${card(limits(key, page), { id: 'limits', title: 'Limits' })}
</div></div>`
    }
  },
  actions: {
    enable: page => patch(page, { disabled: false }),
    disable: page => patch(page, { disabled: true }),
    async expire (page) {
      await page.operate('POST /_emulator/license_keys/{id}/expire', { path: { id: page.param('id') } })
      return { done: 'changed' }
    },
    limits (page, sent) {
      const reading = readingOf(sent, page.context.sandbox)
      return patch(page, {
        activations_limit: sent.number('activations_limit') ?? null,
        ...(sent.has('expires_at') ? { expires_at: reading.time('expires_at') ?? null } : {})
      })
    },
    async deactivate (page, sent) {
      const { key } = findLicenseKey(page.param('id'), page.context)
      await page.operate('POST /licenses/deactivate', {
        body: { license_key: key, license_key_instance_id: sent.text('instance_id') }
      })
      return { done: 'deactivated' }
    }
  },
  notes: {
    imported: 'The licence key was imported.',
    changed: 'The licence key was changed.',
    deactivated: 'The instance was deactivated.'
  }
}

async function patch (page: PageContext, body: Readonly<Record<string, unknown>>) {
  await page.operate('PATCH /license_keys/{id}', { path: { id: page.param('id') }, body })
  return { done: 'changed' }
}

function keyFacts (key: Key, page: PageContext): Fragment {
  const { sandbox } = page.context
  const { grant_id: grantId } = findLicenseKey(key.id, page.context)
  const link = (section: 'payments' | 'subscriptions' | 'grants', id: string | null) =>
    id === null ? null : cellLink(pageOf(page, section, id), code(id))
  return facts([
    ['Id', idTag(key.id)],
    ['Customer', cellLink(pageOf(page, 'customers', key.customer_id),
      html`${sandbox.customers.find(key.customer_id)?.email ?? key.customer_id}`)],
    ['Product', cellLink(pageOf(page, 'products', key.product_id),
      html`${sandbox.products.find(key.product_id)?.name ?? key.product_id}`)],
    ['Source', html`${SOURCES[key.source]}`],
    ['Grant', link('grants', grantId)],
    ['Payment', link('payments', key.payment_id)],
    ['Subscription', link('subscriptions', key.subscription_id)],
    ['Activations', html`${used(key)}`],
    ['Expires', key.expires_at === null ? html`never` : fullTime(key.expires_at, page)],
    ['Created', fullTime(key.created_at, page)]
  ])
}

async function instances ({ id }: Key, page: PageContext): Promise<Fragment> {
  const { items } = await page.operate('GET /license_key_instances', { query: { license_key_id: id, page_size: INSTANCES_MAX } })
  if (items.length === 0) {
    return empty('No activations', html`<p>Licensed software activates the key with <code>POST /licenses/activate</code>.</p>`)
  }
  const formState = { ...page.formState('deactivate'), refused: null }
  const rows = items.map((instance): Row => ({
    id: instance.id,
    cells: [
      html`<span data-testid="instance">${instance.name}</span>`,
      idTag(instance.id),
      timeTag(instance.created_at, page),
      button(formState, 'Deactivate', 'second', { instance_id: instance.id })
    ]
  }))
  return table('Activations', [
    { title: 'Name' }, { title: 'Instance', kind: 'low' }, { title: 'Activated', kind: 'low' }, { title: 'Action' }
  ], rows)
}

function actions (key: Key, page: PageContext): Fragment {
  const ask = confirmButton(page.formState('disable'), {
    label: 'Disable',
    question: 'Disable the licence key? Its grant is revoked. Enabling the key restores it.',
    confirm: 'Disable key'
  })
  return html`<div class="row">!${key.status === 'disabled' ? button(page.formState('enable'), 'Enable') : ask}
!${key.status === 'active' ? button(page.formState('expire'), 'Expire now') : ''}</div>`
}

function limits (key: Key, page: PageContext): Fragment {
  const formState = page.formState('limits')
  const expiry = textField(formState, {
    name: 'expires_at',
    label: 'Expires (UTC)',
    type: 'datetime-local',
    value: typedTime(key.expires_at),
    hint: 'Leave empty for keys that never expire.'
  })
  return form(formState, html`!${textField(formState, {
    name: 'activations_limit',
    label: 'Maximum activations',
    inputmode: 'numeric',
    value: key.activations_limit,
    hint: 'Leave empty for no limit.'
  })}
!${key.subscription_id === null ? expiry : '<p class="quiet">The key is valid as long as its subscription.</p>'}
<div>!${submit('Save')}</div>`)
}

const newPage: DashboardPage = {
  show (page) {
    const formState = page.formState('import')
    return {
      title: 'Import a licence key',
      content: html`!${heading('Import a licence key', '', crumb(page, pathOf('licenseKeys'), 'Licence keys'))}
!${card(form(formState, html`!${textField(formState, { name: 'key', label: 'Key', isRequired: true })}
<div class="pair">!${textField(formState, {
        name: 'customer_id', label: 'Customer', placeholder: 'cus_…', value: page.search.get('customer_id'), isRequired: true
      })}
!${textField(formState, {
        name: 'product_id', label: 'Product', placeholder: 'pdt_…', value: page.search.get('product_id'), isRequired: true
      })}</div>
<div class="pair">!${textField(formState, {
        name: 'activations_limit', label: 'Maximum activations', inputmode: 'numeric', hint: 'Leave empty for no limit.'
      })}
!${textField(formState, {
        name: 'expires_at', label: 'Expires (UTC)', type: 'datetime-local', hint: 'Leave empty for keys that never expire.'
      })}</div>
<div class="row">!${submit('Import')}!${linkButton(pageOf(page, 'licenseKeys'), 'Cancel')}</div>`), { id: 'import' })}`
    }
  },
  actions: { import: importKey }
}

async function importKey (page: PageContext, sent: Form) {
  const reading = readingOf(sent, page.context.sandbox)
  const [limit, end] = [sent.number('activations_limit'), reading.time('expires_at')]
  const { id } = await page.operate('POST /license_keys', {
    body: {
      key: sent.text('key'),
      customer_id: sent.text('customer_id'),
      product_id: sent.text('product_id'),
      ...(limit === undefined ? {} : { activations_limit: limit }),
      ...(end === undefined ? {} : { expires_at: end })
    }
  })
  return { to: pathOf('licenseKeys', id), done: 'imported' }
}

/** The key of a grant, or the latest keys of a customer or a product. */
async function related (subject: Subject, page: PageContext): Promise<Fragment> {
  if (!('customer_id' in subject) && !('product_id' in subject) && !('grant_id' in subject)) return ''
  const { items } = await page.operate('GET /_emulator/license_keys', { query: { ...subject, page_size: LATEST } })
  if (items.length === 0) return ''
  const all = 'grant_id' in subject
    ? ''
    : linkButton(`${pageOf(page, 'licenseKeys')}?${new URLSearchParams(subject)}`, 'All licence keys')
  const content = keyTable(items as Key[], page)
  return card(content, { id: 'license-keys', title: 'Licence keys', live: true, pad: false, actions: all })
}

export const licenseKeysSection: DashboardSection = {
  name: 'licenseKeys',
  title: 'Licence keys',
  icon: 'M14 10a4 4 0 1 0-3.500 3.970L13 16.500h2.500V19H18v2h3v-3.500l-7-7M8.500 9.500h.01',
  position: 46,
  pages: { '/': { show: list }, '/new': newPage, '/:id': keyPage },
  objects: [{
    kind: 'Licence keys',
    prefix: 'lic',
    find: (id, { context }) => context.sandbox.licenseKeys.find(id)?.key ?? null,
    search: (text, limit, { context: { sandbox, now } }) =>
      sandbox.licenseKeys.list({ search: text }, now, limit, 0).map(({ license_key_id: id, key }) => ({ id, text: key }))
  }],
  related
}
