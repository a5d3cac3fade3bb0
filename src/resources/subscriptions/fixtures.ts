/** Subscriptions in fixtures files: the request, the outcome of the first payment, and later changes. */
import type { FixturesItems } from '../../fixtures/document.js'
import { ALONE, type FixturesParts, type HistoryList, type HistoryPart } from '../../fixtures/part.js'
import { pay } from '../payments/pay.js'
import { findPayment } from '../payments/rules.js'
import { subscriptions as handlers } from './routes.js'

const changes: HistoryList<FixturesItems['SubscriptionChange']> = {
  what: 'change of a subscription',
  places: { subscription_id: '' },
  happen ({ at, ...body }, context, subscriptionId) {
    handlers['PATCH /subscriptions/{subscription_id}']({
      path: { subscription_id: subscriptionId }, query: {}, body, context
    })
    return subscriptionId
  }
}

const subscriptions: HistoryPart<FixturesItems['Subscription']> = {
  what: 'subscription',
  rank: 65,
  id: { field: 'subscription_id', isTaken: (id, { subscriptions }) => subscriptions.find(id) !== undefined },
  references: ['subscription_id'],
  places: { payment_id: '', subscription_id: '', discounts: '' },
  inside: { changes },
  happen ({ card, outcome, error_code: errorCode, ...body }, context) {
    const { subscription_id: id, payment_id: paymentId } = context.sandbox.ids.choosing('sub', body.subscription_id, () =>
      handlers['POST /subscriptions']({ ...ALONE, body, context }))
    const how = {
      ...(card === undefined ? {} : { card }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(errorCode === undefined ? {} : { error_code: errorCode })
    }
    if (Object.keys(how).length > 0) pay(findPayment(paymentId, context), how, context)
    return id
  }
}

export const fixtures: FixturesParts = { subscriptions }
