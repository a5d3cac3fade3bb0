/**
 * Shared parts of hosted pages: money, labelled fields with their errors, forms with their token, lists of facts.
 */
import { html } from 'ghtml'
import { format } from '../rules/money.js'
import { missingScheme } from '../rules/return-url.js'
import { english, type Locale } from '../messages/locale.js'
import { methodName } from './checkout/method-names.js'
import type { Stored } from '../resources/stores.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { Fragment } from './layout.js'
import type { Shown } from './page-context.js'

export { moneyText } from '../messages/texts.js'

/** A mistake that the visitor can correct. `field` is the id of an element, or null for the page as a whole. */
export interface Problem {
  field: string | null
  message: string
}

/** The warning below a link without a scheme, for the merchant's developer; empty if the link is complete. */
export function urlProblem (url: string | null, locale: Locale): Fragment {
  if (url === null || missingScheme(url) === null) return ''
  const scheme = new URL(url).protocol
  return html`<p class="hint" data-testid="url-problem">${locale.text('notice.schemeMissing', { scheme })}</p>`
}

/** An amount in the dashboard, in English. */
export function money (amount: number, currency: string, { reference }: Sandbox): string {
  return amount < 0 ? `−${format(-amount, currency, reference.currencies)}` : format(amount, currency, reference.currencies)
}

/**
 * The message of a rule or of the API for a customer. Rules write in English. Sentences that the pages know are translated. Other
 * messages are for developers, so other languages have a general one.
 */
export function refusalText (message: string, { language, translation, text }: Locale): string {
  return translation(message) ?? (language === 'en' ? message : text('problem.refused'))
}

export interface Field {
  id: string
  name: string
  label: string
  type: 'text' | 'tel' | 'email' | 'url' | 'date'
  value: string
  autocomplete: string
  inputmode?: 'numeric' | 'decimal' | 'tel' | 'email'
  hint?: string
  placeholder?: string
  isRequired: boolean
  /** Whether the field is read-only. */
  isLocked?: boolean
  /** A check by script when the customer leaves the field. */
  check?: Check
  /** A decoration at the end of the field. */
  end?: Fragment
}

/** A check of a field, and the message if it fails. script.ts performs it; the server checks again. */
export interface Check {
  kind: 'card' | 'expiry' | 'cvc' | 'email' | 'present'
  problem: string
  /** The message for a card that has expired at `nowMs`. */
  expired?: { problem: string, nowMs: number }
}

function checks ({ kind, problem, expired }: Check): Fragment {
  return html` data-check="${kind}" data-problem="${problem}"!${expired === undefined
    ? ''
    : html` data-expired="${expired.problem}" data-now="${expired.nowMs}"`}`
}

export function field (shown: Field, problems: readonly Problem[]): Fragment {
  const { id, name, label, type, value, autocomplete, inputmode, placeholder, isLocked, check, end } = shown
  const input = html`<input type="${type}" id="${id}" name="${name}" value="${value}" autocomplete="${autocomplete}"
spellcheck="false"!${inputmode === undefined ? '' : html` inputmode="${inputmode}"`}!${isLocked === true ? ' readonly' : ''}
!${placeholder === undefined ? '' : html` placeholder="${placeholder}"`}!${isLatin(shown) ? ' dir="ltr"' : ''}
!${check === undefined || isLocked ? '' : checks(check)}
!${states(shown, problems)}>`
  return html`<div class="field">
<label for="${id}">${label}</label>
!${end === undefined ? input : html`<div class="adorned">!${input}!${end}</div>`}
!${notes(shown, problems)}
</div>`
}

/** Whether a field has a value that is written from left to right in every language: a number, an address of the internet. */
function isLatin ({ type, inputmode }: Field): boolean {
  return type === 'email' || type === 'url' || type === 'tel' || inputmode !== undefined
}

type Control = Pick<Field, 'id' | 'hint' | 'isRequired'>

/** The texts beside a control: its hint and its error. */
export function notes ({ id, hint }: Control, problems: readonly Problem[]): Fragment {
  const problem = problems.find(({ field }) => field === id)
  return html`!${hint === undefined ? '' : html`<p class="hint" id="${id}-hint">${hint}</p>`}
!${problem === undefined ? '' : html`<p class="problem" id="${id}-problem">${problem.message}</p>`}`
}

/** The attributes that connect a control with its notes. */
export function states ({ id, hint, isRequired }: Control, problems: readonly Problem[]): Fragment {
  const hasProblem = problems.some(({ field }) => field === id)
  const described = [...(hint === undefined ? [] : [`${id}-hint`]), ...(hasProblem ? [`${id}-problem`] : [])]
  return html`!${isRequired ? ' aria-required="true"' : ''}!${hasProblem ? ' aria-invalid="true"' : ''}
!${described.length === 0 ? '' : html` aria-describedby="${described.join(' ')}"`}`
}

export interface Choice extends Control {
  name: string
  label: string
  value: string
  options: ReadonlyArray<readonly [value: string, label: string]>
  autocomplete?: string
  /** The id of the form, if the control is outside of it. */
  form?: string
}

export function choice (shown: Choice, problems: readonly Problem[]): Fragment {
  const { id, name, label, value, options, autocomplete, form: owner } = shown
  return html`<div class="field">
<label for="${id}">${label}</label>
<select id="${id}" name="${name}"!${owner === undefined ? '' : html` form="${owner}"`}
!${autocomplete === undefined ? '' : html` autocomplete="${autocomplete}"`}!${states(shown, problems)}>
!${options.map(([option, text]) => html`<option value="${option}"!${option === value ? ' selected' : ''}>${text}</option>`)}
</select>
!${notes(shown, problems)}
</div>`
}

/** The list of problems at the top of the page, with the focus. Each links to its field. */
export function alert (locale: Locale, problems: readonly Problem[]): Fragment {
  return html`<div class="alert" id="error-summary" role="alert" tabindex="-1" autofocus>
<h2>${locale.text('common.problem')}</h2>
<ul>!${problems.map(({ field, message }) => field === null
    ? html`<li>${message}</li>`
    : html`<li><a href="#${field}">${message}</a></li>`)}</ul>
</div>`
}

export interface Shortened {
  /** The number of items that are always shown. */
  shown: number
  /** The text that unfolds the others. */
  more: (count: number) => string
  /** Makes a list of items. */
  list: (items: readonly Fragment[]) => Fragment
  /** Whether the others are unfolded at first. */
  isOpen?: boolean
}

/** A list whose first items are shown, and the others on demand. A single item is never hidden. */
export function shortened (items: readonly Fragment[], { shown, more, list, isOpen = false }: Shortened): Fragment {
  if (items.length <= shown + 1) return list(items)
  const rest = items.slice(shown)
  return html`!${list(items.slice(0, shown))}
<details class="more"!${isOpen ? ' open' : ''}><summary>${more(rest.length)}</summary>!${list(rest)}</details>`
}

export interface FormTarget {
  /** The URL that the form is sent to. */
  url: string
  token: string
}

export function form ({ url, token }: FormTarget, content: Fragment, id?: string): Fragment {
  return html`<form method="post" action="${url}" novalidate!${id === undefined ? '' : html` id="${id}" class="form"`}>
<input type="hidden" name="token" value="${token}">
!${content}
</form>`
}

export function facts (rows: ReadonlyArray<readonly [name: string, value: string, testId: string]>): Fragment {
  return html`<dl class="facts">!${rows.map(([name, value, testId]) =>
    html`<div><dt>${name}</dt><dd data-testid="${testId}">${value}</dd></div>`)}</dl>`
}

const NETWORKS: Record<string, string> = { visa: 'Visa', mastercard: 'Mastercard', rupay: 'RuPay' }

export function networkName (network: string): string {
  return NETWORKS[network] ?? network
}

export function cardName (
  network: string | null | undefined, lastFour: string | null | undefined, locale = english()
): string {
  return `${NETWORKS[network ?? ''] ?? locale.text('method.card')} •••• ${lastFour ?? '????'}`
}

/** `Visa •••• 4242`, `Klarna`; null for a payment without an attempt. */
export function paidWith (payment: Stored<'payments'>, { sandbox: { reference }, locale }: Shown): string | null {
  if (payment.card !== null) return cardName(payment.card.network, payment.card.last_four, locale)
  const type = payment.payment_method_type
  if (type === null) return null
  const facts = reference.paymentMethods[type]
  return facts === undefined ? type : methodName({ ...facts, type }, locale)
}
