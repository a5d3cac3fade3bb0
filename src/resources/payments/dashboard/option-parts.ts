/** The parts of optional fields in the forms for payments, checkout sessions and subscriptions. */
import { html } from 'ghtml'
import type { Json, JsonObject } from '../../../pages/dashboard/code/call.js'
import type { Form, FormState } from '../../../pages/dashboard/form.js'
import type { Fragment } from '../../../pages/layout.js'

/** The choices of an optional boolean. */
export const SWITCH = [['', 'Default'], ['true', 'On'], ['false', 'Off']] as const

/** A group of rarely used fields. It is open if one of them has a value or an error. */
export function group (formState: FormState, id: string, title: string, names: readonly string[], content: Fragment): Fragment {
  const isUsed = names.some(name => (formState.typed?.given(name) ?? '') !== '')
  const isRefused = formState.refused?.error.details?.some(({ path }) => names.some(name => path.startsWith(name))) === true
  return html`<fieldset><legend>${title}</legend>
<details class="fold" id="${id}"!${isUsed || isRefused ? ' open' : ''}><summary>Show options</summary>
<div class="stack">!${content}</div></details></fieldset>`
}

/** The value of an optional boolean; undefined for the default. */
export function switched (sent: Form, name: string): boolean | undefined {
  const value = sent.given(name)
  return value === undefined ? undefined : value === 'true'
}

/** An object of the values that are given; undefined without any. */
export function given (entries: ReadonlyArray<readonly [string, Json | undefined]>): JsonObject | undefined {
  const known = entries.filter(([, value]) => value !== undefined)
  return known.length === 0 ? undefined : Object.fromEntries(known)
}
