/** Handlers of the operations under /balances. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { invalidQuery } from '../../errors.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { LedgerFilter } from './store.js'
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
    const { sandbox } = context
    const entries = sandbox.ledger.list(withSubscription(filter, sandbox), limit, offset)
    return { items: entries.map(entry => ledgerEntry(entry, context)) }
  }
} satisfies Handlers

/** The filter for all payments of a subscription, if the reference is one. */
function withSubscription (filter: LedgerFilter, { subscriptions, payments }: Sandbox): LedgerFilter {
  const { reference_object_id: id, ...others } = filter
  if (id === undefined || subscriptions.find(id) === undefined) return filter
  const shared = payments.sharedOfSubscription(id)?.payment_id
  return shared === undefined
    ? { ...others, subscription_id: id }
    : { ...others, subscription_or_payment: [id, shared, shared] }
}
