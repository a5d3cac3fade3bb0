/**
 * The timeline of a payment: creation, the first opening of its link, attempts, events with their deliveries, refunds, and the
 * expiry of its link.
 */
import { html } from 'ghtml'
import type { components } from '../../../contract/control-types.gen.js'
import { formatTime, parseTime } from '../../../rules/calendar.js'
import { isOpen } from '../states.js'
import { money } from '../../../pages/fragments.js'
import type { Fragment } from '../../../pages/layout.js'
import { pageOf } from '../../../pages/dashboard/links.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { labelOf, statusTag, timeTag, type Kind } from '../../../pages/dashboard/parts.js'
import type { Payment } from './payment.js'
import { methodOf } from './table.js'

type Event = components['schemas']['Event']
type Delivery = components['schemas']['Delivery']

interface Entry {
  id: string
  /** RFC 3339. */
  at: string
  kind: Kind
  what: Fragment
  more?: Fragment
}

const PAGE_SIZE = 100
/** Deliveries of the events that are shown. An event has one delivery for each endpoint. */
const DELIVERY_PAGES_MAX = 10
/** A longer timeline is folded between its first and its last entries. */
const ENTRIES_MAX = 24
const ENTRIES_SHOWN = 8

export async function timeline (payment: Payment, page: PageContext): Promise<Fragment> {
  const query = { payment_id: payment.payment_id, page_size: PAGE_SIZE }
  const { items: events } = await page.operate('GET /_emulator/events', { query })
  const deliveries = await deliveriesOf(payment, page)
  const entries = [
    created(payment, page),
    ...opening(payment, page),
    ...attempts(payment, page),
    ...events.map(event => eventEntry(event, deliveries, page)),
    ...refunds(payment, page),
    ...expiry(payment, page)
  ]
  const time = ({ at }: Entry) => parseTime(at) ?? 0
  entries.sort((a, b) => time(a) - time(b)) // stable: entries with the same time keep their order
  const items = entries.map(entry => entryItem(entry, page))
  const folded = items.length > ENTRIES_MAX ? items.splice(ENTRIES_SHOWN, items.length - 2 * ENTRIES_SHOWN) : []
  if (folded.length > 0) items.splice(ENTRIES_SHOWN, 0, foldedEntries(folded))
  const isCut = events.length === PAGE_SIZE
  const all = `${pageOf(page, 'webhooks', 'events')}?${new URLSearchParams({ payment_id: payment.payment_id })}`
  return html`<ol class="timeline">!${items}</ol>
!${isCut ? html`<p class="quiet">With the latest ${PAGE_SIZE} events. <a href="${all}">All events</a></p>` : ''}`
}

function entryItem ({ id, at, kind, what, more }: Entry, page: PageContext): Fragment {
  return html`<li id="entry-${id}" class="${kind}" data-testid="timeline-entry">
<div class="what"><span>!${what}</span>!${timeTag(at, page)}</div>
!${more === undefined ? '' : html`<div class="more">!${more}</div>`}</li>`
}

function foldedEntries (items: readonly Fragment[]): Fragment {
  return html`<li id="entry-more"><details class="fold" id="more-entries"><summary>${items.length} more entries</summary>
<ol class="timeline">!${items}</ol></details></li>`
}

/** The deliveries of the payment's events, newest first, up to the limit above. */
async function deliveriesOf ({ payment_id: id }: Payment, page: PageContext): Promise<Delivery[]> {
  const found: Delivery[] = []
  for (let number = 0; number < DELIVERY_PAGES_MAX; number++) {
    const query = { payment_id: id, page_size: PAGE_SIZE, page_number: number }
    const { items } = await page.operate('GET /_emulator/deliveries', { query })
    found.push(...items)
    if (items.length < PAGE_SIZE) break
  }
  return found
}

function created ({ created_at: at, total_amount: total, currency }: Payment, { context: { sandbox } }: PageContext): Entry {
  return { id: 'created', at, kind: 'calm', what: html`Created: ${money(total, currency, sandbox)}` }
}

function opening ({ payment_id: id }: Payment, { context: { sandbox } }: PageContext): Entry[] {
  const openedAt = sandbox.payments.find(id)?.opened_at ?? null
  return openedAt === null ? [] : [{ id: 'opened', at: formatTime(openedAt), kind: 'calm', what: 'The customer opened the link' }]
}

const ATTEMPTS: Record<string, { kind: Kind, what: string }> = {
  succeeded: { kind: 'good', what: 'Paid' },
  failed: { kind: 'bad', what: 'Attempt failed' },
  processing: { kind: 'wait', what: 'Attempted: the bank’s decision is pending' },
  requires_customer_action: { kind: 'wait', what: 'Attempted: the customer must confirm' },
  requires_payment_method: { kind: 'calm', what: 'The customer went back to choose another payment method' },
  cancelled: { kind: 'calm', what: 'Cancelled' }
}

function attempts (payment: Payment, { context: { sandbox } }: PageContext): Entry[] {
  const { payment_id: id } = payment
  const seq = sandbox.payments.find(id)?.seq
  if (seq === undefined) return []
  const made = sandbox.payments.attempts(seq)
  return made.map(({ seq, created_at: at, status, method_type: method, error_code: error }, index) => {
    const label = ATTEMPTS[status] ?? { kind: 'calm', what: status }
    // The payment stores the card of its last attempt.
    const name = method === null ? null : index === made.length - 1 ? methodOf(payment) : labelOf(method).toLowerCase()
    const failure = error === null ? null : sandbox.reference.failureCodes[error]?.message
    return {
      id: `attempt-${seq}`,
      at: formatTime(at),
      kind: label.kind,
      what: html`${label.what}!${name === null ? '' : html` <span class="quiet">with ${name}</span>`}`,
      ...(error === null ? {} : { more: html`<p><code>${error}</code> ${failure ?? ''}</p>` })
    }
  })
}

function eventEntry (event: Event, deliveries: readonly Delivery[], page: PageContext): Entry {
  const own = deliveries.filter(({ event_id: id }) => id === event.event_id)
  const kind = own.some(({ state }) => state === 'failed') ? 'bad' : 'calm'
  return {
    id: event.event_id,
    at: event.created_at,
    kind,
    what: html`Event <a href="${pageOf(page, 'webhooks', 'events', event.event_id)}">${event.type}</a>`,
    more: own.length === 0 && deliveries.length < DELIVERY_PAGES_MAX * PAGE_SIZE
      ? html`<p class="quiet">No webhook endpoint was subscribed to it.</p>`
      : html`<ul>!${own.map(delivery => deliveryItem(delivery, page))}</ul>`
  }
}

function deliveryItem ({ delivery_id: id, state, attempts, tries, due_at: dueAt }: Delivery, page: PageContext): Fragment {
  const last = attempts.at(-1)
  const answer = last === undefined ? '' : html` to ${last.url}: ${last.error ?? `HTTP ${last.response_status}`}`
  const next = state === 'waiting' && dueAt !== null ? html`; next !${timeTag(dueAt, page)}` : ''
  return html`<li>!${statusTag(state)} <a href="${pageOf(page, 'webhooks', 'deliveries', id)}">delivery</a>
<span class="quiet">${tries === 1 ? '1 attempt' : `${tries} attempts`}!${answer}!${next}</span></li>`
}

function refunds ({ refunds }: Payment, page: PageContext): Entry[] {
  const { sandbox } = page.context
  return (refunds ?? []).map(({ refund_id: id, created_at: at, status, amount, currency, reason }) => ({
    id,
    at,
    kind: status === 'failed' ? 'bad' : status === 'succeeded' ? 'good' : 'wait',
    what: html`Refund of ${amount == null ? '' : money(amount, currency ?? 'USD', sandbox)} !${statusTag(status)}`,
    more: html`<p class="quiet"><a href="${pageOf(page, 'refunds', id)}"><code>${id}</code></a>
${reason == null ? '' : ` · ${reason}`}</p>`
  }))
}

function expiry ({ payment_id: id, status }: Payment, { context: { sandbox, now } }: PageContext): Entry[] {
  const expiresAt = sandbox.payments.find(id)?.expires_at ?? null
  if (expiresAt === null || !isOpen({ status })) return []
  const hasCome = expiresAt <= now
  const what = hasCome ? 'The link expired' : 'The link expires'
  return [{ id: 'expiry', at: formatTime(expiresAt), kind: hasCome ? 'bad' : 'calm', what }]
}
