/**
 * The parts of forms. A field has a name, under which the form sends it, and a path in the API, by which it finds its error. A
 * refused form shows the submitted values again.
 */
import { html } from 'ghtml'
import type { Fragment } from '../layout.js'
import { fieldId, problemAt, type FormState } from './form.js'
import type { PageContext } from './page.js'
import { sentence } from './parts.js'
import { typedMetadata } from './reading.js'

interface Control {
  name: string
  label: string
  /** The path in the API, if it is not the name: `product_cart[0].amount`. */
  at?: string
  hint?: string
  isRequired?: boolean
}

export interface TextField extends Control {
  value?: string | number | null | undefined
  type?: 'text' | 'email' | 'url' | 'date' | 'datetime-local' | 'password'
  inputmode?: 'numeric' | 'decimal'
  placeholder?: string
  /** Suggestions shown while typing. */
  suggestions?: readonly string[]
}

export interface AreaField extends Control {
  value?: string | null | undefined
  rows?: number
  placeholder?: string
  /** Whether to use a monospaced font. */
  isCode?: boolean
}

export interface ChoiceField extends Control {
  value?: string | null | undefined
  options: ReadonlyArray<readonly [value: string, label: string]>
}

/**
 * A form. It needs an `id` if the page has two forms with the same action, and `withFiles` if it sends files. The page then sets
 * `uploadMaxBytes`, and reads each file with `Form.file`.
 */
export function form (
  formState: FormState, content: Fragment, id = `form-${formState.action}`, { withFiles = false }: { withFiles?: boolean } = {}
): Fragment {
  return html`<form method="post" action="${formState.url}" class="stack" id="${id}" novalidate
!${formState.typed === null ? '' : ' data-typed'}!${withFiles ? ' enctype="multipart/form-data"' : ''}>
<input type="hidden" name="token" value="${formState.token}"><input type="hidden" name="action" value="${formState.action}">
!${content}
</form>`
}

export type ButtonKind = 'primary' | 'second' | 'danger' | 'bare'

export function submit (label: string, kind: ButtonKind = 'primary'): Fragment {
  return html`<button class="button ${kind}">${label}</button>`
}

/** A button that sends a form of its own, with hidden fields. */
export function button (
  formState: FormState, label: string, kind: ButtonKind = 'second', sent: Readonly<Record<string, string>> = {}
): Fragment {
  return html`<form method="post" action="${formState.url}" class="inline">
<input type="hidden" name="token" value="${formState.token}"><input type="hidden" name="action" value="${formState.action}">
!${hidden(sent)}<button class="button ${kind}">${label}</button></form>`
}

export function hidden (sent: Readonly<Record<string, string>>): Fragment {
  return html`!${Object.entries(sent).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`
}

/**
 * A button that asks for confirmation. Without scripts the question unfolds below it; with scripts it is a dialog. `content` adds
 * fields to the question, such as an amount.
 */
export function confirmButton (formState: FormState, options: {
  /** The label of the button that opens the question. */
  label: string
  question: string
  confirm: string
  kind?: ButtonKind
  content?: Fragment
  sent?: Readonly<Record<string, string>>
  id?: string
}): Fragment {
  const { label, question, confirm, kind = 'danger', content = '', sent = {}, id = `ask-${formState.action}` } = options
  return html`<details class="confirm" id="${id}"!${formState.refused === null ? '' : ' open'}>
<summary class="button ${kind}">${label}</summary>
<div class="question" aria-label="${label}">!${form(formState, html`<h3 class="with-script">${label}</h3>
<p>${question}</p>!${hidden(sent)}!${content}
<div class="row"><button class="button ${kind === 'danger' ? 'danger full' : 'primary'}">${confirm}</button>
<button type="button" class="button bare with-script" data-close>Go back</button></div>`, `${id}-form`)}</div>
</details>`
}

export function textField (formState: FormState, field: TextField): Fragment {
  const { name, type = 'text', inputmode, placeholder, suggestions, value } = field
  const { id } = placeOf(formState, field)
  const list = suggestions === undefined
    ? ''
    : html`<datalist id="${id}-list">!${suggestions.map(text =>
    html`<option value="${text}"></option>`)}</datalist>`
  const shown = type === 'password' ? '' : typed(formState, name, value == null ? '' : String(value))
  return around(formState, field, html`<input type="${type}" id="${id}" name="${name}" value="${shown}" autocomplete="off"
spellcheck="false"!${inputmode === undefined ? '' : html` inputmode="${inputmode}"`}
!${placeholder === undefined ? '' : html` placeholder="${placeholder}"`}
!${suggestions === undefined ? '' : html` list="${id}-list"`}!${states(formState, field)}>!${list}`)
}

export function areaField (formState: FormState, field: AreaField): Fragment {
  const { name, rows = 4, value, placeholder, isCode = false } = field
  const { id } = placeOf(formState, field)
  return around(formState, field, html`<textarea id="${id}" name="${name}" rows="${rows}" spellcheck="false" autocomplete="off"
!${isCode ? ' class="code"' : ''}!${placeholder === undefined ? '' : html` placeholder="${placeholder}"`}
!${states(formState, field)}>
${typed(formState, name, value ?? '')}</textarea>`)
}

export function choiceField (formState: FormState, field: ChoiceField): Fragment {
  const { name, value, options } = field
  const { id } = placeOf(formState, field)
  const chosen = typed(formState, name, value ?? '')
  return around(formState, field, html`<select id="${id}" name="${name}"!${states(formState, field)}>
!${options.map(([option, label]) => html`<option value="${option}"!${option === chosen ? ' selected' : ''}>${label}</option>`)}
</select>`)
}

export function checkField (formState: FormState, field: Control & { value?: boolean, sent?: string }): Fragment {
  const { name, label, hint, value = false, sent = 'yes' } = field
  const { id } = placeOf(formState, field)
  const isChecked = formState.typed === null ? value : formState.typed.all(name).includes(sent)
  return html`<div class="field check"><input type="checkbox" id="${id}" name="${name}" value="${sent}"
!${isChecked ? ' checked' : ''}!${states(formState, field)}><label for="${id}">${label}</label>
!${hint === undefined ? '' : html`<p class="hint" id="${id}-hint">${hint}</p>`}</div>`
}

interface Place {
  id: string
  path: string
}

function placeOf ({ action }: FormState, { at, name }: Control): Place {
  const path = at ?? name
  return { path, id: fieldId(action, path) }
}

/** The submitted value of a form that is shown again, otherwise the given one. */
export function typed ({ typed: form }: FormState, name: string, otherwise: string): string {
  return form === null ? otherwise : form.text(name)
}

function around (formState: FormState, field: Control, control: Fragment): Fragment {
  const { id, path } = placeOf(formState, field)
  const { label, hint, isRequired = false } = field
  const problem = problemAt(formState, path)
  const optional = isRequired ? '' : ' <span class="optional">optional</span>'
  return html`<div class="field"><label for="${id}">${label}!${optional}</label>
!${hint === undefined ? '' : html`<p class="hint" id="${id}-hint">${hint}</p>`}
!${control}
!${problem === null ? '' : html`<p class="problem" id="${id}-problem">${problem}</p>`}</div>`
}

function states (formState: FormState, field: Control): Fragment {
  const { id, path } = placeOf(formState, field)
  const hasProblem = problemAt(formState, path) !== null
  const described = [...(field.hint === undefined ? [] : [`${id}-hint`]), ...(hasProblem ? [`${id}-problem`] : [])]
  return html`!${field.isRequired === true ? ' aria-required="true"' : ''}!${hasProblem ? ' aria-invalid="true"' : ''}
!${described.length === 0 ? '' : html` aria-describedby="${described.join(' ')}"`}`
}

/** The error about a group of fields as a whole. */
export function groupProblem ({ action, refused }: FormState, path: string): Fragment {
  const isOfGroup = (place: string) => place === path || (place.startsWith(`${path}[`) && !FIELD.test(place))
  const problem = refused?.error.details?.find(({ path: place }) => isOfGroup(place))
  if (problem === undefined) return ''
  return html`<p class="problem" id="${fieldId(action, path)}" tabindex="-1">${sentence(problem.message)}</p>`
}

/** Matches the path of a field of an item: `product_cart[0].amount`. */
const FIELD = /\]\./

export function metadataField (formState: FormState, values: Readonly<Record<string, unknown>> | null | undefined): Fragment {
  return areaField(formState, {
    name: 'metadata',
    label: 'Metadata',
    rows: 3,
    isCode: true,
    value: typedMetadata(values),
    hint: 'One key=value per line, or a JSON object.'
  })
}

/** The maximum number of options for a choice of objects: the newest ones. */
export const CHOICES = 100

/** The options with the current choice added if they lack it. */
export function withChosen (
  options: ReadonlyArray<readonly [value: string, label: string]>, chosen: string
): ReadonlyArray<readonly [value: string, label: string]> {
  return chosen === '' || options.some(([value]) => value === chosen) ? options : [...options, [chosen, chosen]]
}

export function currencyOptions ({ context: { sandbox } }: PageContext): Array<readonly [string, string]> {
  const names = new Intl.DisplayNames('en', { type: 'currency' })
  return Object.keys(sandbox.reference.currencies).sort().map(currency => {
    const name = names.of(currency) ?? currency
    return [currency, name === currency ? currency : `${currency} · ${name}`]
  })
}
