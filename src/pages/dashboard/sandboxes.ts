/**
 * The page that lists the sandboxes of the process, switches to one, creates and deletes them. Automated tests can rely on the
 * ids sandboxes, form-create, ask-delete-{name}.
 */
import { html } from 'ghtml'
import type { Reply } from '../../contract/operations.js'
import type { Fragment } from '../layout.js'
import { CONTROLS, controlsHead } from './controls-parts.js'
import { confirmButton, form, submit, textField } from './fields.js'
import type { Form, FormState } from './form.js'
import type { Done, Shown, PageContext } from './page.js'
import { NONE, card, cellLink, idTag, linkButton, statusTag, table, type Row } from './parts.js'
import type { Pages } from './section.js'

type Sandbox = Reply<'POST /_emulator/sandboxes'>

export const sandboxPages: Pages = {
  '/sandboxes': {
    show: sandboxesPage,
    actions: {
      create,
      delete: async (page, given) => {
        await page.operate('DELETE /_emulator/sandboxes/{name}', { path: { name: given.text('name') } })
        return { done: 'deleted' }
      }
    },
    notes: {
      created: 'The sandbox was created.',
      found: 'A sandbox of this name already exists. It was not changed.',
      deleted: 'The sandbox and all its data were deleted.'
    }
  }
}

async function create (page: PageContext, given: Form): Promise<Done> {
  const { items } = await page.operate('GET /_emulator/sandboxes')
  const { name } = await page.operate('POST /_emulator/sandboxes', { body: { name: given.text('name') } })
  return { done: items.some(sandbox => sandbox.name === name) ? 'found' : 'created' }
}

async function sandboxesPage (page: PageContext): Promise<Shown> {
  const { items } = await page.operate('GET /_emulator/sandboxes')
  return {
    title: 'Sandboxes',
    content: html`!${controlsHead(page, 'sandboxes')}
!${card(list(items, page), { id: 'sandboxes', title: 'Sandboxes of this emulator', live: true, pad: false })}
!${card(createForm(page.formState('create')), { id: 'create', title: 'Create sandbox' })}`
  }
}

function list (items: readonly Sandbox[], page: PageContext): Fragment {
  const { sandbox: here } = page.context
  const root = page.base.slice(0, page.base.length - here.prefix.length)
  const baseUrl = page.context.baseUrl.slice(0, page.context.baseUrl.length - here.prefix.length)
  const remove: FormState = { ...page.formState('delete'), refused: null }
  const rows = items.map((sandbox): Row => {
    const { name, path, api_key: key, is_kept: isKept, is_open: isOpen } = sandbox
    const isHere = name === here.name
    return {
      id: name,
      cells: [
        html`!${cellLink(`${root}${path}/`, html`${name}`)}!${isHere ? html` !${statusTag('current', 'good')}` : ''}`,
        key === null ? html`<span class="quiet">any other key</span>` : idTag(key),
        idTag(baseUrl + path),
        html`${isKept ? 'file' : 'memory'}`,
        statusTag(isOpen ? 'open' : 'closed', isOpen ? 'good' : 'calm'),
        html`<div class="row">!${isHere ? '' : linkButton(`${root}${path}/`, 'Switch')}
!${removal(sandbox, remove, isHere, root)}</div>`
      ]
    }
  })
  return table('Sandboxes', [
    { title: 'Name' }, { title: 'API key', kind: 'low' }, { title: 'Base URL', kind: 'low' }, { title: 'Storage', kind: 'low' },
    { title: 'State', kind: 'low' }, { title: 'Actions' }
  ], rows)
}

function removal ({ name, path }: Sandbox, formState: FormState, isHere: boolean, root: string): Fragment {
  if (path === '') return isHere ? NONE : ''
  if (isHere) return linkButton(`${root}${CONTROLS.sandboxes}`, 'Delete it from the default sandbox')
  return confirmButton(formState, {
    label: 'Delete',
    question: `Delete the sandbox ${name} with all its data, webhooks and snapshots?`,
    confirm: 'Delete',
    sent: { name },
    id: `ask-delete-${name}`
  })
}

function createForm (formState: FormState): Fragment {
  return form(formState, html`<p class="quiet">A sandbox has its own data, clock, webhooks and faults. Programs select one
with the key <code>sandbox_&lt;name&gt;</code>, or with a base URL that ends with <code>/~&lt;name&gt;</code>. The first call
creates it.</p>
!${textField(formState, { name: 'name', at: 'sandbox', label: 'Name', placeholder: 'alice', isRequired: true })}
<div class="row">!${submit('Create')}</div>`)
}
