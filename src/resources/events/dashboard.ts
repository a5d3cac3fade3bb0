/**
 * Usage events in the dashboard: the list with its filters, and the page of each. Stable ids for browser tests: list, facts, raw.
 */
import { html } from 'ghtml'
import { pageOf, pathOf } from '../../pages/dashboard/links.js'
import { createdOn, filtersOf, listCard, listed, type Filter } from '../../pages/dashboard/lists.js'
import type { DashboardPage, PageContext, Shown } from '../../pages/dashboard/page.js'
import {
  card, cellLink, code, crumb, empty, facts, fullTime, heading, idTag, metadata, rawJson, table, timeTag, type Column, type Row
} from '../../pages/dashboard/parts.js'
import type { DashboardSection } from '../../pages/dashboard/section.js'

const FILTERS: readonly Filter[] = [
  { name: 'customer_id', label: 'Customer', type: 'text', placeholder: 'cus_…' },
  { name: 'event_name', label: 'Event name', type: 'text', placeholder: 'api.call' },
  { name: 'from', label: 'From', type: 'date' },
  { name: 'until', label: 'Until', type: 'date' },
  { name: 'meter_id', label: 'Meter', type: 'text', placeholder: 'mtr_…', isRare: true }
]

const COLUMNS: readonly Column[] = [
  { title: 'Event' }, { title: 'Name' }, { title: 'Customer' }, { title: 'Metadata', kind: 'low' }, { title: 'Time' }
]

async function list (page: PageContext): Promise<Shown> {
  const { from, until, ...given } = filtersOf(page, ['customer_id', 'event_name', 'meter_id', 'from', 'until'])
  const { created_at_gte: start, created_at_lte: end } = createdOn({ from, until })
  const query = { ...given, ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) }
  const found = await listed(page, paging => page.operate('GET /events', { query: { ...query, ...paging } }))
  const rows = found.items.map((event): Row => ({
    id: event.event_id,
    cells: [
      cellLink(pageOf(page, 'events', event.event_id), code(event.event_id)),
      code(event.event_name),
      cellLink(pageOf(page, 'customers', event.customer_id), code(event.customer_id)),
      metadata(event.metadata),
      timeTag(event.timestamp, page)
    ]
  }))
  const nothing = Object.keys(query).length > 0
    ? empty('No matching events', html`<p>Change the filter, or <a href="${pageOf(page, 'events')}">show all</a>.</p>`)
    : empty('No usage events yet', html`<p>Your program sends them with <code>POST /events/ingest</code>. To create usage for a
test, call <code>POST /_emulator/usage</code>.</p>`)
  const shown = rows.length > 0 ? table('Usage events', COLUMNS, rows) : nothing
  return {
    title: 'Usage events',
    content: html`!${heading('Usage events')}!${listCard(page, FILTERS, shown, found, 'usage events')}`
  }
}

const eventPage: DashboardPage = {
  async show (page) {
    const event = await page.operate('GET /events/{event_id}', { path: { event_id: page.param('id') } })
    return {
      title: event.event_id,
      content: html`!${heading(event.event_id, '', crumb(page, pathOf('events'), 'Usage events'))}
!${card(facts([
  ['Id', idTag(event.event_id)],
  ['Name', code(event.event_name)],
  ['Customer', cellLink(pageOf(page, 'customers', event.customer_id), code(event.customer_id))],
  ['Time', fullTime(event.timestamp, page)],
  ['Metadata', metadata(event.metadata)]
]), { id: 'facts', title: 'Usage event' })}
!${card(rawJson(event, page), { id: 'raw-card' })}`
    }
  }
}

export const eventsSection: DashboardSection = {
  name: 'events',
  title: 'Usage events',
  icon: 'M4 7h10M4 12h16M4 17h7',
  position: 16.5,
  pages: {
    '/': { show: list },
    '/:id': eventPage
  },
  objects: [{
    kind: 'Usage events',
    prefix: '', // programs choose the ids
    find: (id, { context }) => context.sandbox.events.find(id)?.event_name ?? null
  }]
}
