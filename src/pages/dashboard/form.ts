/**
 * The forms of the dashboard: their values, the token that prevents cross-site requests, and their state after a refusal by the
 * API. A page may have several forms. Each is identified by its action, and each field by its path in the API.
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { UploadedFile } from '../../contract/operations.js'
import { ApiError } from '../../errors.js'
import { sameAs } from '../../http/guard.js'
import type { Sandbox } from '../../sandbox/sandbox.js'

export interface Form {
  /** Which of the page's forms it is. */
  action: string
  /** A field's text, without spaces around it; empty if the field is missing. */
  text (name: string): string
  /** A field's text; undefined if it is empty, so that it is omitted from the body. */
  given (name: string): string | undefined
  /** All values of fields that share a name. */
  all (name: string): string[]
  /** Whether a box is checked. */
  has (name: string): boolean
  /** A number; another text is passed on for the API to refuse. Undefined if it is empty. */
  number (name: string): number | string | undefined
  /** A chosen file; undefined without one. */
  file (name: string): UploadedFile | undefined
  /** All fields, for a form that is sent in several steps. */
  entries (): Array<[name: string, value: string]>
}

/** The body of a POST to a page. */
export interface SentForm {
  fields: URLSearchParams
  files: ReadonlyMap<string, UploadedFile>
  /** The length of the body. */
  bytes: number
}

/** The largest form without files. */
export const FORM_MAX_BYTES = 256 * 1024

/**
 * The form in the body of a request; empty if there is no body. Throws like `formWith`, and REQUEST_BODY_TOO_LARGE for a form of
 * more than `maxBytes`.
 */
export function readForm (body: unknown, maxBytes = FORM_MAX_BYTES): Form {
  if (!isSentForm(body)) return formWith(new URLSearchParams())
  if (body.bytes > maxBytes) {
    throw new ApiError('REQUEST_BODY_TOO_LARGE', { because: `this form can have up to ${Math.floor(maxBytes / 1024)} KiB` })
  }
  return formWith(body.fields, body.files)
}

/** Throws INVALID_REQUEST_BODY for fields with a NUL character, which the API refuses too. */
export function formWith (fields: URLSearchParams, files: SentForm['files'] = new Map()): Form {
  if ([...fields.values()].some(value => value.includes('\0'))) {
    throw new ApiError('INVALID_REQUEST_BODY', { because: 'a field must not contain the NUL character' })
  }
  const text = (name: string) => (fields.get(name) ?? '').replace(/\r\n?/g, '\n').trim()
  const given = (name: string) => text(name) || undefined
  return {
    action: text('action'),
    text,
    given,
    all: name => fields.getAll(name),
    has: name => fields.has(name),
    entries: () => [...fields],
    file (name) {
      const file = files.get(name)
      return file === undefined || (file.fileName === '' && file.bytes.length === 0) ? undefined : file
    },
    number (name) {
      const value = given(name)
      return value !== undefined && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value) ? Number(value) : value
    }
  }
}

function isSentForm (body: unknown): body is SentForm {
  return typeof body === 'object' && body !== null && 'fields' in body && body.fields instanceof URLSearchParams
}

export interface Tokens {
  of (sandbox: Sandbox): string
  isRight (given: string, sandbox: Sandbox): boolean
}

/** Tokens against cross-site requests. A token is valid for one sandbox until the process ends. */
export function createTokens (): Tokens {
  const secret = randomBytes(32)
  const of = ({ name }: Sandbox) => createHmac('sha256', secret).update(name).digest('hex')
  return { of, isRight: (given, sandbox) => sameAs(of(sandbox))(given) }
}

/** A form that its page shows again, because it was refused, sent without a valid token, or is filled in step by step. */
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

export function withoutFiles (form: Form): Form {
  return formWith(new URLSearchParams(form.entries()))
}

/** A form that the API refused. The page shows it again with the submitted values. */
export interface Refused {
  form: Form
  error: ApiError
}

/** The state of a form while its page is rendered, for the parts in fields.ts. */
export interface FormState {
  action: string
  /** The URL of its page, to which it is sent. */
  url: string
  token: string
  /** Null unless this form was refused. */
  refused: Refused | null
  /** The submitted values, if the form is shown again: after a refusal, between two steps, or without a valid token. */
  typed: Form | null
  /** Whether this page is the response to its successful action. */
  isDone: boolean
}

/** The element id of the field for a path of the API: `refund-items-0-amount`. */
export function fieldId (action: string, path: string): string {
  return `${action}-${path.replace(/[^A-Za-z0-9_]+/g, '-').replace(/-$/, '')}`
}

/** The error at a path or below it: the field of `price` also shows an error of `price.currency`. Null if there is none. */
export function problemAt ({ refused }: FormState, path: string): string | null {
  const isHere = (place: string) => place === path || place.startsWith(`${path}.`) || place.startsWith(`${path}[`)
  return refused?.error.details?.find(({ path: place }) => isHere(place))?.message ?? null
}
