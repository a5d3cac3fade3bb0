/**
 * JSON with colours, as a tree of <details> that fold without scripts. Ids of objects with a page are links. The text around the
 * values is that of JSON, so that a selection can be copied.
 */
import { html } from 'ghtml'
import type { Fragment } from '../layout.js'
import type { PageContext } from './page.js'

type Linker = Pick<PageContext, 'urlOf'>

/** Deeper levels are closed at first. */
const OPEN_DEPTH = 2
/** Lists and objects with more entries are closed at first, except the outermost. */
const OPEN_ENTRIES = 30

export function jsonTree (value: unknown, linker: Linker): Fragment {
  return html`<div class="json">!${node(value, linker, { key: null, depth: 0, isLast: true })}</div>`
}

interface Place {
  /** Null in a list, and for the outermost value. */
  key: string | null
  depth: number
  isLast: boolean
}

function node (value: unknown, linker: Linker, { key, depth, isLast }: Place): Fragment {
  const name = key === null ? '' : html`<span class="key">${JSON.stringify(key)}</span>: `
  const comma = isLast ? '' : ','
  if (typeof value !== 'object' || value === null) return html`<div>!${name}!${leaf(value, linker)}${comma}</div>`
  const isList = Array.isArray(value)
  const entries: Array<[string | null, unknown]> = isList ? value.map(item => [null, item]) : Object.entries(value)
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  if (entries.length === 0) return html`<div>!${name}${open}${close}${comma}</div>`
  const isOpen = depth === 0 || (depth < OPEN_DEPTH && entries.length <= OPEN_ENTRIES)
  const inner = entries.map(([name, item], index) =>
    node(item, linker, { key: name, depth: depth + 1, isLast: index === entries.length - 1 }))
  return html`<details!${isOpen ? ' open' : ''}><summary>!${name}${open}<span class="folded">…${close}${comma}</span></summary>
<div class="inner">!${inner}</div><div>${close}${comma}</div></details>`
}

function leaf (value: unknown, { urlOf }: Linker): Fragment {
  const text = JSON.stringify(value) ?? 'null'
  if (typeof value !== 'string') return html`<span class="${value === null ? 'null' : typeof value}">${text}</span>`
  const url = urlOf(value)
  return url === null ? html`<span class="string">${text}</span>` : html`<a class="string" href="${url}">${text}</a>`
}
