/**
 * A page of the dashboard: how it is declared, and what it works with. A page shows itself and names the actions that its forms
 * ask for. When the API refuses an action, the page is shown again with what was typed and what is wrong with it.
 */
import type { OperationName, Reply } from '../../contract/operations.js'
import type { OperationInput } from '../../http/operate.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Fragment } from '../layout.js'
import type { Form, FormState } from './form.js'
import type { Subject } from './section.js'

/** One request for a page, and all that the page may do. */
export interface PageContext {
  context: Context
  /** The path that all links of this sandbox begin with. `pageOf` (links.ts) adds it. */
  base: string
  /** The page's own URL, which its forms are sent to. */
  url: string
  /** A parameter of the page's path. */
  param (name: string): string
  search: URLSearchParams
  /** Reads or changes something by an operation of the API or of /_emulator. Rejects with its ApiError. */
  operate <Name extends OperationName>(name: Name, input?: OperationInput<Name>): Promise<Reply<Name>>
  /** One of the page's forms, for the parts in fields.ts. */
  formState (action: string): FormState
  /** What all sections show of a customer, a product or another subject, in the order of the navigation. */
  related (subject: Subject): Promise<Fragment>
  /** A key that the API accepts, for code to copy. */
  apiKey: string
}

export interface Shown {
  title: string
  content: Fragment
}

/** What follows an action: a page of this sandbox or of another, and the word for what was done (see `notes`). */
export interface Done {
  /** A path without the sandbox, from `pathOf`. The same page unless given. */
  to?: string
  done?: string
  /** The path that the links of another sandbox begin with, to go on there. */
  base?: string
  /** Shows the page again with this in its form, which is still being filled in: nothing was done. */
  again?: Form
}

export interface DashboardPage {
  show (page: PageContext): Shown | Promise<Shown>
  /** By the `action` of the form that asks for it. */
  actions?: Readonly<Record<string, (page: PageContext, form: Form) => Done | Promise<Done>>>
  /** The message after a redirect, by the word in `?done=`. Texts come from here, never from the URL. */
  notes?: Readonly<Record<string, string | Note>>
  /** For forms with files (`withFiles` in fields.ts): how many bytes they may have. */
  uploadMaxBytes?: number
}

/** A note with figures, which stand behind its word: `moved:3:1`. */
export type Note = (...figures: number[]) => string

/** A file to download. */
export interface DashboardFile {
  read (page: PageContext): Promise<{ name: string, mediaType: string, bytes: Uint8Array }>
}
