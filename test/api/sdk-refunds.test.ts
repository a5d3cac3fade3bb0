/**
 * Refunds, invoices and the clock as in a test of a user's project: the official client, and fetch for the
 * emulator's own API.
 */
import DodoPayments from 'dodopayments'
import t from 'tap'
import { start } from '../../src/index.js'

t.test('works with the official client', async t => {
  const emulator = await start({ refundDelay: '1h' })
  t.teardown(() => emulator.close())
  const client = new DodoPayments({ bearerToken: emulator.apiKey, baseURL: emulator.url })
  const control = async (path: string, body: unknown) => {
    const response = await fetch(`${emulator.url}/_emulator/${path}`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body)
    })
    t.equal(response.status, 200)
  }
  const payment = await client.payments.create({
    billing: { country: 'DE' },
    customer: { email: 'ada@example.com' },
    product_cart: [{ product_id: 'pdt_ebook', quantity: 2 }, { product_id: 'pdt_course', quantity: 1 }]
  })

  t.test('refuses refunds and invoices of unpaid payments', async t => {
    const refused = await client.refunds.create({ payment_id: payment.payment_id }).catch(error => error)
    t.ok(refused instanceof DodoPayments.BadRequestError)
    t.match(refused, { status: 400, error: { code: 'PAYMENT_NOT_SUCCEEDED' } })
    const missing = await client.invoices.payments.retrieve(payment.payment_id).catch(error => error)
    t.ok(missing instanceof DodoPayments.NotFoundError)
  })

  t.test('refunds by item, settled when the clock reaches the time', async t => {
    await control(`payments/${payment.payment_id}/pay`, { card: '4242 4242 4242 4242' })
    const refund = await client.refunds.create({
      payment_id: payment.payment_id, items: [{ item_id: 'pdt_ebook', amount: 1000 }], reason: 'one copy was enough'
    })
    t.match(refund, { status: 'pending', amount: 1000, is_partial: true, currency: 'USD' })
    await control('clock', { advance_ms: 59 * 60_000 })
    t.equal((await client.refunds.retrieve(refund.refund_id)).status, 'pending')
    await control('clock', { advance_ms: 2 * 60_000 })
    t.equal((await client.refunds.retrieve(refund.refund_id)).status, 'succeeded')
    const after = await client.payments.retrieve(payment.payment_id)
    t.match(after, { status: 'succeeded', refund_status: 'partial', refunds: [{ refund_id: refund.refund_id }] })
    const listed: string[] = []
    for await (const item of client.refunds.list({ page_number: 0, status: 'succeeded' })) listed.push(item.refund_id)
    t.strictSame(listed, [refund.refund_id])
    const receipt = await client.invoices.payments.retrieveRefund(refund.refund_id)
    t.equal(receipt.headers.get('content-type'), 'application/pdf')
  })

  t.test('serves the invoice as a PDF at the URL of the payment, without a key', async t => {
    const invoice = await client.invoices.payments.retrieve(payment.payment_id)
    const bytes = Buffer.from(await invoice.arrayBuffer())
    t.equal(bytes.subarray(0, 5).toString('latin1'), '%PDF-')
    const { invoice_url: url } = await client.payments.retrieve(payment.payment_id)
    const again = await fetch(String(url))
    t.equal(again.status, 200)
    t.ok(bytes.equals(Buffer.from(await again.arrayBuffer())))
  })
})
