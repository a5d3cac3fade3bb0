/** Parts of pages that show requests and responses. */
import { html } from 'ghtml'
import type { components } from '../../contract/control-types.gen.js'
import { withoutCardNumbers } from '../../rules/card-numbers.js'
import type { Fragment } from '../layout.js'
import { snippet, statusTag, type Kind } from './parts.js'

export type LoggedRequest = components['schemas']['LoggedRequest']

export function httpTag (status: number): Fragment {
  return statusTag(String(status), kindOf(status))
}

function kindOf (status: number): Kind {
  if (status >= 400) return 'bad'
  return status < 300 ? 'good' : 'calm'
}

/** A duration, rounded for reading. */
export function milliseconds (ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`
  return `${ms >= 100 ? Math.round(ms) : Number(ms.toPrecision(2))} ms`
}

/** A body. JSON is shown indented, and copied unchanged. */
export function bodyText (text: string, { id, label }: { id: string, label: string }): Fragment {
  const shown = withoutCardNumbers(text)
  return snippet(indented(shown), { id, label, copied: shown })
}

function indented (text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** The names and values of headers. */
export function headerList (headers: Readonly<Record<string, string>>): Fragment {
  return html`<dl class="headers">!${Object.entries(headers).map(([name, value]) =>
    html`<div><dt><code>${name}</code></dt><dd><code>${value}</code></dd></div>`)}</dl>`
}
