/** The language of a payment's documents and e-mails. It is stored, so that a document does not change. */
import type { Context } from '../../sandbox/sandbox.js'
import type { Payment } from './store.js'

/** Stores the language of a checkout, as a tag, for its payment and for later payments of the customer. */
export function withLanguage<P extends Pick<Payment, 'seq' | 'customer_id' | 'language'>> (
  payment: P, language: string, { sandbox }: Context
): P {
  if (language !== payment.language) sandbox.payments.setLanguage(payment.seq, language)
  sandbox.customers.setLanguage(payment.customer_id, language)
  return { ...payment, language }
}
