/** Handlers of the operations under /customers/{customer_id}/emails. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { formatTime } from '../../rules/calendar.js'
import { EMAIL_CATEGORIES } from '../../rules/email-types.js'
import { findCustomer } from '../customers/rules.js'
import { findEmailOf } from './rules.js'
import type { ListedEmail } from './store.js'

const LISTED_US = 180 * 86_400_000_000

export const emailHandlers = {
  'GET /customers/{customer_id}/emails': ({ path, query, context }) => {
    const { sandbox, now } = context
    const { customer_id: customerId } = findCustomer(path.customer_id, context)
    const { limit, offset } = paging(query)
    const emails = sandbox.emails.list({ customer_id: customerId }, limit, offset)
    return { items: emails.filter(({ created_at: at }) => at > now - LISTED_US).map(logItem) }
  },

  'GET /customers/{customer_id}/emails/{email_log_id}/body': ({ path, context }) => {
    const { customer_id: customerId } = findCustomer(path.customer_id, context)
    const { text, html } = findEmailOf(customerId, path.email_log_id, context)
    return { merchant_authored: false, html, text, failure_code: null, failure_reason: null }
  }
} satisfies Handlers

/** Emails are not sent, so they cannot fail or be sent again. */
function logItem (email: ListedEmail) {
  return {
    email_log_id: email.email_id,
    category: EMAIL_CATEGORIES[email.type],
    email_type: email.type,
    status: 'sent' as const,
    has_preview: true,
    policies: {
      requires_different_address: false, resend_allowed: false, resends_remaining: 0, retry_allowed: false, superseded: false
    },
    created_at: formatTime(email.created_at),
    from: email.sender,
    recipient: email.recipient,
    subject: email.subject,
    failure_code: null,
    failure_reason: null
  }
}
