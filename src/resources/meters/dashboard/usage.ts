/** Usage by day as a chart: a bar for each day, and for a cycle the running total with the free units as a line. */
import { chart } from '../../../pages/dashboard/chart.js'
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

/** `days` holds every day of the time shown. */
export function usageChart (days: readonly ChartDay[], { title, unit, threshold, isSum }: ChartOptions): Fragment {
  const values = days.map(({ units }) => Math.max(Number(units), 0))
  const totals = isSum && threshold !== undefined ? runningTotals(values) : null
  return chart({
    id: 'chart',
    title,
    series: [
      { name: `Usage in ${unit}`, kind: 'bar', tone: 'accent' },
      ...(totals === null ? [] : [{ name: 'Total of the cycle', kind: 'line', tone: 'calm' } as const])
    ],
    points: days.map(({ day, units, events }, index) => ({
      id: day,
      label: day,
      values: [values[index] ?? 0, ...(totals === null ? [] : [totals[index] ?? 0])],
      texts: [
        `${units} (${events === 1 ? '1 event' : `${events} events`})`,
        ...(totals === null ? [] : [String(totals[index] ?? 0)])
      ]
    })),
    threshold: threshold === undefined ? null : { name: 'Free units', value: String(threshold) }
  })
}

function runningTotals (values: readonly number[]): number[] {
  let total = 0
  return values.map(value => (total += value))
}
