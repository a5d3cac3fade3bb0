/** Discounts through the official client over HTTP. */
import DodoPayments from 'dodopayments'
import t from 'tap'
import { start } from '../../src/index.js'

t.test('the official client can', async t => {
  const emulator = await start()
  t.teardown(() => emulator.close())
  const client = new DodoPayments({ bearerToken: emulator.apiKey, baseURL: emulator.url })
  const payment = (code: string) => client.payments.create({
    billing: { country: 'US' },
    customer: { email: 'ada@example.com' },
    discount_codes: [code],
    product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }]
  })

  t.test('create, read, change, list and delete discounts', async t => {
    const made = await client.discounts.create({ type: 'percentage', amount: 540, code: 'launch', name: 'Launch' })
    t.match(made, { code: 'LAUNCH', amount: 540, times_used: 0 })
    t.strictSame(await client.discounts.retrieve(made.discount_id), made)
    t.strictSame(await client.discounts.retrieveByCode('launch'), made)
    const changed = await client.discounts.update(made.discount_id, { amount: 1000, restricted_to: ['pdt_ebook'] })
    t.match(changed, { amount: 1000, restricted_to: ['pdt_ebook'], name: 'Launch' })
    const generated = await client.discounts.create({ type: 'percentage', amount: 100 })
    t.equal(generated.code.length, 16)
    const listed: string[] = []
    for await (const { code } of client.discounts.list({ page_number: 0, page_size: 7 })) listed.push(code)
    t.strictSame(listed.slice(0, 2), [generated.code, 'LAUNCH'])
    t.ok(listed.length > 30, 'page after page')
    t.equal(new Set(listed).size, listed.length)
    t.equal(await client.discounts.delete(made.discount_id) ?? undefined, undefined)
    const gone = await client.discounts.retrieveByCode('LAUNCH').catch(error => error)
    t.ok(gone instanceof DodoPayments.NotFoundError)
  })

  t.test('use the allow-list, for which it has no methods', async t => {
    const { discount_id: id } = await client.discounts.create({
      type: 'percentage', amount: 100, code: 'FRIENDS', customer_eligibility: 'specific'
    })
    const path = `/discounts/${id}/customers`
    t.strictSame(await client.post(path, { body: { customer_ids: ['cus_ada'] } }), { items: [{ customer_id: 'cus_ada' }] })
    t.strictSame(await client.get(path), { items: [{ customer_id: 'cus_ada' }] })
    await client.delete(`${path}/cus_ada`)
    t.strictSame(await client.get(path), { items: [] })
  })

  t.test('create a flat discount that one payment uses up', async t => {
    await client.discounts.create({
      type: 'flat',
      amount: 500,
      code: 'FIRST',
      usage_limit: 1,
      currency_options: [{ currency: 'USD', max_amount_possible: 500 }]
    })
    const { payment_id: paymentId, total_amount: total } = await payment('first')
    t.equal(total, 1499)
    const paid = await fetch(`${emulator.url}/_emulator/payments/${paymentId}/pay`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"outcome":"succeeded"}'
    })
    t.equal(paid.status, 200)
    const refused = await payment('FIRST').catch(error => error)
    t.ok(refused instanceof DodoPayments.UnprocessableEntityError)
    t.match(refused, { status: 422, error: { code: 'DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED' } })
    const read = await client.discounts.retrieveByCode('FIRST').catch(error => error)
    t.match(read, { status: 422, error: { code: 'DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED' } })
  })

  t.test("explains why the sample of the client's documentation is refused", async t => {
    const refused = await client.discounts.create({ amount: 0, type: 'flat' }).catch(error => error)
    t.match(refused, { status: 422, error: { code: 'INVALID_REQUEST_PARAMETERS', message: 'amount must be at least 1, not 0' } })
  })

  t.test('lists countries without a key', async t => {
    const response = await fetch(`${emulator.url}/checkout/supported_countries`)
    t.equal(response.status, 200)
    t.ok((await response.json() as string[]).includes('US'))
  })
})
