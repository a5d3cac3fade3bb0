/**
 * The lifecycle of a payout. It takes its amount and its fee from the wallets when it is created, claims the entries that it pays
 * out, and gives everything back when it fails.
 */
import type { components } from '../../contract/control-types.gen.js'
import { emitAll } from '../../delivery/emit.js'
import { ApiError } from '../../errors.js'
import { cycleEnd } from '../../rules/payout-calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { book } from '../ledger/book.js'
import type { LedgerEntry } from '../ledger/store.js'
import { breakup } from './breakup.js'
import { checkFunds, cycleGroup, groupOf, planPayout, type PayoutPlan } from './rules.js'
import { payoutStates, type PayoutAction } from './states.js'
import type { Payout } from './store.js'

type CreatePayout = components['schemas']['CreatePayout']
type SettlePayout = components['schemas']['SettlePayout']

/** Closes a cycle, of the business. */
export const CYCLE_JOB = 'payout.cycle'
/** Hands a payout of a cycle to the bank on its due date. */
export const START_JOB = 'payout.start'
/** Ends a payout of a cycle, a day later. */
export const END_JOB = 'payout.end'

const DAY_US = 86_400_000_000

/** The transitions from creation to a status. */
const STEPS: Readonly<Record<Payout['status'], readonly PayoutAction[]>> = {
  not_initiated: [],
  in_progress: ['start'],
  on_hold: ['hold'],
  success: ['start', 'succeed'],
  failed: ['start', 'fail']
}

const ACTIONS: Readonly<Record<SettlePayout['status'], PayoutAction>> = {
  in_progress: 'start', on_hold: 'hold', success: 'succeed', failed: 'fail'
}

/** Creates a payout on demand. Throws INVALID_REQUEST_PARAMETERS if the balance does not allow it. */
export function createPayout (body: CreatePayout, context: Context): Payout {
  const { currency, amount, ignore_threshold: ignores, status = 'not_initiated', name = null, remarks = null } = body
  const plan = planPayout(groupOf(currency, context), { amount, ignore_threshold: ignores }, context)
  if (plan instanceof ApiError) throw plan
  const created = create(plan, { name, remarks }, context)
  return STEPS[status].reduce((payout, action) => record(action, payout, remarks, context), created)
}

/** Changes the status of a payout. Throws INVALID_REQUEST_PARAMETERS if its state or the balance does not allow it. */
export function settlePayout (payout: Payout, { status, remarks }: SettlePayout, context: Context): Payout {
  const action = ACTIONS[status]
  payoutStates.check(action, payout, context)
  if (payout.status === 'failed') checkFunds(payout, context)
  context.sandbox.due.remove(payout.payout_id)
  return record(action, payout, remarks ?? payout.remarks, context)
}

function create (
  { currency, gross, fee, debits }: PayoutPlan, { name, remarks }: Pick<Payout, 'name' | 'remarks'>, context: Context
): Payout {
  const { sandbox, now } = context
  const payoutId = sandbox.ids.chosen('pyt') ?? sandbox.ids.next('pyt', now)
  const { events } = payoutStates.transition('create', { payout_id: payoutId, status: null }, context)
  const payout: Payout = {
    payout_id: payoutId,
    created_at: now,
    updated_at: now,
    status: 'not_initiated',
    currency,
    amount: gross - fee,
    fee,
    debits,
    name,
    remarks,
    refunds: 0,
    chargebacks: 0,
    tax: 0
  }
  sandbox.payouts.insert(payout)
  const taken = take(payout, context)
  sandbox.payouts.update(taken)
  emitAll(events, payoutId, {}, context)
  return taken
}

function record (action: PayoutAction, payout: Payout, remarks: string | null, context: Context): Payout {
  const { sandbox, now } = context
  const { to: status = payout.status, events } = payoutStates.transition(action, payout, context)
  const changed = { ...payout, status, remarks, updated_at: now }
  if (status === 'failed') giveBack(payout, context)
  const next = payout.status === 'failed' ? take(changed, context) : changed
  sandbox.payouts.update(next)
  emitAll(events, payout.payout_id, {}, context)
  return next
}

/**
 * Books the debits, and claims the oldest entries of each wallet that no payout pays out: all of them, or those until whose sum
 * reaches the debit. Returns the payout with their sums.
 */
function take (payout: Payout, context: Context): Payout {
  const { ledger, payouts } = context.sandbox
  for (const { currency, amount, fee } of payout.debits) {
    const open = payouts.unclaimed(currency)
    const isAll = ledger.balance(currency) === amount + fee
    const last = (isAll ? undefined : ledger.firstReaching(currency, open, amount + fee)) ?? ledger.lastSeq()
    const claimed = open.flatMap(({ from, to }) => from > last ? [] : [{ from, to: Math.min(to, last) }])
    payouts.claim(payout.payout_id, currency, claimed)
  }
  bookAll(payout, ['payout', 'payout_fees'], false, context)
  return { ...payout, ...returnedIn(payout, context) }
}

function giveBack (payout: Payout, context: Context): void {
  bookAll(payout, ['payout_reversal', 'payout_fees_reversal'], true, context)
  context.sandbox.payouts.release(payout.payout_id)
}

function bookAll (
  { payout_id: payoutId, debits }: Payout, [ofAmount, ofFee]: [LedgerEntry['event_type'], LedgerEntry['event_type']],
  isCredit: boolean, context: Context
): void {
  for (const { currency, amount, fee } of debits) {
    const about = { currency: currency as LedgerEntry['currency'], reference_object_id: payoutId }
    book(ofAmount, amount, isCredit, about, context)
    book(ofFee, fee, isCredit, about, context)
  }
}

/** The deprecated sums of a payout, at least 0. */
function returnedIn (payout: Payout, context: Context): Pick<Payout, 'refunds' | 'chargebacks' | 'tax'> {
  const totals = new Map(breakup(payout, context.sandbox).map(({ event_type: type, total }) => [type, total]))
  const debited = (...types: string[]) => Math.max(0 - types.reduce((sum, type) => sum + (totals.get(type) ?? 0), 0), 0)
  return {
    refunds: debited('refund', 'refund_reversal'),
    chargebacks: debited('dispute', 'dispute_reversal'),
    tax: debited('tax', 'tax_reversal')
  }
}

/** Plans the end of the current cycle if payouts are automatic, and otherwise removes it. Called when settings change. */
export function planCycle ({ sandbox, now }: Context): void {
  const { 'payouts.mode': mode, 'payouts.cycle': cycle } = sandbox.businessSettings.read()
  const { business_id: id } = sandbox.business
  if (mode === 'auto') sandbox.due.add(cycleEnd(now, cycle).closesAt, CYCLE_JOB, id)
  else sandbox.due.remove(id, CYCLE_JOB)
}

/** Closes a cycle: creates a payout of each group that reaches its threshold. The balances of the others carry over. */
export function closeCycle (_businessId: string, context: Context): void {
  const { sandbox, now } = context
  const { 'payouts.cycle': cycle } = sandbox.businessSettings.read()
  for (const currency of ['INR', 'USD'] as const) {
    const plan = planPayout(cycleGroup(currency, context), {}, context)
    if (plan instanceof ApiError) continue
    const { payout_id: id } = create(plan, { name: null, remarks: null }, context)
    sandbox.due.add(cycleEnd(now - 1, cycle).dueAt, START_JOB, id)
  }
  planCycle(context)
}

export function startWhenDue (payoutId: string, context: Context): void {
  const payout = context.sandbox.payouts.find(payoutId)
  if (payout === undefined || !payoutStates.can('start', payout, context)) return
  record('start', payout, payout.remarks, context)
  context.sandbox.due.add(context.now + DAY_US, END_JOB, payoutId)
}

export function endWhenDue (payoutId: string, context: Context): void {
  const payout = context.sandbox.payouts.find(payoutId)
  const action = ACTIONS[context.sandbox.businessSettings.read()['payouts.outcome']]
  if (payout !== undefined && payoutStates.can(action, payout, context)) record(action, payout, payout.remarks, context)
}
