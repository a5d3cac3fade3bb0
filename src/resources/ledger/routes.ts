/** Handlers of the operations under /balances. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { invalidQuery } from '../../errors.js'
import { ledgerEntry } from './view.js'

const LIMIT_MAX = 100

export const ledgerHandlers = {
  'GET /balances/ledger': ({ query, context }) => {
    const { limit: most, ...rest } = query
    if (most !== undefined && (most < 1 || most > LIMIT_MAX)) throw invalidQuery('limit', `must be from 1 to ${LIMIT_MAX}`)
    const { page_size: size = most } = rest
    const { limit, offset, filter } = paging({
      ...rest, ...(size === undefined ? {} : { page_size: size <= LIMIT_MAX ? Math.min(size, most ?? size) : size })
    })
    const { ledger, subscriptions } = context.sandbox
    const { reference_object_id: id, ...others } = filter
    const isSubscription = id !== undefined && subscriptions.find(id) !== undefined
    const wanted = isSubscription ? { ...others, subscription_id: id } : filter
    return { items: ledger.list(wanted, limit, offset).map(entry => ledgerEntry(entry, context)) }
  }
} satisfies Handlers
