/**
 * The page of what goes wrong on demand with calls of the API. For tests without a person, these hold on: the ids faults,
 * form-preset, form-add; data-status of a rule is its kind.
 */
import { html } from 'ghtml'
import { contract } from '../../contract/load.js'
import { handlers } from '../../resources/all.js'
import type { Fragment } from '../layout.js'
import { controlsHead, things } from './controls-parts.js'
import { faultBody } from './fault-body.js'
import { addedRule } from './fault-fields.js'
import { PRESET_WORDS, howOften, isMade, operationWords, whatHappens, type Fault } from './fault-words.js'
import { asking, button, choiceField, form, submit, textField, typed } from './fields.js'
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
      added: (count = 1) => `${things(count, 'rule')} added: such calls go wrong from now on.`,
      deleted: 'The rule is gone.',
      cleared: 'Nothing goes wrong any more.'
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
      title: 'What goes wrong now',
      live: true,
      pad: false,
      actions: items.length === 0
        ? ''
        : asking(page.formState('clear'), {
          opens: 'Clear all',
          question: `Delete ${things(items.length, 'rule')}, so that every call goes well again?`,
          confirm: 'Clear all'
        })
    })}
<div class="columns halves"><div>!${card(presets(page), { id: 'fault-presets', title: 'Add a preset' })}</div>
<div>!${card(addedRule(page.formState('add'), operations()), { id: 'fault-rule', title: 'Add a rule of your own' })}</div></div>
<p class="quiet">A call meets the first rule that fits it. Rules are of this sandbox, and are forgotten when it is reset or the
emulator stops. The dashboard, the pages of the checkout and /_emulator are never affected.</p>`
  }
}

function rules (items: readonly Fault[], page: PageContext): Fragment {
  if (items.length === 0) {
    return empty('Every call goes well', html`<p>Real services have bad days: add one below, let your program run, and see how it
copes.</p>`)
  }
  const formState: FormState = { ...page.formState('delete'), refused: null }
  const rows = items.map((fault): Row => ({
    id: fault.fault_id,
    cells: [
      html`${whatHappens(fault)}<span class="under">!${statusTag(fault.preset ?? fault.kind)} ${isMade(fault)}</span>`,
      fault.operation.includes('*') ? html`${operationWords(fault.operation)}` : code(fault.operation),
      html`${howOften(fault)}<span class="under">${fault.remaining === null
        ? 'until deleted'
        : things(fault.remaining, 'more call')}</span>`,
      html`${fault.met}`,
      button(formState, 'Delete', 'bare', { fault_id: fault.fault_id })
    ]
  }))
  return table('What goes wrong now', [
    { title: 'What happens' }, { title: 'To' }, { title: 'How often', kind: 'low' },
    { title: 'Met', kind: 'low' }, { title: 'Actions' }
  ], rows)
}

function presets (page: PageContext): Fragment {
  const formState = page.formState('preset')
  const chosen = typed(formState, 'preset', PRESET_WORDS[0]?.[0] ?? '')
  const problem = problemAt(formState, 'preset')
  return form(formState, html`<fieldset class="plain options" id="preset-preset"><legend>What goes wrong</legend>
!${problem === null ? '' : html`<p class="problem">${problem}</p>`}
!${PRESET_WORDS.map(([preset, words]) => html`<label class="option"><input type="radio" name="preset" value="${preset}"
!${preset === chosen ? ' checked' : ''}><span><strong>${preset}</strong><span class="hint">${words}</span></span></label>`)}
</fieldset>
!${operationAndCount(formState)}
<div class="row">!${submit('Let it go wrong')}</div>`)
}

function operationAndCount (formState: FormState): Fragment {
  return html`<div class="pair">
!${choiceField(formState, { name: 'operation', label: 'Which calls', value: '*', options: operations(), isRequired: true })}
!${textField(formState, { name: 'count', label: 'For how many', inputmode: 'numeric', placeholder: 'until deleted' })}</div>`
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** All that a rule may be for: everything, a method, or an operation that is answered. */
function operations (): Array<readonly [value: string, label: string]> {
  const answered = contract().operations.filter(({ name }) => Object.hasOwn(handlers, name))
  return [
    ['*', 'Every call'],
    ...METHODS.map(method => [`${method} *`, `Every ${method}`] as const),
    ...answered.map(({ name, summary }) => [name, `${name} (${summary})`] as const)
  ]
}
