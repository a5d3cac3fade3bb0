/** The dashboard's search for payments by ids, links, metadata or e-mail addresses. The API has no such operation. */
import { linkSeq } from '../../rules/links.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { ListedPayment, PaymentFilter } from './store.js'

const TEXT_MAX = 200

/**
 * Finds payments by payment id or its beginning, payment link, or the id of a customer, refund or checkout session. Any other
 * text is looked for in the metadata and in the customer's e-mail address. Newest first.
 */
export function searchPayments (
  given: string, filter: PaymentFilter, limit: number, offset: number, { sandbox }: Pick<Context, 'sandbox'>
): ListedPayment[] {
  const { payments } = sandbox
  const text = given.trim().slice(0, TEXT_MAX)
  const listed = (narrowed: PaymentFilter) => payments.list({ ...filter, ...narrowed }, limit, offset)
  const named = (paymentId: string | null | undefined) => {
    const payment = paymentId == null ? undefined : payments.find(paymentId)
    return payment === undefined ? [] : listed({ seq: payment.seq })
  }

  const exact = named(text)
  if (exact.length > 0) return exact
  if (/^pay_\w*$/.test(text)) return listed({ id_prefix: text })
  if (/^cus_\w+$/.test(text)) return listed({ customer_id: text })
  if (/^ref_\w+$/.test(text)) return named(sandbox.refunds.find(text)?.payment_id)
  if (/^cks_\w+$/.test(text)) return named(sandbox.checkouts.find(text)?.payment_id)
  const link = linkIn(text)
  if (link !== undefined) {
    const seq = linkSeq(link, sandbox.business.link_salt)
    return seq === null ? [] : listed({ seq })
  }
  return payments.search(text, filter, limit, offset)
}

/** Returns the link id in the URL of a payment page: `https://host/W7tRl8K5` or `https://host/status/W7tRl8K5/succeeded`. */
function linkIn (text: string): string | undefined {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return undefined
  return new URL(text).pathname.split('/').findLast(part => /^[0-9A-Z][0-9A-Za-z]{7}$/.test(part))
}
