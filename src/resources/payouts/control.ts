/** The control operations of payouts: creating them and changing their status. */
import type { ControlHandlers } from '../../contract/handlers.js'
import { createPayout, settlePayout } from './lifecycle.js'
import { findPayout } from './rules.js'
import { payoutResponse } from './view.js'

export const payoutControls = {
  'POST /_emulator/payouts': ({ body = {}, context }) => payoutResponse(createPayout(body, context), context),

  'POST /_emulator/payouts/{payout_id}/settle': ({ path, body, context }) =>
    payoutResponse(settlePayout(findPayout(path.payout_id, context), body, context), context)
} satisfies ControlHandlers
