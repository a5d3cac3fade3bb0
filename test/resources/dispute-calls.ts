/** Calls for tests of disputes, the ledger and payouts. */
import type { Test } from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { paymentBody, startEmulator, type PaymentBody, type TestEmulator } from '../helper.js'

export type Dispute = Required<Schemas['GetDisputeResponse']>
export type Entry = Required<Schemas['BalanceLedgerEntryResponse']>

export interface Bank extends TestEmulator {
  /** Sends a request, and checks that it succeeds. */
  done<Json> (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Json>
  /** A succeeded payment. Returns its id. */
  paid (changes?: Partial<PaymentBody>, how?: object): Promise<string>
  dispute (paymentId: string, body?: object): Promise<Dispute>
  settle (disputeId: string, status: string, more?: object): Promise<Dispute>
  /** The types of the events about an object, oldest first. */
  eventsOf (id: string): Promise<string[]>
  move (body: object): Promise<unknown>
  change (settings: object): Promise<unknown>
}

const BUYER = { customer: { email: 'ada@example.com', name: 'Ada' } } satisfies Partial<PaymentBody>

/** An emulator with a frozen clock. */
export async function openBank (t: Test, now = '2030-01-01T00:00:00Z'): Promise<Bank> {
  const shop = startEmulator(t, { clock: now, clockFrozen: 'on' })
  async function done<Json> (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Json> {
    const { status, json, text } = await shop.call(method, path, body === undefined ? {} : { body })
    if (status >= 300) throw new Error(`${method} ${path}: ${text}`)
    return json as Json
  }
  return {
    ...shop,
    done,
    async paid (changes, how = { card: '4242424242424242' }) {
      const { payment_id: id } = await shop.pay(paymentBody({ ...BUYER, ...changes }))
      await done('POST', `/_emulator/payments/${id}/pay`, how)
      return id
    },
    dispute: (paymentId, body = {}) => done('POST', `/_emulator/payments/${paymentId}/dispute`, body),
    settle: (disputeId, status, more) => done('POST', `/_emulator/disputes/${disputeId}/settle`, { status, ...more }),
    async eventsOf (id) {
      const { items } = await shop.get<{ items: Array<{ type: string }> }>(`/_emulator/events?subject_id=${id}&page_size=100`)
      return items.map(({ type }) => type).reverse()
    },
    move: body => done('POST', '/_emulator/clock', body),
    change: settings => done('PATCH', '/_emulator/settings', settings)
  }
}
