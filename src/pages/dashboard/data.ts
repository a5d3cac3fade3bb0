/**
 * The page that resets the sandbox, takes and restores snapshots, and loads fixtures. Automated tests can rely on the ids
 * ask-reset, snapshots, form-take, form-load.
 */
import { html } from 'ghtml'
import type { Reply } from '../../contract/operations.js'
import { ApiError, SetupError, type Violation } from '../../errors.js'
import { contentsText } from '../../fixtures/contents.js'
import type { Source } from '../../fixtures/report.js'
import { fixturesParts } from '../../resources/all.js'
import { plural } from '../../rules/text.js'
import type { Fragment } from '../layout.js'
import { CONTROLS, controlsHead } from './controls-parts.js'
import { areaField, confirmButton, form, submit, textField } from './fields.js'
import { problemAt, type Form, type FormState } from './form.js'
import type { Done, Shown, PageContext } from './page.js'
import { card, empty, linkButton, snippet, table, timeTag, type Row } from './parts.js'
import type { Pages, Files } from './section.js'

type Snapshot = Reply<'POST /_emulator/snapshots'>

/** Names of snapshots are in the query, because they may be `..`, which is not possible as part of a path. */
const FILE = `${CONTROLS.data}/snapshot.db`
/** Twice the limit of POST /_emulator/load, for a text and a file, and the rest of the form. */
const UPLOAD_MAX_BYTES = 21 * 1024 * 1024
const PROBLEMS_SHOWN = 50

export const dataPages: Pages = {
  '/data': {
    show: dataPage,
    uploadMaxBytes: UPLOAD_MAX_BYTES,
    actions: {
      reset: async page => {
        await page.operate('POST /_emulator/reset')
        return { done: 'reset' }
      },
      take: async (page, given) => {
        await page.operate('POST /_emulator/snapshots', { body: { name: given.text('name') } })
        return { done: 'taken' }
      },
      restore: async (page, given) => {
        await page.operate('POST /_emulator/snapshots/{name}/restore', { path: nameIn(given) })
        return { done: 'restored' }
      },
      delete: async (page, given) => {
        await page.operate('DELETE /_emulator/snapshots/{name}', { path: nameIn(given) })
        return { done: 'deleted' }
      },
      load
    },
    notes: {
      reset: 'The sandbox was reset.',
      taken: 'The snapshot was taken.',
      restored: 'The snapshot was restored.',
      deleted: 'The snapshot was deleted.',
      loaded: (...counts) => `Added: ${contentsText(counts) || 'nothing, because the document is empty'}.`
    }
  }
}

export const dataFiles: Files = {
  '/data/snapshot.db': {
    async read (page) {
      const name = page.search.get('name') ?? ''
      const { bytes } = await page.operate('GET /_emulator/snapshots/{name}', { path: { name } })
      return { name: `${name}.db`, mediaType: 'application/vnd.sqlite3', bytes: await bytes() }
    }
  }
}

const nameIn = (given: Form) => ({ name: given.text('name') })

async function load (page: PageContext, given: Form): Promise<Done> {
  const file = given.file('file')
  const [document = ''] = given.all('document')
  const source = await sourceOf(file === undefined ? document : new TextDecoder().decode(file.bytes))
  const { FixturesError } = await import('../../fixtures/report.js')
  const { asWritten, toSend } = await import('../../fixtures/sending.js')
  try {
    const loaded: Record<string, unknown[]> = await page.operate('POST /_emulator/load', { body: toSend(source) })
    return { done: ['loaded', ...fixturesParts.map(([list]) => loaded[list]?.length ?? 0)].join(':') }
  } catch (error) {
    if (error instanceof FixturesError) {
      throw withLines(new ApiError('INVALID_REQUEST_BODY', { violations: error.violations }), source)
    }
    if (!(error instanceof ApiError)) throw error
    const { code, message, details } = error
    if (details === undefined) throw withLines(error, source)
    throw withLines(new ApiError(code, { message, violations: asWritten(source, details) }), source)
  }
}

/** Loads the YAML library on first use, because loading it takes as long as loading everything else. */
async function sourceOf (text: string): Promise<Source> {
  const refuse = (message: string) => new ApiError('INVALID_REQUEST_BODY', { violations: [{ path: 'document', message }] })
  if (text.trim() === '') throw refuse('Paste a document, or choose a file')
  if (/[\uFFFD\0]/.test(text)) throw refuse('The file is not valid UTF-8')
  const { parseSource } = await import('../../fixtures/read.js')
  try {
    return parseSource('The document', text)
  } catch (error) {
    if (error instanceof SetupError) throw refuse(error.message)
    throw error
  }
}

/** Adds the line to each violation. Those of the document as a whole are shown at its field. */
function withLines (error: ApiError, { lineOf }: Source): ApiError {
  const { code, message, details = [{ path: '', message }] } = error
  const shown = details.slice(0, PROBLEMS_SHOWN).map(({ path, message }): Violation => {
    const line = lineOf?.(path) ?? null
    return { path: path === '' ? 'document' : path, message: line === null ? message : `${message} (line ${line})` }
  })
  const rest = details.length - shown.length
  if (rest > 0) shown.push({ path: 'document', message: `and ${plural(rest, 'more problem')}` })
  return new ApiError(code, { message, violations: shown })
}

async function dataPage (page: PageContext): Promise<Shown> {
  const { items } = await page.operate('GET /_emulator/snapshots')
  const latest = items[0]
  return {
    title: 'Data',
    content: html`!${controlsHead(page, 'data')}
!${card(snapshots(items, page), { id: 'snapshots', title: 'Snapshots', live: true, pad: false })}
<div class="columns halves"><div>
!${card(snapshotForm(page.formState('take')), { id: 'take', title: 'Take snapshot' })}
!${card(startingFrom(latest), { id: 'starting', title: 'Start an emulator from a snapshot' })}
!${card(resetForm(page), { id: 'reset', title: 'Reset' })}
</div><div>
!${card(loadForm(page.formState('load')), { id: 'load', title: 'Add data' })}
</div></div>`
  }
}

function resetForm (page: PageContext): Fragment {
  const formState = page.formState('reset')
  return html`<p class="quiet">Restores the initial data, clock, webhook endpoints, faults and request log of the sandbox. Its
snapshots are kept.</p>
<div>!${confirmButton(formState, {
    label: 'Reset sandbox',
    question: `Delete all changes in the sandbox ${page.context.sandbox.name}? To keep them, take a snapshot first.`,
    confirm: 'Reset'
  })}</div>`
}

function snapshots (items: readonly Snapshot[], page: PageContext): Fragment {
  if (items.length === 0) {
    return empty('No snapshots yet', html`<p>A snapshot saves the state of the sandbox. You can restore it as often as you
like.</p>`)
  }
  const restore: FormState = { ...page.formState('restore'), refused: null }
  const remove: FormState = { ...page.formState('delete'), refused: null }
  const rows = items.map(({ name, taken_at: takenAt, bytes }): Row => {
    const key = encodeURIComponent(name)
    return {
      id: key,
      cells: [
        html`<strong>${name}</strong>`,
        timeTag(takenAt, page),
        html`${sizeOf(bytes)}`,
        html`<div class="row">!${confirmButton(restore, {
          label: 'Restore',
          kind: 'second',
          question: `Restore the snapshot ${name}? All later changes will be deleted.`,
          confirm: 'Restore',
          sent: { name },
          id: `restore-${key}`
        })}!${linkButton(`${page.base}${FILE}?name=${key}`, 'Download')}!${confirmButton(remove, {
          label: 'Delete',
          question: `Delete the snapshot ${name}?`,
          confirm: 'Delete',
          sent: { name },
          id: `delete-${key}`
        })}</div>`
      ]
    }
  })
  return table('Snapshots', [
    { title: 'Name' }, { title: 'Taken', kind: 'low' }, { title: 'Size', kind: 'low' }, { title: 'Actions' }
  ], rows)
}

function sizeOf (bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

function snapshotForm (formState: FormState): Fragment {
  return form(formState, html`!${textField(formState, {
    name: 'name', label: 'Name', placeholder: 'before-checkout', hint: 'Replaces a snapshot of the same name.', isRequired: true
  })}
<div class="row">!${submit('Take snapshot')}</div>
<p class="quiet">Snapshots are kept in memory until the emulator stops, at most 20. Download one to keep it.</p>`)
}

function startingFrom (latest: Snapshot | undefined): Fragment {
  const file = latest === undefined ? 'snapshot.db' : `${latest.name.replace(/[^\w.-]+/g, '_')}.db`
  return html`<p class="quiet">Download a snapshot and pass the file when you start the emulator. Every new sandbox then starts
with its data. You can share the file, and keep it with your tests.</p>
!${snippet(`npx dodo-emulator start --from-snapshot ${file}`, { id: 'start-command', label: 'Command' })}`
}

function loadForm (formState: FormState): Fragment {
  const fileProblem = problemAt(formState, 'file')
  return form(formState, html`<p class="quiet">Load a fixtures file, as JSON or YAML, with products, customers, discounts or past
payments. Either all of it is added, or nothing.</p>
!${areaField(formState, {
    name: 'document', label: 'Document', rows: 14, isCode: true, hint: 'Paste a document, or choose a file below.'
  })}
<div class="field"><label for="load-file">File</label>
<input type="file" id="load-file" name="file" accept=".json,.yaml,.yml,application/json">
!${fileProblem === null ? '' : html`<p class="problem">${fileProblem}</p>`}</div>
<div class="row">!${submit('Add')}</div>
<details class="fold" id="load-example"><summary>Example</summary>
!${snippet(EXAMPLE, { id: 'load-example-text', label: 'Example' })}</details>`, 'form-load', { withFiles: true })
}

const EXAMPLE = `products:
  - product_id: pdt_mug
    name: Mug
    tax_category: digital_products
    price: { type: one_time_price, currency: EUR, price: 1800 }
customers:
  - { customer_id: cus_mia, name: Mia Sommer, email: mia@example.com }
discounts:
  - { code: WELCOME, type: percentage, amount: 1000 }
payments:
  - at: -3d
    customer: { customer_id: cus_mia }
    billing: { country: DE }
    product_cart: [{ product_id: pdt_mug, quantity: 2 }]
    outcome: succeeded`
