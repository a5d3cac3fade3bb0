/** Bodies of POST /checkouts. */
import type { Test } from 'tap'
import type { Body, Reply, Schemas } from '../../src/contract/operations.js'
import { startEmulator } from '../helper.js'

export type SessionBody = Body<'POST /checkouts'>
type Created = Required<Reply<'POST /checkouts'>>
type Calculation = Required<Reply<'POST /checkouts/preview'>>

export const ADDRESS = { country: 'US', street: '1 Main St', city: 'Springfield', state: 'IL', zipcode: '62701' } as const

export const CONFIRMED: Partial<SessionBody> = { confirm: true, customer: { customer_id: 'cus_ada' }, billing_address: ADDRESS }

export function sessionBody (changes: Partial<SessionBody> = {}): SessionBody {
  return { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], ...changes }
}

export function start (test: Test, options: Parameters<typeof startEmulator>[1] = {}) {
  const started = startEmulator(test, options)
  const answered = async <Json> (url: string, changes: Partial<SessionBody>): Promise<Json> => {
    const { status, json, text } = await started.call('POST', url, { body: sessionBody(changes) })
    test.equal(status, 200, text)
    return json as Json
  }
  return {
    ...started,
    open: (changes: Partial<SessionBody> = {}) => answered<Created>('/checkouts', changes),
    preview: (changes: Partial<SessionBody> = {}) => answered<Calculation>('/checkouts/preview', changes),
    payment: (paymentId: string | null) => started.get<Required<Schemas['PaymentResponse']>>(`/payments/${paymentId}`)
  }
}
