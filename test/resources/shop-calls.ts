/** Calls that a shop makes to sell subscriptions with checkout sessions. */
import type { Body, Reply, Schemas } from '../../src/contract/operations.js'
import { ADDRESS } from './checkout-bodies.js'
import type { Shop } from './subscription-calls.js'

export type SessionBody = Body<'POST /checkouts'>
export type Preview = Required<Reply<'POST /checkouts/preview'>>
export type Payment = Required<Schemas['PaymentResponse']>

export const ADA = { customer: { customer_id: 'cus_ada' }, billing_address: ADDRESS }

/** The reply to a call that must succeed. */
export async function post<Json> (shop: Shop, url: string, body: object = {}): Promise<Json> {
  const { status, json, text } = await shop.call('POST', url, { body })
  if (status !== 200) throw new Error(`${url}: ${status} ${text}`)
  return json as Json
}

/** Creates a session and returns its id. */
export async function open (shop: Shop, body: SessionBody): Promise<string> {
  return (await post<Required<Reply<'POST /checkouts'>>>(shop, '/checkouts', body)).session_id
}

export async function preview (shop: Shop, body: SessionBody): Promise<Preview> {
  return await post<Preview>(shop, '/checkouts/preview', body)
}

/** Pays a session with a card that succeeds, or as `how` says. */
export async function pay (shop: Shop, id: string, how: object = { card: '4242424242424242' }): Promise<Payment> {
  return await post<Payment>(shop, `/_emulator/checkouts/${id}/pay`, how)
}
