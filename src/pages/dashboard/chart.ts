/**
 * The charts of the dashboard: bars, lines and steps over time, as inline SVG drawn on the server. Screen readers get a title
 * with the summary, and everybody can unfold the exact values as a table. Positions may round; the values in the table never do.
 */
import { html } from 'ghtml'
import { formatTime } from '../../rules/calendar.js'
import type { Fragment } from '../layout.js'
import { card, sentence, table } from './parts.js'

export interface Series {
  name: string
  /** `bar`: stacked with the other bars. `line`: straight between points. `step`: constant until the next point. */
  kind: 'bar' | 'line' | 'step'
  tone?: 'accent' | 'good' | 'bad' | 'wait' | 'calm'
}

export interface Point {
  id: string
  /** On the axis, and in the table unless there is a `time`. */
  label: string
  /** In the table. */
  time?: Fragment
  /** The position in time, in microseconds. Without, points have equal distances. */
  at?: number
  /** The values of the series as exact texts, in their order; null without a value. */
  texts: ReadonlyArray<string | null>
  /** The heights of the values. Default: the texts as numbers. */
  values?: ReadonlyArray<number | null>
}

export interface Chart {
  /** Unique on the page. The table is `{id}-values`. */
  id: string
  title: string
  series: readonly Series[]
  /** Oldest first. */
  points: readonly Point[]
  /** The heading of the first column of the table. */
  column?: string
  /** The end of the axis in microseconds, if points have positions in time. */
  until?: number
  /** The highest value of the axis, such as 100 for percentages. Default: the highest value. */
  highest?: number
  /** The label of a value on the axis. */
  format? (value: number): string
  /** A horizontal line. */
  threshold?: { name: string, value: string } | null
  /** A sentence with the most important values. */
  summary?: string
}

const WIDTH = 720
const HEIGHT = 180
const TOP = 6

export function chart (given: Chart): Fragment {
  const { id, title, series, points, threshold = null, format = short, summary = '' } = given
  const scale = scaleOf(given)
  const shapes = series.map((one, index) => shapeOf(one, index, given, scale))
  const isEmpty = threshold === null && points.every(point => series.every((_one, index) => (valueOf(point, index) ?? 0) === 0))
  const line = threshold === null ? null : scale.y(Number(threshold.value))
  const rows = points.toReversed().map(point => ({
    id: `${id}-${point.id}`, cells: [point.time ?? html`${point.label}`, ...point.texts.map(text => html`${text ?? '–'}`)]
  }))
  const columns = [{ title: given.column ?? 'Day' }, ...series.map(({ name }) => ({ title: name, kind: 'number' as const }))]
  const end = given.until === undefined ? points.at(-1)?.label ?? '' : 'now'
  return html`<figure class="chart" id="${id}"><div class="plot">
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-labelledby="${id}-title">
<title id="${id}-title">${title}${summary === '' ? '' : `: ${summary}`}</title>
<path class="base" d="M0 ${scale.y(0)}H${WIDTH}"/>!${shapes}
!${line === null ? '' : html`<path class="threshold" data-testid="threshold" d="M0 ${line}H${WIDTH}"/>`}</svg>
!${isEmpty ? '<span class="no-data">No data</span>' : html`<span class="high" aria-hidden="true">${format(scale.high)}</span>`}
!${scale.low < 0 ? html`<span class="lowest" aria-hidden="true">${format(scale.low)}</span>` : ''}</div>
<p class="axis" aria-hidden="true"><span>${points[0]?.label ?? ''}</span><span>${end}</span></p>
!${series.length < 2 && threshold === null
? ''
: html`<figcaption><ul class="legend">!${series.map((one, index) =>
  html`<li class="${toneOf(one, index)}">${sentence(one.name)}</li>`)}
!${threshold === null ? '' : html`<li class="threshold">${threshold.name}: ${threshold.value}</li>`}</ul></figcaption>`}
<details class="fold" id="${id}-values"><summary>Show as a table</summary>!${table(`${title}: values`, columns, rows)}</details>
</figure>`
}

/** A chart in a card that updates itself, below its most important value. */
export function chartCard (shown: Chart, { figure, unit }: { figure: string, unit: string }): Fragment {
  return card(html`<p class="chart-figure"><strong>${figure}</strong><span class="quiet">${unit}</span></p>!${chart(shown)}`, {
    id: `${shown.id}-card`, title: shown.title, live: true
  })
}

interface Scale {
  low: number
  high: number
  x (index: number): number
  y (value: number): number
}

function scaleOf ({ points, series, until, threshold, highest }: Chart): Scale {
  const bars = series.flatMap(({ kind }, index) => kind === 'bar' ? [index] : [])
  const tops = points.flatMap(point => [
    ...series.flatMap(({ kind }, index) => kind === 'bar' ? [] : [valueOf(point, index) ?? 0]),
    bars.reduce((sum, index) => sum + (valueOf(point, index) ?? 0), 0)
  ])
  const high = highest ?? (Math.max(0, ...tops, threshold == null ? 0 : Number(threshold.value)) || 1)
  const low = Math.min(0, ...tops)
  const start = points[0]?.at ?? 0
  const count = Math.max(points.length - (bars.length > 0 ? 0 : 1), 1)
  return {
    low,
    high,
    x: index => {
      const at = points[index]?.at
      return at === undefined || until === undefined
        ? round(index / count * WIDTH)
        : round((at - start) / Math.max(until - start, 1) * WIDTH)
    },
    y: value => round(TOP + (HEIGHT - TOP) * (high - value) / (high - low))
  }
}

function shapeOf (one: Series, index: number, { points, series, until }: Chart, { x, y }: Scale): Fragment {
  const tone = toneOf(one, index)
  if (one.kind === 'bar') {
    const below = series.flatMap(({ kind }, other) => kind === 'bar' && other < index ? [other] : [])
    const width = WIDTH / Math.max(points.length, 1)
    const bars = points.flatMap((point, place) => {
      const value = valueOf(point, index) ?? 0
      if (value === 0) return []
      const base = below.reduce((sum, other) => sum + (valueOf(point, other) ?? 0), 0)
      const left = round(x(place) + width * 0.12)
      return [`M${left} ${y(base)}V${y(base + value)}h${round(width * 0.76)}V${y(base)}z`]
    })
    return bars.length === 0 ? '' : html`<path class="bar ${tone}" d="${bars.join('')}"/>`
  }
  const known = points.flatMap((point, place) => {
    const value = valueOf(point, index)
    return value === null ? [] : [{ x: x(place), y: y(value) }]
  })
  const [first, ...others] = known
  if (first === undefined) return ''
  const isStep = one.kind === 'step'
  const path = others.map(point => isStep ? `H${point.x}V${point.y}` : `L${point.x} ${point.y}`).join('')
  const end = isStep && until !== undefined ? `H${WIDTH}` : ''
  const right = end === '' ? others.at(-1)?.x ?? first.x : WIDTH
  const line = `M${first.x} ${first.y}${path}${end}`
  const area = index === 0 ? html`<path class="area ${tone}" d="${line}V${y(0)}H${first.x}z"/>` : ''
  const dot = right === first.x ? html`<path class="line dot ${tone}" d="M${first.x} ${first.y}h0.1"/>` : ''
  return html`!${area}<path class="line ${tone}" d="${line}"/>!${dot}`
}

function valueOf ({ values, texts }: Point, index: number): number | null {
  if (values !== undefined) return values[index] ?? null
  const text = texts[index] ?? null
  return text === null ? null : Number(text)
}

const TONES = ['accent', 'bad', 'good', 'wait', 'calm'] as const

function toneOf ({ tone }: Series, index: number): string {
  return tone ?? TONES[index % TONES.length] ?? 'accent'
}

function round (value: number): number {
  return Math.round(value * 10) / 10
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

function short (value: number): string {
  return compact.format(value)
}

export interface Bucket<Item> {
  id: string
  /** The time of its first item. */
  label: string
  items: Item[]
}

const BUCKETS = 40

/** Divides the time from the first to the last of some items evenly. Empty parts stay, so that the axis shows time. */
export function bucketsOf<Item> (items: readonly Item[], timeOf: (item: Item) => number): Array<Bucket<Item>> {
  if (items.length === 0) return []
  const times = items.map(timeOf)
  const first = Math.min(...times)
  const length = Math.max((Math.max(...times) - first) / BUCKETS, 1)
  const count = Math.min(BUCKETS, items.length)
  const buckets = Array.from({ length: count }, (_, index): Bucket<Item> => {
    const at = first + index * length * BUCKETS / count
    return { id: String(index), label: formatTime(Math.round(at)).slice(0, 19).replace('T', ' '), items: [] }
  })
  for (const [index, item] of items.entries()) {
    const place = Math.floor(((times[index] ?? first) - first) / (length * BUCKETS / count))
    buckets[Math.min(place, count - 1)]?.items.push(item)
  }
  return buckets
}
