/**
 * Meters in the dashboard: the list, and the page of each with a chart of its usage. Stable ids for browser tests: list, facts,
 * usage, chart-table, raw.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import { pageOf, pathOf } from '../../../pages/dashboard/links.js'
import { filtersOf, listCard, listed, type Filter } from '../../../pages/dashboard/lists.js'
import { containing } from '../../../pages/dashboard/objects.js'
import type { DashboardPage, PageContext, Shown } from '../../../pages/dashboard/page.js'
import {
  card, cellLink, code, crumb, empty, facts, fullTime, heading, idTag, linkButton, rawJson, statusTag, table, text, timeTag,
  type Row
} from '../../../pages/dashboard/parts.js'
import { CHOICES, button } from '../../../pages/dashboard/fields.js'
import type { DashboardSection } from '../../../pages/dashboard/section.js'
import type { Fragment } from '../../../pages/layout.js'
import { formatTime, parseTime } from '../../../rules/calendar.js'
import { DAY_US } from '../../usage/days.js'
import { findMeter } from '../rules.js'
import { usageChart, type ChartDay } from './usage.js'

type Meter = Schemas['MeterResponse']
type Cycle = Schemas['UsageHistoryItem']

const FILTERS: readonly Filter[] = [
  { name: 'archived', label: 'Archived', type: 'choice', options: [['true', 'Yes'], ['false', 'No']] }
]

async function list (page: PageContext): Promise<Shown> {
  const filters = filtersOf(page, ['archived'])
  const found = await listed(page, paging => page.operate('GET /meters', { query: { ...filters, ...paging } }))
  const rows = found.items.map((meter): Row => ({
    id: meter.id,
    cells: [
      cellLink(pageOf(page, 'meters', meter.id), html`${meter.name}`, meter.id),
      code(meter.event_name),
      html`${aggregation(meter)}`,
      html`${meter.measurement_unit}`,
      timeTag(meter.created_at, page)
    ]
  }))
  const meters = table('Meters', [
    { title: 'Meter' }, { title: 'Event' }, { title: 'Aggregation' }, { title: 'Unit' }, { title: 'Created', kind: 'low' }
  ], rows)
  const nothing = filters.archived === 'true'
    ? empty('No archived meters', html`<p><a href="${pageOf(page, 'meters')}">Show the others</a>.</p>`)
    : empty('No meters yet', html`<p>Your program creates them with <code>POST /meters</code>, and prices them in a usage-based
product.</p>`)
  const events = linkButton(pageOf(page, 'events'), 'Usage events')
  return {
    title: 'Meters',
    content: html`!${heading('Meters', events)}!${listCard(page, FILTERS, rows.length > 0 ? meters : nothing, found, 'meters')}`
  }
}

/** `sum of tokens` */
function aggregation ({ aggregation: { type, key } }: Meter): string {
  return type === 'count' ? 'number of events' : `${type} of ${key ?? ''}`
}

const meterPage: DashboardPage = {
  async show (page) {
    const id = page.param('id')
    const meter = await page.operate('GET /meters/{id}', { path: { id } })
    const { archived } = findMeter(id, page.context)
    const state = archived ? statusTag('archived', 'calm') : ''
    const action = archived
      ? button(page.formState('unarchive'), 'Unarchive')
      : button(page.formState('archive'), 'Archive', 'danger')
    const events = linkButton(`${pageOf(page, 'events')}?meter_id=${encodeURIComponent(id)}`, 'Events')
    return {
      title: meter.name,
      content: html`!${heading({ html: html`${meter.name} !${state}` }, html`!${events}!${action}`,
        crumb(page, pathOf('meters'), 'Meters'))}
!${await usage(meter, page)}
!${card(facts([
  ['Id', idTag(meter.id)],
  ['Description', text(meter.description)],
  ['Event name', code(meter.event_name)],
  ['Aggregation', html`${aggregation(meter)}`],
  ['Unit', html`${meter.measurement_unit}`],
  ['Filter', meter.filter == null ? null : code(JSON.stringify(meter.filter))],
  ['Created', fullTime(meter.created_at, page)]
]), { id: 'facts', title: 'Meter' })}
!${card(rawJson(meter, page), { id: 'raw-card' })}`
    }
  },
  actions: {
    async archive (page) {
      await page.operate('DELETE /meters/{id}', { path: { id: page.param('id') } })
      return { done: 'archived' }
    },
    async unarchive (page) {
      await page.operate('POST /meters/{id}/unarchive', { path: { id: page.param('id') } })
      return { done: 'unarchived' }
    }
  },
  notes: { archived: 'The meter was archived. Live subscriptions still count with it.', unarchived: 'The meter was unarchived.' }
}

/** The usage of all customers in the last 30 days, or of one customer in the current cycle of a subscription. */
async function usage (meter: Meter, page: PageContext): Promise<Fragment> {
  const { customer_id: customerId } = filtersOf(page, ['customer_id'])
  const cycle = customerId === undefined ? null : await currentCycle(meter, customerId, page)
  const { context: { now } } = page
  const until = (end: string) => formatTime(Math.min((parseTime(end) ?? now) - 1, now)).slice(0, 10)
  const { from, to, is_complete: isComplete, items } = await page.operate('GET /_emulator/meters/{id}/days', {
    path: { id: meter.id },
    query: {
      ...(customerId === undefined ? {} : { customer_id: customerId }),
      ...(cycle === null ? {} : { from: cycle.start_date.slice(0, 10), to: until(cycle.end_date) })
    }
  })
  const threshold = cycle?.meters[0]?.free_threshold
  const title = cycle === null ? `Usage from ${from} to ${to}` : `Usage in the cycle since ${from}`
  const chart = usageChart(everyDay(from, to, items), {
    title,
    unit: meter.measurement_unit,
    isSum: meter.aggregation.type === 'count' || meter.aggregation.type === 'sum',
    ...(threshold === undefined ? {} : { threshold })
  })
  const note = isComplete ? html`` : html`<p class="hint">Events from before the meter was created are still being counted.</p>`
  return card(html`!${customerForm(customerId, page)}!${note}!${chart}`, { id: 'usage', title })
}

function customerForm (customerId = '', page: PageContext): Fragment {
  const [path = ''] = page.url.split('?', 1)
  return html`<form method="get" action="${path}" class="filters" id="filters" role="search">
<div class="field"><label for="filter-customer">Customer</label>
<input id="filter-customer" name="customer_id" value="${customerId}" placeholder="cus_…"></div>
<div class="row"><button class="button second">Show</button></div></form>`
}

/** The current cycle of the customer's newest live subscription with this meter; null without one. */
async function currentCycle (meter: Meter, customerId: string, page: PageContext): Promise<Cycle | null> {
  const { items } = await page.operate('GET /subscriptions', { query: { customer_id: customerId, page_size: 100 } })
  for (const { subscription_id: id, status } of items) {
    if (status !== 'active' && status !== 'on_hold' && status !== 'paused') continue
    const { items: [cycle] } = await page.operate('GET /subscriptions/{subscription_id}/usage-history', {
      path: { subscription_id: id }, query: { meter_id: meter.id, page_size: 1 }
    })
    if (cycle !== undefined) return cycle
  }
  return null
}

/** The days of a time with those that have no usage. */
function everyDay (from: string, to: string, items: readonly ChartDay[]): ChartDay[] {
  const known = new Map(items.map(day => [day.day, day]))
  const days: ChartDay[] = []
  const end = parseTime(`${to}T00:00:00Z`) ?? 0
  for (let us = parseTime(`${from}T00:00:00Z`) ?? end; us <= end; us += DAY_US) {
    const day = formatTime(us).slice(0, 10)
    days.push(known.get(day) ?? { day, units: '0', events: 0 })
  }
  return days
}

export const metersSection: DashboardSection = {
  name: 'meters',
  title: 'Meters',
  icon: 'M4 20V10M10 20V4M16 20v-7M21 20H3',
  position: 16,
  pages: {
    '/': { show: list },
    '/:id': meterPage
  },
  objects: [{
    kind: 'Meters',
    prefix: 'mtr',
    find: (id, { context }) => context.sandbox.meters.find(id)?.name ?? null,
    async search (text, limit, page) {
      const { items } = await page.operate('GET /meters', { query: { page_size: CHOICES } })
      return containing(text, limit, items.map(({ id, name }) => ({ id, text: name })))
    }
  }]
}
