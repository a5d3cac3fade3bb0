/** Balances, grants and ledger entries of credits in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { formatOptionalTime, formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { CreditBalance, CreditEntry, CreditGrant } from './store.js'

export function balanceResponse (balance: CreditBalance): Required<Schemas['CustomerCreditBalanceResponse']> {
  return {
    id: balance.balance_id,
    customer_id: balance.customer_id,
    credit_entitlement_id: balance.credit_entitlement_id,
    balance: balance.balance,
    overage: balance.overage,
    created_at: formatTime(balance.created_at),
    updated_at: formatTime(balance.updated_at),
    last_transaction_at: formatOptionalTime(balance.last_transaction_at)
  }
}

export function grantResponse (grant: CreditGrant): Required<Schemas['CreditGrantResponse']> {
  return {
    id: grant.grant_id,
    credit_entitlement_id: grant.credit_entitlement_id,
    customer_id: grant.customer_id,
    source_type: grant.source_type,
    source_id: grant.source_id,
    initial_amount: grant.initial_amount,
    remaining_amount: grant.remaining_amount,
    rollover_count: grant.rollover_count,
    is_expired: grant.is_expired,
    is_rolled_over: grant.is_rolled_over,
    parent_grant_id: grant.parent_grant_id,
    metadata: grant.metadata,
    expires_at: formatOptionalTime(grant.expires_at),
    created_at: formatTime(grant.created_at),
    updated_at: formatTime(grant.updated_at)
  }
}

/** An entry in the ledger and in webhooks. */
export function entryResponse (entry: CreditEntry, { sandbox }: Context): Required<Schemas['CreditLedgerEntryResponse']> {
  const { entry_id: id, idempotency_key: _, created_at: createdAt, ...rest } = entry
  return { id, business_id: sandbox.business.business_id, ...rest, created_at: formatTime(createdAt) }
}

/** The reply to a manual entry. */
export function manualEntryResponse (entry: CreditEntry): Required<Schemas['CreateLedgerEntryResponse']> {
  return {
    id: entry.entry_id,
    customer_id: entry.customer_id,
    credit_entitlement_id: entry.credit_entitlement_id,
    entry_type: entry.is_credit ? 'credit' : 'debit',
    amount: entry.amount,
    is_credit: entry.is_credit,
    balance_before: entry.balance_before,
    balance_after: entry.balance_after,
    overage_before: entry.overage_before,
    overage_after: entry.overage_after,
    grant_id: entry.grant_id,
    reason: entry.description,
    metadata: entry.metadata,
    created_at: formatTime(entry.created_at)
  }
}

/** The credits of a customer, for GET /customers/{customer_id}/credit-entitlements. */
export function customerCredits (
  balances: readonly CreditBalance[], { sandbox }: Context
): Array<Required<Schemas['CustomerCreditEntitlementItem']>> {
  return balances.flatMap(({ credit_entitlement_id: id, balance, overage }) => {
    const entitlement = sandbox.creditEntitlements.find(id)
    if (entitlement === undefined) return []
    const { name, unit, description } = entitlement
    return [{ credit_entitlement_id: id, name, unit, description, balance, overage }]
  })
}
