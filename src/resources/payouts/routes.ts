/** Handlers of the operations under /payouts. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { servedBreakup, valuedEntries } from './breakup.js'
import { findPayout } from './rules.js'
import { entriesCsv, payoutEntry, payoutResponse } from './view.js'

export const payoutHandlers = {
  'GET /payouts': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    return { items: context.sandbox.payouts.list(filter, limit, offset).map(payout => payoutResponse(payout, context)) }
  },

  'GET /payouts/{payout_id}/breakup': ({ path, context }) => servedBreakup(findPayout(path.payout_id, context), context.sandbox),

  'GET /payouts/{payout_id}/breakup/details': ({ path, query, context }) => {
    const { limit, offset } = paging(query)
    return { items: valuedEntries(findPayout(path.payout_id, context), limit, offset, context.sandbox).map(payoutEntry) }
  },

  'GET /payouts/{payout_id}/breakup/details/csv': ({ path, context }) => {
    const payout = findPayout(path.payout_id, context)
    const csv = entriesCsv(valuedEntries(payout, -1, 0, context.sandbox))
    return {
      fileName: `payout-${payout.payout_id}.csv`,
      isDownload: true,
      bytes: () => Promise.resolve(new TextEncoder().encode(csv))
    }
  }
} satisfies Handlers
