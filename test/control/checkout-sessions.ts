/** An emulator whose checkout sessions a test completes through the control API. */
import type { Test } from 'tap'
import type { Body, Reply, Schemas } from '../../src/contract/operations.js'
import { startEmulator, type Refusal } from '../helper.js'

export type SessionBody = Body<'POST /checkouts'>
type Payment = Required<Schemas['PaymentResponse']>

export const ADDRESS = { country: 'US', street: '1 Main St', city: 'Springfield', state: 'IL', zipcode: '62701' } as const
export const BUYER = { customer: { email: 'nina@example.com', name: 'Nina New' }, billing_address: ADDRESS } as const
export const HOUR_MS = 3_600_000

interface Event {
  type: string
  payment_id: string
  body: { data: Record<string, unknown> }
}

export function start (test: Test, options: Parameters<typeof startEmulator>[1] = {}) {
  const started = startEmulator(test, options)
  const { call, stored } = started
  const act = (id: string, action: string, body?: object) =>
    call('POST', `/_emulator/checkouts/${id}/${action}`, body === undefined ? {} : { body })

  return {
    ...started,
    act,
    /** A session that a customer can pay without changes. */
    async open (changes: Partial<SessionBody> = {}): Promise<string> {
      const body = { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], ...BUYER, ...changes }
      const { status, json, text } = await call('POST', '/checkouts', { body })
      test.equal(status, 200, text)
      return (json as Required<Reply<'POST /checkouts'>>).session_id
    },
    async done<Json = Payment> (id: string, action: string, body?: object): Promise<Json> {
      const { status, json, text } = await act(id, action, body)
      test.equal(status, 200, text)
      return json as Json
    },
    /** The refusal of an action, after a check that nothing was stored. */
    async refused (id: string, action: string, body?: object): Promise<Refusal> {
      const before = stored()
      const { status, json, text } = await act(id, action, body)
      test.equal(status, 422, text)
      test.strictSame(stored(), before, 'nothing was stored')
      return json as Refusal
    },
    async events (): Promise<Event[]> {
      return (await started.get<{ items: Event[] }>('/_emulator/events')).items.reverse()
    }
  }
}
