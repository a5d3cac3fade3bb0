/** The reason of a declined payment, in the language of a page. */
import type { Payment } from '../../resources/payments/store.js'
import type { Shown } from '../page-context.js'

/** The reason of a decline for the customer; null if it is not known. */
export function failureText ({ error_code: code }: Payment, { sandbox, locale }: Shown): string | null {
  const message = sandbox.reference.failureCodes[code ?? '']?.customer_message
  return message === undefined ? null : locale.translation(message) ?? message
}
