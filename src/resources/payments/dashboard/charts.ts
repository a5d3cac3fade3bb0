/**
 * Charts of the payments of the last 30 days, by the sandbox's clock: payments by status, volume by currency, and the success
 * rate. Stable ids for browser tests: payments-chart, volume-chart-{currency}, success-chart.
 */
import { html } from 'ghtml'
import { chartCard, type Point, type Series } from '../../../pages/dashboard/chart.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { sentence, statusWords } from '../../../pages/dashboard/parts.js'
import { money } from '../../../pages/fragments.js'
import type { Fragment } from '../../../pages/layout.js'
import { formatDay } from '../../../rules/calendar.js'
import { DAY_US, type DailyTotal } from '../daily.js'

const DAYS = 30
const CURRENCIES_SHOWN = 3

const STATUSES = [
  ['succeeded', 'good'], ['failed', 'bad'], ['cancelled', 'calm'], ['processing', 'wait'], ['requires_customer_action', 'wait'],
  ['requires_payment_method', 'accent']
] as const

/** The charts as cards; empty without payments in this time. */
export function paymentCharts (page: PageContext): Fragment {
  const today = Math.floor(page.context.now / DAY_US)
  const totals = page.context.sandbox.payments.dailyTotals(today - DAYS + 1).filter(({ day, count }) => day <= today && count > 0)
  if (totals.length === 0) return ''
  const days = Array.from({ length: DAYS }, (_, index) => today - DAYS + 1 + index)
  return html`!${byStatus(totals, days)}!${volume(totals, days, page)}!${successRate(totals, days)}`
}

const sum = (totals: readonly DailyTotal[], of: 'count' | 'amount') => totals.reduce((whole, total) => whole + total[of], 0)

function point (day: number, values: ReadonlyArray<number | null>, texts: ReadonlyArray<string | null>): Point {
  const label = formatDay(day * DAY_US)
  return { id: label, label, values, texts }
}

function byStatus (totals: readonly DailyTotal[], days: readonly number[]): Fragment {
  const used = STATUSES.filter(([status]) => totals.some(total => total.status === status))
  const series = used.map(([status, tone]): Series => ({ name: sentence(statusWords(status)), kind: 'bar', tone }))
  const points = days.map(day => {
    const counts = used.map(([status]) => sum(totals.filter(total => total.day === day && total.status === status), 'count'))
    return point(day, counts, counts.map(String))
  })
  const count = sum(totals, 'count').toLocaleString('en-US')
  return chartCard({ id: 'payments-chart', title: 'Payments by status', series, points, summary: `${count} payments` }, {
    figure: count, unit: `in ${DAYS} days`
  })
}

/** The succeeded payments by currency. Currencies have no common scale, so each is a chart of its own. */
function volume (totals: readonly DailyTotal[], days: readonly number[], { context: { sandbox } }: PageContext): Fragment {
  const succeeded = totals.filter(({ status }) => status === 'succeeded')
  const currencies = [...new Set(succeeded.map(({ currency }) => currency))]
    .map(currency => ({ currency, own: succeeded.filter(total => total.currency === currency) }))
    .sort((one, other) => sum(other.own, 'count') - sum(one.own, 'count')).slice(0, CURRENCIES_SHOWN)
  const charts = currencies.map(({ currency, own }) => {
    const points = days.map(day => {
      const amount = sum(own.filter(total => total.day === day), 'amount')
      return point(day, [amount], [money(amount, currency, sandbox)])
    })
    const whole = money(sum(own, 'amount'), currency, sandbox)
    return chartCard({
      id: `volume-chart-${currency}`,
      title: `Volume in ${currency}`,
      series: [{ name: 'Volume', kind: 'bar', tone: 'accent' }],
      points,
      format: value => money(Math.round(value), currency, sandbox),
      summary: `${whole} of succeeded payments`
    }, { figure: whole, unit: `in ${DAYS} days` })
  })
  return html`!${charts}`
}

/** The share of succeeded payments among those that have ended. */
function successRate (totals: readonly DailyTotal[], days: readonly number[]): Fragment {
  const ended = totals.filter(({ status }) => status === 'succeeded' || status === 'failed')
  const rate = (of: readonly DailyTotal[]) => {
    const all = sum(of, 'count')
    return all === 0 ? null : sum(of.filter(({ status }) => status === 'succeeded'), 'count') / all * 100
  }
  const text = (value: number | null) => value === null ? null : `${value.toFixed(1)}%`
  const points = days.map(day => {
    const value = rate(ended.filter(total => total.day === day))
    return point(day, [value], [text(value)])
  })
  const whole = text(rate(ended)) ?? '–'
  return chartCard({
    id: 'success-chart',
    title: 'Success rate',
    series: [{ name: 'Success rate', kind: 'line', tone: 'good' }],
    points,
    highest: 100,
    format: value => `${value}%`,
    summary: whole
  }, { figure: whole, unit: 'of succeeded and failed payments' })
}
