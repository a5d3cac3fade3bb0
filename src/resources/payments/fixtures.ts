/** Payments in fixtures files: the request, the outcome, and the refunds. */
import type { FixturesItems } from '../../fixtures/document.js'
import { ALONE, type FixturesParts, type HistoryPart } from '../../fixtures/part.js'
import { refundsOfPayment } from '../refunds/fixtures.js'
import { pay } from './pay.js'
import { payments as handlers } from './routes.js'
import { findPayment } from './rules.js'

const payments: HistoryPart<FixturesItems['Payment']> = {
  what: 'payment',
  rank: 60,
  id: { field: 'payment_id', isTaken: (id, { payments }) => payments.find(id) !== undefined },
  places: { payment_id: '', discounts: '' },
  inside: { refunds: refundsOfPayment },
  listed: ({ id, key, inside }) => ({ key, payment_id: id, refunds: inside['refunds'] ?? [] }),
  happen (item, context) {
    const { payment_id: id } = context.sandbox.ids.choosing('pay', item.payment_id, () =>
      handlers['POST /payments']({ ...ALONE, body: item, context }))
    const how = {
      ...(item.card === undefined ? {} : { card: item.card }),
      ...(item.outcome === undefined ? {} : { outcome: item.outcome }),
      ...(item.error_code === undefined ? {} : { error_code: item.error_code })
    }
    if (Object.keys(how).length > 0) pay(findPayment(id, context), how, context)
    return id
  }
}

export const fixtures: FixturesParts = { payments }
