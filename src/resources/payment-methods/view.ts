/** Saved payment methods in the API's shape. */
import type { Schemas } from '../../contract/operations.js'
import type { PaymentMethod } from './store.js'

type Card = Required<Schemas['CustomerPaymentMethodCardSummary']>

export function paymentMethodItem (method: PaymentMethod): Required<PaymentMethod> {
  return {
    payment_method_id: method.payment_method_id,
    payment_method: method.payment_method,
    payment_method_type: method.payment_method_type ?? null,
    card: method.card == null ? null : cardSummary(method.card),
    last_used_at: method.last_used_at ?? null,
    recurring_enabled: method.recurring_enabled ?? null
  }
}

function cardSummary (card: Schemas['CustomerPaymentMethodCardSummary']): Card {
  return {
    card_holder_name: card.card_holder_name ?? null,
    card_issuing_country: card.card_issuing_country ?? null,
    card_network: card.card_network ?? null,
    card_type: card.card_type ?? null,
    expiry_month: card.expiry_month ?? null,
    expiry_year: card.expiry_year ?? null,
    last4_digits: card.last4_digits ?? null
  }
}
