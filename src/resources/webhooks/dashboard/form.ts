/** The forms that add and edit an endpoint. */
import { html } from 'ghtml'
import { invalid } from '../../../errors.js'
import type { Fragment } from '../../../pages/layout.js'
import { areaField, checkField, form, submit, textField } from '../../../pages/dashboard/fields.js'
import { problemAt, type Form, type FormState } from '../../../pages/dashboard/form.js'
import { pageOf, pathOf } from '../../../pages/dashboard/links.js'
import type { Done, Shown, PageContext } from '../../../pages/dashboard/page.js'
import { card, crumb, heading, linkButton } from '../../../pages/dashboard/parts.js'
import { readHeaders } from '../../../pages/dashboard/reading.js'
import { EVENT_TYPES, withShownUrl } from './parts.js'
import type { Endpoint } from './words.js'

export function addingPage (page: PageContext): Shown {
  const formState = page.formState('add')
  return {
    title: 'Add endpoint',
    content: html`!${heading('Add endpoint', '', crumb(page, pathOf('webhooks'), 'Webhooks'))}
!${card(form(formState, html`!${fields(formState, null)}
!${headersField(formState, 'Sent with every delivery. One header per line.')}
<div class="row">!${submit('Add endpoint')}!${linkButton(pageOf(page, 'webhooks'), 'Cancel')}</div>`),
{ id: 'add' })}`
  }
}

export async function addEndpoint (page: PageContext, sent: Form): Promise<Done> {
  const headers = readHeaders(sent.text('headers'))
  const body = { ...bodyOf(sent), ...(headers === undefined ? {} : { headers }) }
  const { id } = await page.operate('POST /webhooks', { body })
  return { to: pathOf('webhooks', id), done: 'added' }
}

export async function editingPage (page: PageContext): Promise<Shown> {
  const webhookId = page.param('webhook_id')
  const endpoint = withShownUrl(await page.operate('GET /webhooks/{webhook_id}', { path: { webhook_id: webhookId } }))
  const { headers, sensitive } = await page.operate('GET /webhooks/{webhook_id}/headers', { path: { webhook_id: webhookId } })
  const [save, add] = [page.formState('save'), page.formState('headers')]
  const names = [...Object.keys(headers), ...sensitive]
  return {
    title: 'Edit endpoint',
    content: html`!${heading('Edit endpoint', '', crumb(page, pathOf('webhooks', webhookId), endpoint.url))}
!${card(form(save, html`!${fields(save, endpoint)}
<div class="row">!${submit('Save')}!${linkButton(pageOf(page, 'webhooks', webhookId), 'Cancel')}</div>`),
{ id: 'edit' })}
!${card(form(add, html`<p class="quiet">!${names.length === 0
  ? 'There are no custom headers.'
  : html`Current headers: !${names.map(name => html`<code>${name}</code> `)}`}</p>
!${headersField(add, 'One header per line. Headers with the same name are replaced. The API cannot remove a header: to do so, ' +
  'delete the endpoint and add it again.')}
<div class="row">!${submit('Add or replace headers', 'second')}</div>`), { id: 'more-headers', title: 'Headers' })}`
  }
}

export async function saveEndpoint (page: PageContext, sent: Form): Promise<Done> {
  const path = { webhook_id: page.param('webhook_id') }
  const { url, ...body } = bodyOf(sent)
  const { url: shownUrl } = withShownUrl(await page.operate('GET /webhooks/{webhook_id}', { path }))
  const isSame = url === shownUrl // keeps the secrets that the shown URL hides
  if (!isSame && /\[hidden\]|…/.test(url)) {
    const message = 'This URL contains a hidden secret: enter the secret again'
    throw invalid('url', message)
  }
  await page.operate('PATCH /webhooks/{webhook_id}', { path, body: isSame ? body : { ...body, url } })
  return { to: pathOf('webhooks', path.webhook_id), done: 'saved' }
}

export async function saveHeaders (page: PageContext, sent: Form): Promise<Done> {
  const webhookId = page.param('webhook_id')
  const headers = readHeaders(sent.text('headers'))
  if (headers === undefined) {
    const message = 'Enter at least one header, such as X-Tenant: acme'
    throw invalid('headers', message)
  }
  await page.operate('PATCH /webhooks/{webhook_id}/headers', { path: { webhook_id: webhookId }, body: { headers } })
  return { to: pathOf('webhooks', webhookId), done: 'saved' }
}

function fields (formState: FormState, endpoint: Endpoint | null): Fragment {
  return html`!${textField(formState, {
    name: 'url',
    label: 'URL',
    type: 'url',
    isRequired: true,
    value: endpoint?.url,
    placeholder: 'http://127.0.0.1:3000/webhooks',
    hint: 'Receives events as POST requests. Must be reachable from the emulator.'
  })}
!${textField(formState, { name: 'description', label: 'Description', value: endpoint?.description })}
!${textField(formState, {
  name: 'rate_limit',
  label: 'Rate limit',
  inputmode: 'numeric',
  value: endpoint?.rate_limit,
  hint: 'The maximum number of deliveries per second.'
})}
!${filterField(formState, endpoint?.filter_types ?? [])}`
}

/** Groups of events that the emulator sends. Events of other groups exist only as samples. */
const HAPPENING = new Set(['payment', 'refund'])

function filterField (formState: FormState, chosen: readonly string[]): Fragment {
  const problem = problemAt(formState, 'filter_types')
  const checked = formState.typed?.all('filter_types') ?? chosen
  const groups = new Map<string, string[]>()
  for (const type of EVENT_TYPES) {
    const [group = ''] = type.split('.', 1)
    groups.set(group, [...groups.get(group) ?? [], type])
  }
  return html`<fieldset><legend>Events</legend>
<p class="hint">Leave all unchecked to receive every event. Events that the emulator does not cause can be sent as samples.</p>
!${problem === null ? '' : html`<p class="problem">${problem}</p>`}
!${[...groups].map(([group, types]) => {
    const isOpen = HAPPENING.has(group) || types.some(type => checked.includes(type))
    return html`<details class="fold"!${isOpen ? ' open' : ''}><summary>${group.replaceAll('_', ' ')}
<span class="optional">${types.length}</span></summary><div class="checks">!${types.map(type => checkField(formState, {
      name: 'filter_types', at: `filter_types.${type}`, label: type, sent: type, value: chosen.includes(type)
    }))}</div></details>`
  })}</fieldset>`
}

function headersField (formState: FormState, hint: string): Fragment {
  return areaField(formState, {
    name: 'headers', label: 'Headers', rows: 3, isCode: true, hint: `${hint} For example, X-Tenant: acme`
  })
}

/** The request body, for new and changed endpoints. Empty fields mean null. */
function bodyOf (sent: Form) {
  return {
    url: sent.text('url'),
    description: sent.text('description'),
    filter_types: sent.all('filter_types'),
    rate_limit: sent.number('rate_limit') ?? null
  }
}
