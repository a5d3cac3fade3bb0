/** The forms of hosted pages: their fields, and a form that its page shows again (`kept-forms.ts`). */
import type { Problem } from './fragments.js'
import type { KeptForms } from './kept-forms.js'

export interface FormDraft {
  /** The status of the page: programs that follow the redirect see that the form was refused. */
  code: number
  problems: readonly Problem[]
  /** The fields of the form. */
  body: Readonly<Record<string, string>>
}

export type FormDrafts = KeptForms<FormDraft>

/** The text fields of a parsed form. A repeated field is left out, as for other readers of forms. */
export function textFields (body: unknown): Record<string, string> {
  const given = typeof body === 'object' && body !== null ? Object.entries(body) : []
  return Object.fromEntries(given.filter((field): field is [string, string] => typeof field[1] === 'string'))
}
