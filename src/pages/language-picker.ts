/**
 * The choice of a language in the header of hosted pages. It works without scripts. On a page with a form, its buttons submit
 * that form, so that nothing that the customer has typed is lost; on others they are links. Automated tests can rely on the ids
 * language-picker and language-{code}.
 */
import { html } from 'ghtml'
import { LANGUAGES, directionOf, nameOfLanguage, type Language } from '../messages/languages.js'
import type { Locale } from '../messages/locale.js'
import type { Fragment } from './layout.js'
import { LANGUAGE } from './page-context.js'

export interface Picker {
  /** The form that keeps its values; null on a page without one. */
  form: MainForm | null
  /** The path and the query of the page. */
  url: string
}

export interface MainForm {
  id: string
  /** The button that the Enter key presses. */
  enter: { name: string, value: string }
}

export function languagePicker ({ form, url }: Picker, { language: current, text }: Locale): Fragment {
  return html`!${form === null ? '' : enterButton(form, text('pay.continue'))}<details class="languages" id="language-picker">
<summary><span class="visually-hidden">${text('layout.language')}: </span>
<span lang="${current}">${nameOfLanguage(current)}</span></summary>
<ul>!${LANGUAGES.map(language => html`<li>!${option(language, current, form, url)}</li>`)}</ul>
</details>`
}

function option (language: Language, current: Language, form: MainForm | null, url: string): Fragment {
  const attributes = html` id="language-${language}" lang="${language}" dir="${directionOf(language)}"
!${language === current ? ' aria-current="true"' : ''}`
  const name = nameOfLanguage(language)
  return form === null
    ? html`<a href="${urlIn(language, url)}"!${attributes}>${name}</a>`
    : html`<button form="${form.id}" name="${LANGUAGE}" value="${language}"!${attributes}>${name}</button>`
}

/** The Enter key presses the first button of a form, which must not be that of a language. */
function enterButton ({ id, enter: { name, value } }: MainForm, label: string): Fragment {
  return html`<button class="visually-hidden" form="${id}" name="${name}" value="${value}" tabindex="-1">${label}</button>`
}

/** The URL of the page in a language. */
function urlIn (language: Language, url: string): string {
  const queryAt = url.indexOf('?')
  const query = new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt))
  query.set(LANGUAGE, language)
  return `${queryAt < 0 ? url : url.slice(0, queryAt)}?${query.toString()}`
}
