import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import DodoPayments from 'dodopayments'
import { startEmulator } from './emulator.js'

/** @type {Awaited<ReturnType<typeof startEmulator>>} */
let emulator
before(async () => { emulator = await startEmulator() })
after(() => emulator?.stop())

test('takes a payment', async () => {
  const client = new DodoPayments({ bearerToken: 'test', baseURL: emulator.url })
  const { payment_id: id, total_amount: total } = await client.payments.create({
    billing: { country: 'US' },
    customer: { email: 'nina@example.com', name: 'Nina' },
    product_cart: [{ product_id: 'pdt_ebook', quantity: 2 }],
    payment_link: true
  })
  assert.equal(total, 3998)
  await emulator.control('POST', `payments/${id}/pay`, { card: '4242424242424242' })
  assert.equal((await client.payments.retrieve(id)).status, 'succeeded')
})
