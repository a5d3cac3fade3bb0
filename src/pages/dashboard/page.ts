/**
 * A page of the dashboard: its declaration and its context. A page renders itself and handles the actions of its forms. When the
 * API refuses an action, the page is shown again with the submitted values and their errors.
 */
import type { OperationName, Reply } from '../../contract/operations.js'
import type { OperationInput } from '../../http/operate.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Fragment } from '../layout.js'
import type { Form, FormState } from './form.js'
import type { Found } from './objects.js'
import type { Subject } from './section.js'

/** A request for a page, with everything that the page may use. */
export interface PageContext {
  context: Context
  /** The path that all links of this sandbox begin with. `pageOf` (links.ts) adds it. */
  base: string
  /** The page's own URL, to which its forms are sent. */
  url: string
  /** A parameter of the page's path. */
  param (name: string): string
  search: URLSearchParams
  /** Calls an operation of the API or of /_emulator. Rejects with its ApiError. */
  operate <Name extends OperationName>(name: Name, input?: OperationInput<Name>): Promise<Reply<Name>>
  /** The state of one of the page's forms, for the parts in fields.ts. */
  formState (action: string): FormState
  /** The cards of all sections about a customer or a product, in the order of the navigation. */
  related (subject: Subject): Promise<Fragment>
  /** Finds objects of all sections by a text or an id. */
  find (text: string): Promise<Found[]>
  /** The URL of the page of an object of any section, by its id; null if its kind has no pages. */
  urlOf (id: string): string | null
  /** Called with the list of the page, if it has one. */
  onList? (read: ReadList): void
  /** A valid API key, for code to copy. */
  apiKey: string
}

/** Reads a page of a list, with the filters of its page. */
export type ReadList = (paging: { page_size: number, page_number: number }) => Promise<{ items: readonly unknown[] }>

export interface Shown {
  title: string
  content: Fragment
}

/** The result of an action: the page to redirect to, and the key of a message to show there. */
export interface Done {
  /** A path without the sandbox, from `pathOf`. Default: the same page. */
  to?: string
  /** A key of `notes`. */
  done?: string
  /** The base path of another sandbox, to redirect there. */
  base?: string
  /** Shows the page again with these values, for a form that is filled in step by step. */
  again?: Form
}

export interface DashboardPage {
  show (page: PageContext): Shown | Promise<Shown>
  /** By the `action` of their forms. */
  actions?: Readonly<Record<string, (page: PageContext, form: Form) => Done | Promise<Done>>>
  /** Messages after a redirect, by the key in `?done=`. Their texts never come from the URL. */
  notes?: Readonly<Record<string, string | Note>>
  /** The maximum size of forms with files (`withFiles` in fields.ts). */
  uploadMaxBytes?: number
}

/** A message with numbers, which follow its key in the URL: `moved:3:1`. */
export type Note = (...numbers: number[]) => string

/** A document from outside, such as an e-mail. A page shows it with `iframe` (parts.ts), which runs no scripts. */
export interface DashboardIframe {
  read (page: PageContext): Promise<{ html: string }>
}

/** A file to download. */
export interface DashboardFile {
  read (page: PageContext): Promise<{ name: string, mediaType: string, bytes: Uint8Array }>
}
