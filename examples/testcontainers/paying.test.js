import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startContainer } from 'dodo-emulator/testcontainers'
import DodoPayments from 'dodopayments'

/** @type {import('dodo-emulator/testcontainers').EmulatorContainer} */
let emulator
before(async () => { emulator = await startContainer() })
after(() => emulator?.stop())

test('takes a payment', async () => {
  const client = new DodoPayments({ bearerToken: emulator.apiKey, baseURL: emulator.baseUrl })
  const { payment_id: id, total_amount: total } = await client.payments.create({
    billing: { country: 'US' },
    customer: { email: 'nina@example.com', name: 'Nina' },
    product_cart: [{ product_id: 'pdt_ebook', quantity: 2 }],
    payment_link: true
  })
  assert.equal(total, 3998)
  await emulator.pay(id, { card: '4242424242424242' })
  assert.equal((await client.payments.retrieve(id)).status, 'succeeded')
})
