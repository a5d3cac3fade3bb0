/**
 * The page of the sandboxes of the process: which there are, going over to one, making and deleting them. For tests without a
 * person, these hold on: the ids sandboxes, form-create, ask-delete-{name}.
 */
import { html } from 'ghtml'
import type { Reply } from '../../contract/operations.js'
import type { Fragment } from '../layout.js'
import { CONTROLS, controlsHead } from './controls-parts.js'
import { asking, form, submit, textField } from './fields.js'
import type { Form, Sheet } from './form.js'
import type { Dashboard, Done, Shown, Visit } from './frame.js'
import { NONE, card, cellLink, idTag, linkButton, statusTag, table, type Row } from './parts.js'

type Sandbox = Reply<'POST /_emulator/sandboxes'>

export function addSandboxes (dashboard: Dashboard): void {
  dashboard.page(CONTROLS.sandboxes, {
    section: 'controls',
    show: sandboxesPage,
    actions: {
      create,
      delete: async (visit, given) => {
        await visit.operate('DELETE /_emulator/sandboxes/{name}', { path: { name: given.text('name') } })
        return { done: 'deleted' }
      }
    },
    notes: {
      created: 'The sandbox is made.',
      found: 'There was such a sandbox already; it is as it was.',
      deleted: 'The sandbox is gone, with all its data.'
    }
  })
}

async function create (visit: Visit, given: Form): Promise<Done> {
  const { items } = await visit.operate('GET /_emulator/sandboxes')
  const { name } = await visit.operate('POST /_emulator/sandboxes', { body: { name: given.text('name') } })
  return { done: items.some(sandbox => sandbox.name === name) ? 'found' : 'created' }
}

async function sandboxesPage (visit: Visit): Promise<Shown> {
  const { items } = await visit.operate('GET /_emulator/sandboxes')
  return {
    title: 'Sandboxes',
    content: html`!${controlsHead(visit, 'sandboxes')}
!${card(list(items, visit), { id: 'sandboxes', title: 'Sandboxes of this emulator', live: true, pad: false })}
!${card(making(visit.sheet('create')), { id: 'create', title: 'Make a sandbox' })}`
  }
}

function list (items: readonly Sandbox[], visit: Visit): Fragment {
  const { sandbox: here } = visit.context
  const root = visit.base.slice(0, visit.base.length - here.prefix.length)
  const origin = visit.context.origin.slice(0, visit.context.origin.length - here.prefix.length)
  const remove: Sheet = { ...visit.sheet('delete'), refused: null }
  const rows = items.map((sandbox): Row => {
    const { name, path, api_key: key, is_kept: isKept, is_open: isOpen } = sandbox
    const isHere = name === here.name
    return {
      id: name,
      cells: [
        html`!${cellLink(`${root}${path}/`, html`${name}`)}!${isHere ? html` !${statusTag('you are here', 'good')}` : ''}`,
        key === null ? html`<span class="quiet">any other key</span>` : idTag(key),
        idTag(origin + path),
        html`${isKept ? 'in a file' : 'in memory'}`,
        statusTag(isOpen ? 'open' : 'closed', isOpen ? 'good' : 'calm'),
        html`<div class="row">!${isHere ? '' : linkButton(`${root}${path}/`, 'Switch')}
!${removal(sandbox, remove, isHere, root)}</div>`
      ]
    }
  })
  return table('Sandboxes', [
    { title: 'Name' }, { title: 'API key', kind: 'low' }, { title: 'Base URL', kind: 'low' }, { title: 'Kept', kind: 'low' },
    { title: 'State', kind: 'low' }, { title: 'Actions' }
  ], rows)
}

function removal ({ name, path }: Sandbox, sheet: Sheet, isHere: boolean, root: string): Fragment {
  if (path === '') return isHere ? NONE : ''
  if (isHere) return linkButton(`${root}${CONTROLS.sandboxes}`, 'Delete it from the default one')
  return asking(sheet, {
    opens: 'Delete',
    question: `The sandbox ${name} will be gone, with its payments, products, webhooks and snapshots.`,
    confirm: 'Delete it',
    sent: { name },
    id: `ask-delete-${name}`
  })
}

function making (sheet: Sheet): Fragment {
  return form(sheet, html`<p class="quiet">A sandbox is a world of its own: data, clock, webhooks and faults. A program opens one
with the key <code>sandbox_&lt;name&gt;</code>, or with a base URL that ends with <code>/~&lt;name&gt;</code>; its first call
makes it too.</p>
!${textField(sheet, { name: 'name', at: 'sandbox', label: 'Name', placeholder: 'alice', isRequired: true })}
<div class="row">!${submit('Make it')}</div>`)
}
