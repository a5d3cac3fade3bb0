/** Books a manual credit or debit. */
import type { Schemas } from '../../contract/operations.js'
import { addGrant } from '../../rules/credit-ledger.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { CreditEntitlement } from '../credit-entitlements/store.js'
import { openAccount, scheduleExpiry } from './expiry.js'
import { book, createGrant } from './ledger.js'
import { repaysOverage } from './overage.js'
import { decideDebit, decideEntry } from './rules.js'
import type { CreditEntry } from './store.js'

/** Decides and books an entry. Returns its ledger entry. */
export function bookManually (
  body: Schemas['CreateLedgerEntryRequest'], entitlement: CreditEntitlement, customerId: string, context: Context
): CreditEntry {
  const { sandbox } = context
  const { amount, expires_at: expiresAt } = decideEntry(body, entitlement, customerId, context)
  const isSplit = sandbox.businessSettings.read().credit_manual_type === 'split'
  const open = openAccount(entitlement, customerId, context)
  const { reason: description = null, metadata, idempotency_key: key = null } = body
  const cause = {
    brand_id: sandbox.business.business_id,
    reference_type: 'api',
    reference_id: null,
    description,
    metadata: metadata ?? {},
    idempotency_key: key
  }
  if (body.entry_type === 'debit') {
    const booking = decideDebit(open, amount, isSplit ? 'credit_deducted' : 'manual_adjustment', context)
    return first(book(open, booking, cause, context))
  }
  const grant = createGrant(open, amount, {
    source_type: 'api', source_id: null, subscription_id: null, expires_at: expiresAt, metadata: metadata ?? null
  }, context)
  scheduleExpiry({ grant_id: grant.id, expires_at: expiresAt }, context)
  const repays = repaysOverage(entitlement, customerId, context)
  const booking = addGrant(open.account, grant, { type: isSplit ? 'credit_added' : 'manual_adjustment', repays })
  return first(book(open, booking, cause, context))
}

function first ([entry]: readonly CreditEntry[]): CreditEntry {
  if (entry === undefined) throw new Error('a manual entry has no movement')
  return entry
}
