/** Finds emails. */
import { ApiError, notFound } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Email } from './store.js'

/** Throws NOT_FOUND. */
export function findEmail (emailId: string, { sandbox }: Context): Email {
  const email = sandbox.emails.find(emailId)
  if (email === undefined) throw notFound('email', emailId)
  return email
}

/** Throws NOT_FOUND, also for an e-mail to another customer. */
export function findEmailOf (customerId: string, emailId: string, context: Context): Email {
  const email = context.sandbox.emails.find(emailId)
  if (email?.customer_id === customerId) return email
  throw new ApiError('NOT_FOUND', { path: 'email_log_id', because: `customer ${customerId} has no e-mail ${emailId}` })
}
