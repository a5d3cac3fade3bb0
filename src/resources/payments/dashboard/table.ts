/** Payments as a table, and as a card on the page of a customer or a product. */
import { html } from 'ghtml'
import { hasExpired } from '../states.js'
import type { Schemas } from '../../../contract/operations.js'
import { pageOf } from '../../../pages/dashboard/links.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import {
  card, cellLink, code, empty, linkButton, statusTag, table, timeTag, labelOf, type Row
} from '../../../pages/dashboard/parts.js'
import type { Subject } from '../../../pages/dashboard/section.js'
import { cardName, money } from '../../../pages/fragments.js'
import type { Fragment } from '../../../pages/layout.js'

export const LATEST = 8

/** The latest payments of a customer, a product or a subscription. */
export async function relatedPayments (subject: Subject, page: PageContext): Promise<Fragment> {
  if ('payment_id' in subject || 'entitlement_id' in subject || 'grant_id' in subject) return ''
  const { items } = await page.operate('GET /payments', { query: { ...subject, page_size: LATEST } })
  const all = linkButton(`${pageOf(page, 'payments')}?${new URLSearchParams(subject)}`, 'All payments')
  const content = items.length === 0 ? empty('No payments yet', advice(subject, page)) : paymentTable(items, page)
  return card(content, { id: 'payments', title: 'Payments', live: true, pad: false, actions: items.length === 0 ? '' : all })
}

type Payer = { customer_id: string } | { product_id: string } | { subscription_id: string }

function advice (subject: Payer, page: PageContext): Fragment {
  if ('product_id' in subject) return html`<p>There are no payments for this product.</p>`
  if ('subscription_id' in subject) return html`<p>There are no payments of this subscription.</p>`
  const create = `${pageOf(page, 'payments', 'new')}?${new URLSearchParams(subject)}`
  return html`<p><a href="${create}">Create a payment</a> for this customer.</p>`
}

export function paymentTable (
  payments: ReadonlyArray<Schemas['GetPaymentsListResponseItem']>, page: PageContext, caption = 'Payments'
): Fragment {
  const rows = payments.map((payment): Row => ({
    id: payment.payment_id,
    cells: [
      cellLink(pageOf(page, 'payments', payment.payment_id), code(payment.payment_id), payment.customer.email),
      html`${money(payment.total_amount, payment.currency, page.context.sandbox)}`,
      paymentTag(payment, page),
      timeTag(payment.created_at, page)
    ]
  }))
  return table(caption, [
    { title: 'Payment' }, { title: 'Amount', kind: 'number' }, { title: 'Status' }, { title: 'Created', kind: 'low' }
  ], rows)
}

/** The status of a payment. A payment that waits for its customer has expired with its link. */
export function paymentTag (
  { payment_id: id, status }: { payment_id: string, status?: string | null | undefined },
  { context: { sandbox, now } }: PageContext
): Fragment {
  const shown = status ?? 'requires_payment_method'
  const payment = WAITING.has(shown) ? sandbox.payments.find(id) : undefined
  return statusTag(payment !== undefined && hasExpired(payment, now) ? 'expired' : shown)
}

const WAITING = new Set(['requires_payment_method', 'requires_customer_action'])

export function refundTag ({ refund_status: status }: { refund_status?: string | null | undefined }): Fragment {
  return status == null ? '' : html` <span class="tag calm">${status === 'full' ? 'refunded' : 'partially refunded'}</span>`
}

interface Method {
  card_network?: string | null | undefined
  card_last_four?: string | null | undefined
  card_type?: string | null | undefined
  payment_method_type?: string | null | undefined
}

/** `Visa •••• 4242 (credit)`, `klarna`, or a dash before the first attempt. */
export function methodOf (method: Method): string {
  const { card_network: network, card_last_four: lastFour, card_type: kind, payment_method_type: type } = method
  if (lastFour == null) return type == null ? '–' : labelOf(type)
  const wallet = type == null || type === 'credit' || type === 'debit' ? kind?.toLowerCase() : labelOf(type)
  return `${cardName(network, lastFour)}${wallet == null ? '' : ` (${wallet})`}`
}
