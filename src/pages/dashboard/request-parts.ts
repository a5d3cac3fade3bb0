/** Parts of pages that show requests and responses. */
import { html } from 'ghtml'
import type { components } from '../../contract/control-types.gen.js'
import { withoutCardNumbers } from '../../rules/card-numbers.js'
import type { Fragment } from '../layout.js'
import type { PageContext } from './page.js'
import { jsonSnippet, statusTag, type Kind } from './parts.js'

export type LoggedRequest = components['schemas']['LoggedRequest']

export function httpTag (status: number): Fragment {
  return statusTag(String(status), kindOf(status))
}

function kindOf (status: number): Kind {
  if (status >= 400) return 'bad'
  return status < 300 ? 'good' : 'calm'
}

/** Marks a request that did not come from a program. */
export function sourceTag ({ source }: Pick<LoggedRequest, 'source'>): Fragment {
  return source === 'dashboard' ? ' <span class="tag calm">dashboard</span>' : ''
}

/** A duration, rounded for reading. */
export function milliseconds (ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`
  return `${ms >= 100 ? Math.round(ms) : Number(ms.toPrecision(2))} ms`
}

/** A body. JSON is shown as a tree, and copied unchanged. */
export function bodyText (text: string, page: PageContext, { id, label }: { id: string, label: string }): Fragment {
  return jsonSnippet(withoutCardNumbers(text), page, { id, label })
}

/** The names and values of headers. */
export function headerList (headers: Readonly<Record<string, string>>): Fragment {
  return html`<dl class="headers">!${Object.entries(headers).map(([name, value]) =>
    html`<div><dt><code>${name}</code></dt><dd><code>${value}</code></dd></div>`)}</dl>`
}
