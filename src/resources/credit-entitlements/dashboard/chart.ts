/**
 * A chart of a balance over time, as inline SVG without scripts. A table below it has the same values, for screen readers and for
 * exact reading. Values are rounded for the drawing only.
 */
import { html } from 'ghtml'
import { table } from '../../../pages/dashboard/parts.js'
import type { Fragment } from '../../../pages/layout.js'
import { formatDay } from '../../../rules/calendar.js'

/** A value from a time on. */
export interface ChartPoint {
  id: string
  /** Microseconds since 1970. */
  at: number
  /** Shown in the table. */
  time: Fragment
  values: readonly ChartValue[]
}

/** An exact value as text. */
export type ChartValue = string

export interface StepChart {
  /** The prefix of ids, unique on the page. */
  id: string
  title: string
  /** The names of the lines, in the order of `values`. */
  lines: readonly string[]
  /** Oldest first. */
  points: readonly ChartPoint[]
  /** The end of the chart in microseconds. */
  until: number
  /** A horizontal line, with its name. */
  threshold?: { name: string, value: ChartValue } | null
}

const WIDTH = 640
const HEIGHT = 180
const TOP = 12
const STYLES = ['first', 'second', 'third']

/** A chart of values that stay the same between two points, such as balances. */
export function stepChart ({ id, title, lines, points, until, threshold = null }: StepChart): Fragment {
  const start = points[0]?.at ?? until
  const values = points.flatMap(point => point.values.map(Number))
  const highest = Math.max(...values, threshold === null ? 0 : Number(threshold.value), 1)
  const x = (at: number) => round((at - start) / Math.max(until - start, 1) * WIDTH)
  const y = (value: number) => round(HEIGHT - value / highest * (HEIGHT - TOP))
  const path = (line: number) => points.map((point, index) => {
    const height = y(Number(point.values[line] ?? 0))
    return index === 0 ? `M${x(point.at)} ${height}` : `H${x(point.at)}V${height}`
  }).join('') + `H${WIDTH}`
  const last = points.at(-1)
  const summary = lines.map((name, line) => `${name} ${last?.values[line] ?? '0'}`).join(', ')
  return html`<figure class="step-chart" id="${id}">
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title" preserveAspectRatio="none">
<title id="${id}-title">${title}: now ${summary}; the highest value is ${String(highest)}.</title>
<path class="base" d="M0 ${HEIGHT}H${WIDTH}"/>
!${threshold === null ? '' : html`<path class="threshold" d="M0 ${y(Number(threshold.value))}H${WIDTH}"/>`}
!${lines.map((_, line) => html`<path class="line ${STYLES[line] ?? ''}" d="${path(line)}"/>`)}
</svg>
<p class="step-axis" aria-hidden="true"><span>${formatDay(start)}</span><span>highest: ${String(highest)}</span>
<span>now</span></p>
<figcaption><ul class="step-legend">!${lines.map((name, line) => html`<li class="${STYLES[line] ?? ''}">${name}</li>`)}
!${threshold === null ? '' : html`<li class="threshold">${threshold.name}: ${threshold.value}</li>`}</ul></figcaption>
<details class="fold" id="${id}-values"><summary>Values as a table</summary>
!${table(`${title}: values`, [{ title: 'From' }, ...lines.map(name => ({ title: name, kind: 'number' as const }))],
    points.map(point => ({ id: `${id}-${point.id}`, cells: [point.time, ...point.values.map(value => html`${value}`)] })))}
</details>
</figure>`
}

function round (value: number): number {
  return Math.round(value * 10) / 10
}
