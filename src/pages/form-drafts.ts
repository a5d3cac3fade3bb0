/**
 * Forms that a page shows again, because they were refused or not completed. A POST keeps the form here and redirects to a GET
 * whose query names it, so that a reload or the back button sends nothing twice. Drafts live in memory: after a restart, the page
 * shows an empty form. They know nothing of the pages that use them.
 */
import { randomBytes } from 'node:crypto'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { Problem } from './fragments.js'

export interface FormDraft {
  /** The status of the page: programs that follow the redirect see that the form was refused. */
  code: number
  problems: readonly Problem[]
  /** The fields of the form. */
  body: Readonly<Record<string, string>>
}

export interface FormDrafts {
  /** Keeps the draft of the form at `url`, and returns that URL with the id of the draft. */
  keep (sandbox: Sandbox, url: string, draft: FormDraft): string
  /** The draft named by a query, if it belongs to the form at `url`. */
  find (sandbox: Sandbox, url: string, query: unknown): FormDraft | null
}

/** The parameter with the id of a draft. */
export const DRAFT = 'draft'
const DRAFTS_MAX = 500

export function formDrafts (): FormDrafts {
  const bySandbox = new WeakMap<Sandbox, Map<string, FormDraft & { url: string }>>()
  return {
    keep (sandbox, url, draft) {
      const drafts = bySandbox.get(sandbox) ?? new Map<string, FormDraft & { url: string }>()
      bySandbox.set(sandbox, drafts)
      const id = randomBytes(12).toString('base64url')
      drafts.set(id, { ...draft, url })
      const [oldest] = drafts.keys()
      if (drafts.size > DRAFTS_MAX && oldest !== undefined) drafts.delete(oldest)
      return withDraft(url, id)
    },
    find (sandbox, url, query) {
      const found = bySandbox.get(sandbox)?.get(draftId(query) ?? '')
      return found === undefined || found.url !== url ? null : found
    }
  }
}

/** The id of a draft in a query; null without one. */
export function draftId (query: unknown): string | null {
  const given = typeof query === 'object' && query !== null && DRAFT in query ? query[DRAFT] : undefined
  return typeof given === 'string' && given !== '' ? given : null
}

export function withDraft (url: string, id: string | null): string {
  return id === null ? url : `${url}${url.includes('?') ? '&' : '?'}${DRAFT}=${encodeURIComponent(id)}`
}

/** The text fields of a parsed form. A repeated field is left out, as for other readers of forms. */
export function textFields (body: unknown): Record<string, string> {
  const given = typeof body === 'object' && body !== null ? Object.entries(body) : []
  return Object.fromEntries(given.filter((field): field is [string, string] => typeof field[1] === 'string'))
}
