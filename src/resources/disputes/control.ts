/** The control operations of disputes: opening them and changing their status. */
import type { ControlHandlers } from '../../contract/handlers.js'
import { findPayment } from '../payments/rules.js'
import { openDispute, settleDispute } from './lifecycle.js'
import { findDispute } from './rules.js'
import { disputeResponse } from './view.js'

export const disputeControls = {
  'POST /_emulator/payments/{payment_id}/dispute': ({ path, body = {}, context }) =>
    disputeResponse(openDispute(findPayment(path.payment_id, context), body, context), context),

  'POST /_emulator/disputes/{dispute_id}/settle': ({ path, body, context }) =>
    disputeResponse(settleDispute(findDispute(path.dispute_id, context), body, context), context)
} satisfies ControlHandlers
