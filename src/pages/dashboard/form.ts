/**
 * The forms of the dashboard: what is sent, the token that proves that a form is ours, and what becomes of a form that the API
 * refused. A page may have several forms; each is known by its action, and its fields by the paths that the API names them by.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { ApiError } from '../../errors.js'
import { sameAs } from '../../http/guard.js'
import type { Sandbox } from '../../sandbox/sandbox.js'

export interface Form {
  /** Which of the page's forms it is. */
  action: string
  /** A field's text, without spaces around it; empty where there is none. */
  text (name: string): string
  /** The same, undefined where it is empty: what the API is then not given. */
  given (name: string): string | undefined
  /** Every value of a name that several fields share. */
  all (name: string): string[]
  /** Whether a box is checked. */
  has (name: string): boolean
  /** A number as the API takes it; what is no number stays a text, for the API to refuse. Undefined where it is empty. */
  number (name: string): number | string | undefined
  /** All that was sent, for a form that is sent in several steps. */
  entries (): Array<[name: string, value: string]>
}

/** Throws INVALID_REQUEST_BODY for what the API would not read either. */
export function readForm (body: unknown): Form {
  const fields = body instanceof URLSearchParams ? body : new URLSearchParams()
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
    number (name) {
      const value = given(name)
      return value !== undefined && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value) ? Number(value) : value
    }
  }
}

export interface Tokens {
  of (sandbox: Sandbox): string
  isRight (given: string, sandbox: Sandbox): boolean
}

/** Tokens that are good as long as the process lives, and for one sandbox: no page of somebody else can make one up. */
export function createTokens (): Tokens {
  const secret = randomBytes(32)
  const of = ({ name }: Sandbox) => createHmac('sha256', secret).update(name).digest('hex')
  return { of, isRight: (given, sandbox) => sameAs(of(sandbox))(given) }
}

/** A form that the API refused, for the page to show it again with what was typed. */
export interface Refused {
  form: Form
  error: ApiError
}

/** One form as a page shows it: the parts in fields.ts are given it. */
export interface FormState {
  action: string
  /** Where it is sent: to its own page. */
  url: string
  token: string
  /** Null unless it was this one that was refused. */
  refused: Refused | null
  /** What was typed, where it is shown again: it may be refused, still being filled in, or not have come from our page. */
  typed: Form | null
  /** Whether its action was carried out, and this is the answer. */
  isDone: boolean
}

/** The element of the field that belongs to a path of the API: `refund-items-0-amount`. */
export function fieldId (action: string, path: string): string {
  return `${action}-${path.replace(/[^A-Za-z0-9_]+/g, '-').replace(/-$/, '')}`
}

/** What is wrong at a path, or below it: `price` is also told what is wrong with `price.currency`. Null as a rule. */
export function problemAt ({ refused }: FormState, path: string): string | null {
  const isHere = (place: string) => place === path || place.startsWith(`${path}.`) || place.startsWith(`${path}[`)
  return refused?.error.details?.find(({ path: place }) => isHere(place))?.message ?? null
}
