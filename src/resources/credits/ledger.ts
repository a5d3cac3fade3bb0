/**
 * Books changes of a customer's credits: the balance, the grants, the ledger entries, their events, and the event of a low
 * balance. Every change of credits uses this module, in a transaction. rules/credit-ledger.ts decides the movements.
 */
import type { EventType } from '../../delivery/catalogue.js'
import { emit } from '../../delivery/emit.js'
import type { EventLinks } from '../../delivery/store.js'
import { formatCredits, toCredits } from '../../rules/credit-amounts.js'
import {
  balanceOf, type Booking, type CreditAccount, type HeldGrant, type Movement
} from '../../rules/credit-ledger.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { CreditEntitlement } from '../credit-entitlements/store.js'
import { announceLowBalance } from './low-balance.js'
import type { CreditBalance, CreditEntry, CreditGrant, TransactionType } from './store.js'

/** A customer's credits of one entitlement, ready for the functions of rules/credit-ledger.ts. */
export interface OpenAccount {
  entitlement: CreditEntitlement
  customer_id: string
  account: CreditAccount
}

/** The cause of a booking. */
export interface Cause extends Pick<CreditEntry, 'brand_id' | 'reference_type' | 'reference_id'> {
  /** By type of movement, or one for all. */
  description: string | null | Partial<Record<TransactionType, string>>
  metadata?: CreditEntry['metadata']
  idempotency_key?: string | null
  links?: Partial<EventLinks>
}

const EVENTS: Partial<Record<TransactionType, EventType>> = {
  credit_added: 'credit.added',
  credit_deducted: 'credit.deducted',
  credit_expired: 'credit.expired',
  credit_rolled_over: 'credit.rolled_over',
  rollover_forfeited: 'credit.rollover_forfeited',
  overage_charged: 'credit.overage_charged',
  overage_reset: 'credit.overage_reset',
  manual_adjustment: 'credit.manual_adjustment'
}

/** Reads the credits of a customer as they are stored. */
export function readAccount (entitlement: CreditEntitlement, customerId: string, { sandbox }: Context): OpenAccount {
  const { credit_entitlement_id: id, precision } = entitlement
  const holder = { customer_id: customerId, credit_entitlement_id: id }
  const balance = sandbox.credits.findBalance(holder)
  const grants = balance === undefined ? [] : sandbox.credits.grantsLeft(holder)
  return {
    entitlement,
    customer_id: customerId,
    account: {
      grants: grants.map(({ grant_id: grantId, remaining_amount: left }) => ({ id: grantId, left: toCredits(left, precision) })),
      overage: toCredits(balance?.overage ?? '0', precision)
    }
  }
}

/** The fields of a new grant that its source decides. */
export type NewGrant = Pick<CreditGrant, 'source_type' | 'source_id' | 'subscription_id' | 'expires_at'> &
  Partial<Pick<CreditGrant, 'ends_with_trial' | 'prorates' | 'rollover' | 'rollover_count' | 'parent_grant_id' | 'metadata'>>

/** Stores a grant, and returns it for `addGrant` or `rollOver`. */
export function createGrant (
  { entitlement, customer_id: customerId }: OpenAccount, amount: bigint, given: NewGrant, { sandbox, now }: Context
): HeldGrant {
  const text = formatCredits(amount, entitlement.precision)
  const grantId = sandbox.ids.next('cgr', now)
  sandbox.credits.insertGrant({
    grant_id: grantId,
    credit_entitlement_id: entitlement.credit_entitlement_id,
    customer_id: customerId,
    initial_amount: text,
    remaining_amount: text,
    is_expired: false,
    ends_with_trial: false,
    prorates: false,
    rollover: null,
    rollover_count: 0,
    is_rolled_over: false,
    parent_grant_id: null,
    metadata: null,
    created_at: now,
    updated_at: now,
    ...given
  })
  return { id: grantId, left: amount }
}

/** Writes a booking with its entries and events. Returns the entries in order. */
export function book (open: OpenAccount, { account, movements }: Booking, cause: Cause, context: Context): CreditEntry[] {
  if (movements.length === 0) return []
  const { customer_id: customerId } = open
  writeGrants(open, account, context)
  writeBalance(open, account, context)
  const entries = movements.map((movement, index) => writeEntry(open, movement, index === 0, cause, context))
  for (const { transaction_type: type, entry_id: id } of entries) {
    const event = EVENTS[type]
    if (event !== undefined) emit(event, id, { customer_id: customerId, ...cause.links }, context)
  }
  const change = { before: balanceOf(open.account), after: balanceOf(account) }
  announceLowBalance(open.entitlement, customerId, change, context)
  return entries
}

function writeGrants (
  { entitlement: { precision }, account: before }: OpenAccount, after: CreditAccount, context: Context
): void {
  const { sandbox: { credits }, now } = context
  const left = new Map(after.grants.map(({ id, left }) => [id, left]))
  const known = new Map(before.grants.map(({ id, left }) => [id, left]))
  for (const id of new Set([...known.keys(), ...left.keys()])) {
    const remaining = left.get(id) ?? 0n
    if (known.get(id) === remaining) continue
    const grant = credits.findGrant(id)
    if (grant === undefined) throw new Error(`there is no grant ${id} of credits`)
    const text = formatCredits(remaining, precision)
    if (grant.remaining_amount !== text) credits.updateGrant({ ...grant, remaining_amount: text, updated_at: now })
  }
}

function writeBalance ({ entitlement, customer_id: customerId }: OpenAccount, after: CreditAccount, context: Context): void {
  const { sandbox: { credits, ids }, now } = context
  const { credit_entitlement_id: id, precision } = entitlement
  const known = credits.findBalance({ customer_id: customerId, credit_entitlement_id: id })
  const changes = {
    balance: formatCredits(balanceOf(after), precision),
    overage: formatCredits(after.overage, precision),
    updated_at: now,
    last_transaction_at: now
  }
  if (known !== undefined) return credits.updateBalance({ ...known, ...changes })
  const balance: CreditBalance = {
    balance_id: ids.next('ccb', now), credit_entitlement_id: id, customer_id: customerId, created_at: now, ...changes
  }
  credits.insertBalance(balance)
}

function writeEntry (
  { entitlement, customer_id: customerId }: OpenAccount, movement: Movement, isFirst: boolean, cause: Cause,
  { sandbox, now }: Context
): CreditEntry {
  const { precision, credit_entitlement_id: id } = entitlement
  const { description, metadata = {}, idempotency_key: key = null } = cause
  const text = (units: bigint) => formatCredits(units, precision)
  const entry: CreditEntry = {
    entry_id: sandbox.ids.next('cle', now),
    credit_entitlement_id: id,
    customer_id: customerId,
    brand_id: cause.brand_id,
    transaction_type: movement.type,
    amount: text(movement.amount),
    is_credit: movement.is_credit,
    balance_before: text(movement.balance_before),
    balance_after: text(movement.balance_after),
    overage_before: text(movement.overage_before),
    overage_after: text(movement.overage_after),
    grant_id: movement.grant_id,
    reference_type: cause.reference_type,
    reference_id: cause.reference_id,
    description: typeof description === 'object' ? description?.[movement.type] ?? null : description,
    metadata,
    idempotency_key: isFirst ? key : null,
    created_at: now
  }
  sandbox.credits.insertEntry(entry)
  return entry
}
