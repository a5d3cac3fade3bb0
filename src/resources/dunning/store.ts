/** The store of dunning attempts. A subscription has at most one running attempt. */
import type { Schemas } from '../../contract/operations.js'
import type { Database } from '../../store/database.js'
import type { DunningAttemptsRow } from '../../store/rows.gen.js'

interface ParsedColumns {
  trigger_state: Schemas['DunningEmailSequenceType']
  status: Schemas['DunningStatus']
}

export type DunningAttempt = Omit<DunningAttemptsRow, 'seq' | keyof ParsedColumns> & ParsedColumns

export interface DunningStore {
  insert (attempt: DunningAttempt): void
  /** Writes every field that can change. */
  update (attempt: DunningAttempt): void
  find (dunningId: string): DunningAttempt | undefined
  /** The running attempts of a customer, oldest first. */
  running (customerId: string): DunningAttempt[]
  /** The attempts for a subscription, newest first. */
  ofSubscription (subscriptionId: string): DunningAttempt[]
}

const COLUMNS = ['dunning_id', 'subscription_id', 'customer_id', 'trigger_state', 'status', 'payment_id', 'created_at',
  'reminders'] as const

export function dunningStore (database: Database): DunningStore {
  const insert = database.prepare(
    `INSERT INTO dunning_attempts (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const update = database.prepare(
    'UPDATE dunning_attempts SET status = ?, payment_id = ?, reminders = ? WHERE dunning_id = ?')
  const find = database.prepare<[string], DunningAttempt>(
    `SELECT ${COLUMNS.join(', ')} FROM dunning_attempts WHERE dunning_id = ?`)
  const running = database.prepare<[string], DunningAttempt>(`SELECT ${COLUMNS.join(', ')} FROM dunning_attempts
    WHERE customer_id = ? AND status = 'recovering' ORDER BY seq`)
  const ofSubscription = database.prepare<[string], DunningAttempt>(`SELECT ${COLUMNS.join(', ')} FROM dunning_attempts
    WHERE subscription_id = ? ORDER BY seq DESC`)
  return {
    insert: attempt => { insert.run(...COLUMNS.map(column => attempt[column])) },
    update: ({ dunning_id: id, status, payment_id: paymentId, reminders }) => { update.run(status, paymentId, reminders, id) },
    find: dunningId => find.get(dunningId),
    running: customerId => running.all(customerId),
    ofSubscription: subscriptionId => ofSubscription.all(subscriptionId)
  }
}
