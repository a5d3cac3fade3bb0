// Creates payments in a running emulator with the official client and prints the id of one, or reads a payment:
//
//   node .ci/payment.mjs URL [PAYMENT_ID]
import assert from 'node:assert/strict'
import DodoPayments from 'dodopayments'

const [baseURL, id] = process.argv.slice(2)
const client = new DodoPayments({ bearerToken: 'any key', baseURL, maxRetries: 0 })

if (id === undefined) {
  // The published sample, unchanged.
  const sample = await client.payments.create({
    billing: { country: 'AF' },
    customer: { customer_id: 'customer_id' },
    product_cart: [{ product_id: 'product_id', quantity: 0 }]
  }).withResponse()
  assert.equal(sample.response.status, 200)
  assert.equal(sample.data.total_amount, 0)

  const priced = await client.payments.create({
    billing: { country: 'US' },
    customer: { email: 'ci@example.com' },
    product_cart: [{ product_id: 'product_id', quantity: 2 }],
    discount_code: 'SAVE10',
    payment_link: true
  }).withResponse()
  assert.equal(priced.response.status, 200)
  assert.equal(priced.data.total_amount, 1800)
  assert.ok(priced.data.payment_link.startsWith(baseURL), `the link leads elsewhere: ${priced.data.payment_link}`)
  console.log(priced.data.payment_id)
} else {
  const payment = await client.payments.retrieve(id)
  assert.equal(payment.payment_id, id)
  assert.equal(payment.total_amount, 1800)
}
