/** An emulator started by start() in the process of a test, with a client of the API. */
import DodoPayments from 'dodopayments'
import type { Test } from 'tap'
import { start, type Emulator, type StartOptions } from '../../src/index.js'

export function paymentBody (changes: Partial<DodoPayments.PaymentCreateParams> = {}): DodoPayments.PaymentCreateParams {
  return {
    billing: { country: 'US' },
    customer: { customer_id: 'cus_ada' },
    product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }],
    ...changes
  }
}

export async function started (test: Test, options: StartOptions = {}): Promise<Emulator & { client: DodoPayments }> {
  const emulator = await start(options)
  test.teardown(() => emulator.close())
  return { ...emulator, client: new DodoPayments({ bearerToken: emulator.apiKey, baseURL: emulator.url, maxRetries: 0 }) }
}
