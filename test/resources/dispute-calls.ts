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

export interface Sale {
  price: number
  currency?: string
  country?: string
  inclusive?: boolean
}

/** A succeeded payment of one product with this price. Returns its id. */
export async function sold (bank: Bank, { price, currency = 'USD', country = 'US', inclusive = false }: Sale): Promise<string> {
  const { product_id: id } = await bank.done<{ product_id: string }>('POST', '/products', {
    name: 'Thing',
    tax_category: 'saas',
    price: { type: 'one_time_price', currency, price, discount: 0, purchasing_power_parity: false, tax_inclusive: inclusive }
  })
  return await bank.paid({ product_cart: [{ product_id: id, quantity: 1 }], billing: { country: country as 'US' } })
}

export async function entries (bank: Bank, query = 'page_size=100'): Promise<Entry[]> {
  return (await bank.get<{ items: Entry[] }>(`/balances/ledger?${query}`)).items
}

/** `['payment', 1000]`, negative for a debit, in the order of booking. */
export async function rows (bank: Bank, query?: string): Promise<Array<[string, number]>> {
  const booked = (await entries(bank, query)).reverse()
  return booked.map(({ event_type: type, amount, is_credit: adds }) => [type, adds ? amount : -amount])
}

export const refund = (bank: Bank, paymentId: string) => bank.done<{ refund_id: string }>('POST', '/refunds', { payment_id: paymentId })

export async function refundPart (bank: Bank, paymentId: string, amount: number): Promise<string> {
  const { product_cart: cart } = await bank.get<Required<Schemas['PaymentResponse']>>(`/payments/${paymentId}`)
  const items = [{ item_id: cart?.[0]?.product_id ?? '', amount, tax_inclusive: true }]
  const { refund_id: id } = await bank.done<{ refund_id: string }>('POST', '/refunds', { payment_id: paymentId, items })
  return id
}

export const SPAIN: Sale = { price: 5000, country: 'ES' }
export const INDIA: Sale = { price: 171_724, currency: 'INR', country: 'IN', inclusive: true }

export type Rows = Array<[string, number]>
export const OF_SPAIN: Rows = [['payment', 6050], ['tax', -1050], ['payment_fees', -373]]
export const OF_US: Rows = [['payment', 1000], ['payment_fees', -80]]
