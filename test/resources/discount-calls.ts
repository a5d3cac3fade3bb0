/** Calls that make and change discounts. */
import type { Schemas } from '../../src/contract/operations.js'
import type { Answer, TestEmulator } from '../helper.js'

export type Json = Record<string, unknown>
export type Discount = Required<Schemas['DiscountResponse']>

export const HALF = { type: 'percentage', amount: 5000 }
export const FIVE_DOLLARS = { type: 'flat', amount: 500, currency_options: [{ currency: 'USD', max_amount_possible: 500 }] }

export async function create (emulate: TestEmulator, body: Json): Promise<Discount> {
  return expect200<Discount>(await emulate.call('POST', '/discounts', { body }))
}

export async function change (emulate: TestEmulator, id: string, body: Json): Promise<Discount> {
  return expect200<Discount>(await emulate.call('PATCH', `/discounts/${id}`, { body }))
}

export function expect200<Reply> ({ status, text, json }: Answer): Reply {
  if (status !== 200) throw new Error(`${status} ${text}`)
  return json as Reply
}

export const pay = (emulate: TestEmulator, paymentId: string) =>
  emulate.call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { outcome: 'succeeded' } })
