/** Handlers of the operations under /checkouts. */
import type { Schemas } from '../../contract/operations.js'
import type { Handlers } from '../../contract/handlers.js'
import { chargeSaved } from '../payments/create.js'
import { makePayment } from './purchase.js'
import { CONFIRMED_LIFETIME_US, SESSION_LIFETIME_US, findSession, decideSession, previewSession } from './rules.js'
import { calculation, checkoutUrl, publishableKey, sessionStatus } from './view.js'

export const checkouts = {
  'POST /checkouts': ({ body, context }): Required<Schemas['CreateSessionResponse']> => {
    const { sandbox, now } = context
    const { terms, purchase } = decideSession(body, context)
    const session = {
      session_id: sandbox.ids.chosen('cks') ?? sandbox.ids.next('cks', now),
      created_at: now,
      expires_at: now + (purchase === null ? SESSION_LIFETIME_US : CONFIRMED_LIFETIME_US),
      secret: sandbox.ids.secret(),
      terms
    }
    const seq = sandbox.checkouts.insert(session)
    const url = checkoutUrl(session.session_id, seq, body.short_link === true, context)
    if (purchase === null) {
      return { session_id: session.session_id, checkout_url: url, payment_id: null, client_secret: null, publishable_key: null }
    }
    const methodId = body.payment_method_id ?? null
    const payment = makePayment(session, purchase, context, methodId)
    if (methodId !== null) chargeSaved(payment.seq, methodId, context)
    return {
      session_id: session.session_id,
      checkout_url: methodId === null ? url : null,
      payment_id: payment.payment_id,
      client_secret: payment.client_secret,
      publishable_key: publishableKey(sandbox)
    }
  },

  'POST /checkouts/preview': ({ body, context }) => calculation(previewSession(body, context), context.sandbox),

  'GET /checkouts/{id}': ({ path, context }) => sessionStatus(findSession(path.id, context), context)
} satisfies Handlers
