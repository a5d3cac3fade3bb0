/** The control operations on disputes, the balance and payouts as functions for tests. */
import type { Schemas } from '../contract/operations.js'
import type { components } from '../contract/control-types.gen.js'
import type { Ask } from './controls.js'

type ControlSchemas = components['schemas']

export type Dispute = Required<Schemas['GetDisputeResponse']>
/** `challenged`, `accepted`, `cancelled`, `expired`, `won`, `lost` or `opened`. */
export type DisputeOutcome = ControlSchemas['SettleDispute']['status']

export type Payout = Required<Schemas['PayoutsResponse']>
export type PayoutOutcome = ControlSchemas['SettlePayout']['status']
export type LedgerEntry = Required<Schemas['BalanceLedgerEntryResponse']>
export type Balance = ControlSchemas['Balances']['items'][number]

export interface MoneyControls {
  /** Opens a dispute of a succeeded payment: `openDispute(id, { amount: 500, reason: 'duplicate' })`. Resolves to the dispute. */
  openDispute (paymentId: string, how?: ControlSchemas['OpenDispute']): Promise<Dispute>
  /** Changes the status of a dispute: `settleDispute(id, 'won')`. Resolves to the dispute. */
  settleDispute (
    disputeId: string, status: DisputeOutcome, more?: Omit<ControlSchemas['SettleDispute'], 'status'>
  ): Promise<Dispute>
  /** The wallets of the business. `GET /balances/ledger` lists their entries. */
  balances (): Promise<Balance[]>
  /** Books an entry of the ledger: `bookLedgerEntry({ event_type: 'adjustment', amount: 500 })`. Resolves to the entry. */
  bookLedgerEntry (entry: ControlSchemas['BookLedgerEntry']): Promise<LedgerEntry>
  /** Pays out the balance: `createPayout({ amount: 10_000, status: 'success' })`. Resolves to the payout. */
  createPayout (how?: ControlSchemas['CreatePayout']): Promise<Payout>
  /** Changes the status of a payout: `settlePayout(id, 'failed')`. Resolves to the payout. */
  settlePayout (payoutId: string, status: PayoutOutcome, remarks?: string): Promise<Payout>
}

export function moneyControls (ask: Ask): MoneyControls {
  return {
    openDispute: (id, body = {}) =>
      ask('POST /_emulator/payments/{payment_id}/dispute', { path: { payment_id: id }, body }) as Promise<Dispute>,
    settleDispute: (id, status, more = {}) => ask('POST /_emulator/disputes/{dispute_id}/settle', {
      path: { dispute_id: id }, body: { ...more, status }
    }) as Promise<Dispute>,
    balances: async () => (await ask('GET /_emulator/balances')).items,
    bookLedgerEntry: body => ask('POST /_emulator/ledger/entries', { body }) as Promise<LedgerEntry>,
    createPayout: (body = {}) => ask('POST /_emulator/payouts', { body }) as Promise<Payout>,
    settlePayout: (id, status, remarks) => ask('POST /_emulator/payouts/{payout_id}/settle', {
      path: { payout_id: id }, body: { status, ...(remarks === undefined ? {} : { remarks }) }
    }) as Promise<Payout>
  }
}
