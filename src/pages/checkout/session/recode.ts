/**
 * Applies and removes discount codes on the page of a session's payment. Because a payment's price is fixed, a payment with the
 * new price replaces it. Runs inside a transaction.
 */
import { withChoice } from '../../../resources/checkouts/choice.js'
import type { Session } from '../../../resources/checkouts/store.js'
import { paymentStates } from '../../../resources/payments/states.js'
import type { Payment } from '../../../resources/payments/store.js'
import type { PageContext } from '../../page-context.js'
import { entriesOfPayment, formOf, withEarlierAddons } from './earlier.js'
import { entriesOf, entryOf, firstEntries } from './form.js'
import { submitDetails, type Submitted } from './submit.js'

/** Whether a button of the form changes the codes. */
export function changesCodes (action: string): boolean {
  return action === 'reprice' || action.startsWith('remove:')
}

/** Returns the new payment, or the problems. Throws if the payment is not open any more. */
export function changeCodes (payment: Payment, session: Session, body: unknown, context: PageContext): Submitted {
  const { sandbox } = context
  paymentStates.check('cancel', payment, context)
  const action = entryOf(body, 'action')
  const code = action === 'reprice' ? entryOf(body, 'code') : ''
  if (action === 'reprice' && code.trim() === '') return { payment }
  const chosen = withChoice(session.terms, payment.lines[0]?.product_id ?? null, sandbox)
  const terms = withEarlierAddons(chosen, payment, sandbox)
  const before = entriesOfPayment(firstEntries(terms, context), payment, terms, context)
  const entries = entriesOf({ ...formOf({ ...before, code }, terms), action }, terms, context)
  return submitDetails({ session: { ...session, terms }, isStored: true, replaced: payment }, formOf(entries, terms), context)
}
