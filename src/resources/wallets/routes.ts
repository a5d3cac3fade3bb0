/** Handlers of the operations under /customers/{customer_id}/wallets. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { findCustomer } from '../customers/rules.js'
import { decideEntry } from './rules.js'
import { walletEntry, walletResponse, walletsResponse } from './view.js'

export const wallets = {
  'GET /customers/{customer_id}/wallets': ({ path, context }) =>
    walletsResponse(findCustomer(path.customer_id, context), context),

  'GET /customers/{customer_id}/wallets/ledger-entries': ({ path, query, context }) => {
    const { customer_id: customerId } = findCustomer(path.customer_id, context)
    const { limit, offset, filter: { currency } } = paging(query)
    const entries = context.sandbox.wallets.list(customerId, currency, limit, offset)
    return { items: entries.map(entry => walletEntry(entry, context)) }
  },

  'POST /customers/{customer_id}/wallets/ledger-entries': ({ path, body, context }) => {
    const customer = findCustomer(path.customer_id, context)
    const { entry, isRepeated } = decideEntry(body, customer.customer_id, context)
    if (!isRepeated) context.sandbox.wallets.insert(entry)
    return walletResponse(customer, entry.currency, entry)
  }
} satisfies Handlers
