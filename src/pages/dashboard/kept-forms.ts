/**
 * Forms that are shown again: refused by the API, sent without a valid token, or filled in step by step. Their POST redirects to
 * a page that names the form, so that Back and Reload never send it twice. Kept in memory; the oldest are dropped first.
 */
import { randomBytes } from 'node:crypto'
import type { ApiError } from '../../errors.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { formWith, type Form } from './form.js'

export interface KeptForm {
  /** Without its files. */
  form: Form
  /** Why the API refused it; null otherwise. */
  error: ApiError | null
  /** Whether its action succeeded, and its page shows the result. */
  isDone: boolean
  /** Of the page: 200, 422 after a refusal, 403 without a valid token. */
  status: number
}

export interface KeptForms {
  /** Returns the name of the form, for `?form=`. */
  keep (kept: KeptForm, sandbox: Sandbox): string
  find (name: string, sandbox: Sandbox): KeptForm | null
}

const FORMS_MAX = 200
const CHARACTERS_MAX = 4 * 1024 * 1024

export function createKeptForms (): KeptForms {
  const forms = new Map<string, { kept: KeptForm, sandbox: string, size: number }>()
  let size = 0
  return {
    keep ({ form, ...kept }, { name: sandbox }) {
      const fields = new URLSearchParams(form.entries())
      const id = randomBytes(12).toString('base64url')
      const own = fields.toString().length
      forms.set(id, { kept: { ...kept, form: formWith(fields) }, sandbox, size: own })
      size += own
      for (const [oldest, { size: freed }] of forms) {
        if (forms.size <= FORMS_MAX && size <= CHARACTERS_MAX) break
        forms.delete(oldest)
        size -= freed
      }
      return id
    },
    find (name, { name: sandbox }) {
      const found = forms.get(name)
      return found?.sandbox === sandbox ? found.kept : null
    }
  }
}
