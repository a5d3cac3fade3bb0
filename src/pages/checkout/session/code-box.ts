/**
 * The discount codes of an order: the applied ones, each with a button to remove it, and a field for another one. Automated tests
 * can rely on the ids discount-code, apply-code and remove-{code}, and on data-testid applied-code.
 */
import { html } from 'ghtml'
import type { Locale } from '../../../messages/locale.js'
import type { Problem } from '../../fragments.js'
import type { Fragment } from '../../layout.js'

export interface CodeBox {
  /** The id of the form that the controls belong to. */
  form: string
  applied: readonly string[]
  /** The text in the field. */
  code: string
}

export function codeBox ({ form, applied, code }: CodeBox, problems: readonly Problem[], { text }: Locale): Fragment {
  const problem = problems.find(({ field }) => field === 'discount-code')
  return html`<div class="field">
<label for="discount-code">${text('code.label')}</label>
<div class="with"><input type="text" id="discount-code" name="code" form="${form}" value="${code}" autocomplete="off"
spellcheck="false"!${problem === undefined ? '' : ' aria-invalid="true" aria-describedby="discount-code-problem"'}>
<button class="button second" id="apply-code" form="${form}" name="action" value="reprice">${text('code.apply')}</button></div>
!${problem === undefined ? '' : html`<p class="problem" id="discount-code-problem">${problem.message}</p>`}
!${applied.length === 0
? ''
: html`<div class="applied">!${applied.map(name => html`<button class="chip" id="remove-${name}" form="${form}" name="action"
value="remove:${name}" aria-label="${text('code.remove', { code: name })}">
<span data-testid="applied-code">${name}</span> ×</button>`)}</div>`}
</div>`
}
