/**
 * Forms that a page shows again, because they were refused or not completed. A POST keeps the form here and redirects to a GET
 * whose query names it, so that Back and Reload send nothing twice. Forms are in memory, and the oldest are dropped first: a page
 * whose form is gone shows an empty one. This module knows nothing of the pages that use it.
 */
import type { Sandbox } from '../sandbox/sandbox.js'

export interface KeptForms<Kept> {
  /** Keeps the form of the page at `url`, and returns that URL with the id of the form. */
  keep (sandbox: Sandbox, url: string, kept: Kept): string
  /** The form that a query names, if it belongs to the page at `url`. */
  find (sandbox: Sandbox, url: string, query: unknown): Kept | null
}

/** The parameter with the id of a kept form. */
export const KEPT = 'form'
const FORMS_MAX = 500
const CHARACTERS_MAX = 4 * 1024 * 1024

/** `fieldsOf` returns the fields of a form as one text. Its length counts towards the limit. */
export function createKeptForms<Kept> (fieldsOf: (kept: Kept) => string): KeptForms<Kept> {
  const forms = new Map<string, { kept: Kept, url: string, characters: number }>()
  let characters = 0

  function drop (key: string): void {
    characters -= forms.get(key)?.characters ?? 0
    forms.delete(key)
  }

  return {
    keep (sandbox, url, kept) {
      const id = sandbox.ids.form()
      const key = keyOf(sandbox, id)
      const own = fieldsOf(kept).length
      drop(key) // after a reset with a seed, ids repeat
      forms.set(key, { kept, url, characters: own })
      characters += own
      for (const oldest of forms.keys()) {
        if (forms.size <= FORMS_MAX && characters <= CHARACTERS_MAX) break
        drop(oldest)
      }
      return withKept(url, id)
    },
    find (sandbox, url, query) {
      const found = forms.get(keyOf(sandbox, keptId(query) ?? ''))
      return found === undefined || found.url !== url ? null : found.kept
    }
  }
}

function keyOf ({ name }: Sandbox, id: string): string {
  return `${name} ${id}`
}

/** The id of a kept form in a query; null without one. */
export function keptId (query: unknown): string | null {
  const given = typeof query === 'object' && query !== null && KEPT in query ? query[KEPT] : undefined
  return typeof given === 'string' && given !== '' ? given : null
}

export function withKept (url: string, id: string | null): string {
  return id === null ? url : `${url}${url.includes('?') ? '&' : '?'}${KEPT}=${encodeURIComponent(id)}`
}
