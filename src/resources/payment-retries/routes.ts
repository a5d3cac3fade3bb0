/** Handlers of the operations that retry a failed payment by hand. */
import type { Handlers } from '../../contract/handlers.js'
import { formatTime } from '../../rules/calendar.js'
import { collectAgain } from '../subscriptions/charge.js'
import { RETRIES_MAX, afterRetry, decideRetry, nextRetryAt, retryState } from './rules.js'

const timeOrNull = (time: number | null) => time === null ? null : formatTime(time)

export const paymentRetriesHandlers = {
  'GET /payments/{payment_id}/retry': ({ path, context }) => {
    const { obstacle, used, available_at: at } = retryState(path.payment_id, context)
    return {
      can_retry: obstacle === null,
      sends_allowed: RETRIES_MAX,
      sends_used: used,
      reason: obstacle?.code ?? null,
      retry_available_at: timeOrNull(at)
    }
  },

  'POST /payments/{payment_id}/retry': ({ path, context }) => {
    const { subscription, dues, method_id: methodId, retries } = decideRetry(path.payment_id, context)
    const after = afterRetry(retries, context.now)
    const attempt = dues.attempts
    const owing = { ...dues, manual_retries: after }
    const paymentId = collectAgain(subscription, owing, { purpose: 'manual_retry', methodId, retry: attempt }, context)
    const payment = context.sandbox.payments.find(paymentId)
    if (payment === undefined) throw new Error(`${paymentId} was not stored`)
    return {
      invoice_id: payment.invoice_id,
      payment_id: paymentId,
      is_manual_retry: true,
      retry_attempt: attempt,
      sends_allowed: RETRIES_MAX,
      sends_used: after.count,
      retry_available_at: timeOrNull(nextRetryAt(after)),
      status: payment.status
    }
  }
} satisfies Handlers
