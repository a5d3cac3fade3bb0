/** The control operations of the mailbox. */
import type { ControlHandlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { sourceOf } from '../../delivery/email-message.js'
import { formatTime } from '../../rules/calendar.js'
import { findEmail } from './rules.js'
import type { ListedEmail } from './store.js'

export const emailControls = {
  'GET /_emulator/emails': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    return { items: context.sandbox.emails.list(filter, limit, offset).map(emailItem) }
  },

  'GET /_emulator/emails/{email_id}': ({ path, context }) => {
    const email = findEmail(path.email_id, context)
    return { ...emailItem(email), text: email.text, html: email.html }
  },

  'GET /_emulator/emails/{email_id}/source': ({ path, context }) => {
    const email = findEmail(path.email_id, context)
    return { fileName: `${email.email_id}.eml`, isDownload: true, bytes: () => sourceOf(email) }
  }
} satisfies ControlHandlers

function emailItem (email: ListedEmail) {
  return {
    email_id: email.email_id,
    type: email.type,
    from: email.sender,
    to: email.recipient,
    subject: email.subject,
    customer_id: email.customer_id,
    payment_id: email.payment_id,
    subscription_id: email.subscription_id,
    grant_id: email.grant_id,
    smtp_status: email.smtp_status,
    smtp_error: email.smtp_error,
    created_at: formatTime(email.created_at)
  }
}
