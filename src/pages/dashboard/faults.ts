/**
 * The page of injected faults. Automated tests can rely on the ids faults, form-preset, form-add; the data-status of a rule is
 * its kind.
 */
import { html } from 'ghtml'
import { contract } from '../../contract/load.js'
import { handlers } from '../../resources/all.js'
import { plural } from '../../rules/text.js'
import type { Fragment } from '../layout.js'
import { controlsHead } from './controls-parts.js'
import { faultBody } from './fault-body.js'
import { ruleForm } from './fault-fields.js'
import { PRESET_TEXTS, changeText, faultText, frequencyText, operationText, type Fault } from './fault-text.js'
import { button, choiceField, confirmButton, form, submit, textField, typed } from './fields.js'
import { problemAt, type Form, type FormState } from './form.js'
import type { Done, Shown, PageContext } from './page.js'
import { card, code, empty, statusTag, table, type Row } from './parts.js'
import type { Pages } from './section.js'

export const faultPages: Pages = {
  '/faults': {
    show: faultsPage,
    actions: {
      preset: addPreset,
      add: async (page, given) => added((await page.operate('POST /_emulator/faults', { body: faultBody(given) })).items),
      delete: async (page, given) => {
        await page.operate('DELETE /_emulator/faults/{fault_id}', { path: { fault_id: given.text('fault_id') } })
        return { done: 'deleted' }
      },
      clear: async page => {
        await page.operate('DELETE /_emulator/faults')
        return { done: 'cleared' }
      }
    },
    notes: {
      added: (count = 1) => `${plural(count, 'fault')} added. ${count === 1 ? 'It applies' : 'They apply'} from the next call.`,
      deleted: 'The fault was deleted.',
      cleared: 'All faults were deleted.'
    }
  }
}

async function addPreset (page: PageContext, given: Form): Promise<Done> {
  const body = { preset: given.given('preset'), operation: given.given('operation'), count: given.number('count') }
  return added((await page.operate('POST /_emulator/faults', { body })).items)
}

const added = (rules: readonly Fault[]): Done => ({ done: `added:${rules.length}` })

async function faultsPage (page: PageContext): Promise<Shown> {
  const { items } = await page.operate('GET /_emulator/faults')
  return {
    title: 'Faults',
    content: html`!${controlsHead(page, 'faults')}
!${card(rules(items, page), {
      id: 'faults',
      title: 'Active faults',
      live: true,
      pad: false,
      actions: items.length === 0
        ? ''
        : confirmButton(page.formState('clear'), {
          label: 'Delete all',
          question: `Delete ${plural(items.length, 'fault')}? Calls will be processed normally again.`,
          confirm: 'Delete all'
        })
    })}
<div class="columns halves"><div>!${card(presets(page), { id: 'fault-presets', title: 'Presets' })}</div>
<div>!${card(ruleForm(page.formState('add'), operations()), { id: 'fault-rule', title: 'Custom fault' })}</div></div>
<p class="quiet">The first fault that matches a call applies to it. Faults belong to this sandbox, and are deleted when it is
reset or the emulator stops. The dashboard, the checkout pages and /_emulator are never affected.</p>`
  }
}

function rules (items: readonly Fault[], page: PageContext): Fragment {
  if (items.length === 0) {
    return empty('No active faults', html`<p>Add a preset or a custom fault below to test how your program handles errors, delays
and broken connections.</p>`)
  }
  const formState: FormState = { ...page.formState('delete'), refused: null }
  const rows = items.map((fault): Row => ({
    id: fault.fault_id,
    cells: [
      html`${faultText(fault)}<span class="under">!${statusTag(fault.preset ?? fault.kind)} ${changeText(fault)}</span>`,
      fault.operation.includes('*') ? html`${operationText(fault.operation)}` : code(fault.operation),
      html`${frequencyText(fault)}<span class="under">${fault.remaining === null
        ? 'until deleted'
        : plural(fault.remaining, 'more call')}</span>`,
      html`${fault.met}`,
      button(formState, 'Delete', 'bare', { fault_id: fault.fault_id })
    ]
  }))
  return table('Active faults', [
    { title: 'Effect' }, { title: 'Operation' }, { title: 'Frequency', kind: 'low' },
    { title: 'Calls', kind: 'low' }, { title: 'Actions' }
  ], rows)
}

function presets (page: PageContext): Fragment {
  const formState = page.formState('preset')
  const chosen = typed(formState, 'preset', PRESET_TEXTS[0]?.[0] ?? '')
  const problem = problemAt(formState, 'preset')
  return form(formState, html`<fieldset class="plain options" id="preset-preset"><legend>Preset</legend>
!${problem === null ? '' : html`<p class="problem">${problem}</p>`}
!${PRESET_TEXTS.map(([preset, text]) => html`<label class="option"><input type="radio" name="preset" value="${preset}"
!${preset === chosen ? ' checked' : ''}><span><strong>${preset}</strong><span class="hint">${text}</span></span></label>`)}
</fieldset>
!${operationAndCount(formState)}
<div class="row">!${submit('Add preset')}</div>`)
}

function operationAndCount (formState: FormState): Fragment {
  return html`<div class="pair">
!${choiceField(formState, { name: 'operation', label: 'Operation', value: '*', options: operations(), isRequired: true })}
!${textField(formState, { name: 'count', label: 'Number of calls', inputmode: 'numeric', placeholder: 'until deleted' })}</div>`
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** The values for `operation` of a rule: every call, a method, or an implemented operation. */
function operations (): Array<readonly [value: string, label: string]> {
  const implemented = contract().operations.filter(({ name }) => Object.hasOwn(handlers, name))
  return [
    ['*', 'Every call'],
    ...METHODS.map(method => [`${method} *`, `Every ${method}`] as const),
    ...implemented.map(({ name, summary }) => [name, `${name} (${summary})`] as const)
  ]
}
