/** The operations of the API on disputes. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { findDispute } from './rules.js'
import { disputeItem, disputeResponse } from './view.js'

export const disputesHandlers = {
  'GET /disputes': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    const disputes = context.sandbox.disputes.list(filter, limit, offset)
    return { items: disputes.map(dispute => disputeItem(dispute, context)) }
  },

  'GET /disputes/{dispute_id}': ({ path, context }) =>
    disputeResponse(findDispute(path.dispute_id, context), context)
} satisfies Handlers
