/** The control operations of refunds: settle a refund as the bank would. */
import type { ControlHandlers } from '../../contract/handlers.js'
import { settleRefund } from './lifecycle.js'
import { refundReply } from './routes.js'
import { findRefund } from './rules.js'

export const refundControls = {
  'POST /_emulator/refunds/{refund_id}/settle': ({ body, path, context }) => {
    settleRefund(findRefund(path.refund_id, context), body.status, context)
    return refundReply(findRefund(path.refund_id, context), context)
  }
} satisfies ControlHandlers
