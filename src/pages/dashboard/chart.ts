/**
 * A line chart as inline SVG, drawn on the server. Screen readers get its title, and everybody can unfold its values as a table.
 */
import { html } from 'ghtml'
import type { Fragment } from '../layout.js'
import { table } from './parts.js'

export interface Point {
  label: string
  value: number
  /** The value as text: `$12.30`. */
  text: string
}

const WIDTH = 720
const HEIGHT = 200
const PADDING = 8
const LEFT = 96
const BOTTOM = 24

interface Chart {
  id: string
  title: string
  /** The heading of the values in the table. */
  column: string
  points: readonly Point[]
}

export function chart ({ id, title, column, points }: Chart): Fragment {
  const values = points.map(({ value }) => value)
  const low = Math.min(0, ...values)
  const high = Math.max(0, ...values)
  const range = high - low || 1
  const x = (index: number) => Math.round(LEFT + (WIDTH - LEFT - PADDING) * index / Math.max(points.length - 1, 1))
  const y = (value: number) => Math.round(PADDING + (HEIGHT - PADDING - BOTTOM) * (high - value) / range)
  const line = values.map((value, index) => `${x(index)},${y(value)}`).join(' ')
  const mark = (value: number) => points.find(point => point.value === value)?.text ?? '0'
  const [first, last] = [points[0], points.at(-1)]
  const rows = points.toReversed().map(({ label, text }) => ({ id: `${id}-${label}`, cells: [html`${label}`, html`${text}`] }))
  return html`<figure class="chart" id="${id}">
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title"><title id="${id}-title">${title}</title>
<line class="zero" x1="${LEFT}" x2="${WIDTH - PADDING}" y1="${y(0)}" y2="${y(0)}"/>
<polygon class="area" points="${x(0)},${y(0)} ${line} ${x(points.length - 1)},${y(0)}"/>
<polyline class="line" points="${line}"/>
<text x="${LEFT - 8}" y="${y(high) + 10}" text-anchor="end">${mark(high)}</text>
!${low < 0 ? html`<text x="${LEFT - 8}" y="${y(low)}" text-anchor="end">${mark(low)}</text>` : ''}
<text x="${LEFT}" y="${HEIGHT - 6}">${first?.label ?? ''}</text>
<text x="${WIDTH - PADDING}" y="${HEIGHT - 6}" text-anchor="end">${last?.label ?? ''}</text></svg>
<details class="fold"><summary>Show as a table</summary>
!${table(title, [{ title: 'Day' }, { title: column, kind: 'number' }], rows)}</details></figure>`
}
