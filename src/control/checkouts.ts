/** The part of the control API that is about checkout sessions: what the emulated API does not list. */
import { ApiError } from '../errors.js'
import type { ControlHandlers } from '../http/handlers.js'
import { page } from '../http/paging.js'
import type { Session } from '../resources/checkouts/store.js'
import { checkoutUrl } from '../resources/checkouts/view.js'
import { formatTime } from '../rules/calendar.js'
import type { Context } from '../sandbox.js'
import type { components } from './types.gen.js'

type Checkout = components['schemas']['Checkout']

export const checkoutControls = {
  'GET /_emulator/checkouts': ({ query, context }) => {
    const { limit, offset, filter } = page(query)
    const sessions = context.sandbox.checkouts.list(filter.state ?? null, context.now, limit, offset)
    return { items: sessions.map(session => checkoutView(session, context)) }
  },

  'GET /_emulator/checkouts/{session_id}': ({ path, context }) => {
    const session = context.sandbox.checkouts.find(path.session_id)
    if (session !== undefined) return checkoutView(session, context)
    throw new ApiError('NOT_FOUND', { path: 'session_id', because: `there is no checkout session ${path.session_id}` })
  }
} satisfies ControlHandlers

function checkoutView (session: Session, context: Context): Checkout {
  const { sandbox, now } = context
  const { terms, payment_id: paymentId } = session
  const payment = paymentId === null ? undefined : sandbox.payments.find(paymentId)
  const { email, name } = payment?.customer ?? terms.known
  return {
    session_id: session.session_id,
    state: paymentId !== null ? 'submitted' : session.expires_at > now ? 'open' : 'expired',
    created_at: formatTime(session.created_at),
    expires_at: formatTime(session.expires_at),
    checkout_url: checkoutUrl(session.session_id, session.seq, false, context),
    payment_id: paymentId,
    payment_status: payment?.status ?? null,
    customer_id: payment?.customer_id ?? terms.customer_id,
    customer_email: email,
    customer_name: name,
    country: terms.known.country,
    product_cart: terms.cart,
    billing_currency: terms.currency,
    discount_codes: terms.codes,
    return_url: terms.options.return_url ?? null,
    cancel_url: terms.cancel_url,
    metadata: terms.metadata
  }
}
