/**
 * A chart of usage by day: a bar for each day, and for a cycle the running total with the free units as a line. It is SVG without
 * scripts. Screen readers get a table of the same numbers.
 */
import { html } from 'ghtml'
import { table } from '../../../pages/dashboard/parts.js'
import type { Fragment } from '../../../pages/layout.js'

export interface ChartDay {
  day: string
  /** Decimals. */
  units: string
  events: number
}

export interface ChartOptions {
  title: string
  unit: string
  /** The free units of the cycle that the days belong to. */
  threshold?: number
  /** Whether the usage of a cycle is the sum of its days. Its running total is then drawn with the free units. */
  isSum: boolean
}

const WIDTH = 720
const HEIGHT = 220
const TOP = 16
const BOTTOM = 24
const LABELS = 64
const PLOT = HEIGHT - TOP - BOTTOM

/** The chart, with its table below it. `days` holds every day of the time shown. Positions may round; the table is exact. */
export function usageChart (days: readonly ChartDay[], { title, unit, threshold, isSum }: ChartOptions): Fragment {
  const values = days.map(({ units }) => Math.max(Number(units), 0))
  const totals = isSum && threshold !== undefined ? runningTotals(values) : []
  const most = Math.max(...values, ...(threshold === undefined ? [] : [threshold, totals.at(-1) ?? 0]), 1)
  const step = (WIDTH - LABELS) / Math.max(days.length, 1)
  const x = (index: number) => round(LABELS + index * step)
  const y = (value: number) => round(TOP + PLOT * (1 - value / most))
  const bars = values.map((value, index) => value === 0
    ? ''
    : html`<rect class="bar" x="${x(index + 0.15)}" y="${y(value)}" width="${round(step * 0.7)}"
height="${round(TOP + PLOT - y(value))}" />`)
  const points = totals.map((total, index) => `${x(index + 0.5)},${y(total)}`).join(' ')
  const lines = threshold === undefined
    ? ''
    : html`!${totals.length === 0 ? '' : html`<polyline class="total" points="${points}" />`}
<line class="threshold" x1="${LABELS}" x2="${WIDTH}" y1="${y(threshold)}" y2="${y(threshold)}" data-testid="threshold" />
<text class="threshold-label" x="${WIDTH}" y="${round(y(threshold) - 5)}" text-anchor="end">${threshold} free</text>`
  const legend = `Bars: each day.${isSum ? ' Line: total of the cycle.' : ''} Dashed: free units.`
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true" focusable="false">
<line class="axis" x1="${LABELS}" x2="${WIDTH}" y1="${y(0)}" y2="${y(0)}" />
<text x="${LABELS - 8}" y="${TOP + 4}" text-anchor="end">${short(most)}</text>
<text x="${LABELS - 8}" y="${y(0)}" text-anchor="end">0</text>
!${bars}!${lines}
<text x="${LABELS}" y="${HEIGHT - 6}">${days[0]?.day ?? ''}</text>
<text x="${WIDTH}" y="${HEIGHT - 6}" text-anchor="end">${days.at(-1)?.day ?? ''}</text>
</svg>
!${threshold === undefined ? '' : html`<p class="quiet legend">${legend}</p>`}
<details class="fold" id="chart-table"><summary>Usage by day as a table</summary>
!${table(title, [
  { title: 'Day' }, { title: `Usage in ${unit}`, kind: 'number' }, { title: 'Events', kind: 'number' }
], days.map(({ day, units, events }) => ({ id: `day-${day}`, cells: [html`${day}`, html`${units}`, html`${events}`] })))}
</details>`
}

function runningTotals (values: readonly number[]): number[] {
  let total = 0
  return values.map(value => (total += value))
}

function round (value: number): number {
  return Math.round(value * 10) / 10
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

function short (value: number): string {
  return compact.format(value)
}
