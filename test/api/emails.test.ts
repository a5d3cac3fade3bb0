/** The mailbox through the functions of start(). */
import DodoPayments from 'dodopayments'
import t from 'tap'
import { start } from '../../src/index.js'

t.test('emails and waitForEmail', async t => {
  const emulator = await start()
  t.teardown(() => emulator.close())
  await t.rejects(emulator.waitForEmail({ to: 'ada@example.com', type: 'license_key' }, { timeout: 30 }), {
    message: 'no e-mail with to ada@example.com, type license_key within 30 ms; the mailbox holds: nothing'
  })
  const client = new DodoPayments({ bearerToken: 'test', baseURL: emulator.url })
  const { payment_id: id } = await client.payments.create({
    billing: { country: 'US' }, customer: { customer_id: 'cus_ada' }, product_cart: [{ product_id: 'pdt_license', quantity: 1 }]
  })
  const waiting = emulator.waitForEmail({ to: 'ada@example.com', type: 'license_key' })
  await emulator.pay(id)
  const { text, payment_id: paymentId } = await waiting
  const { items: [key] } = await client.licenseKeys.list()
  t.equal(paymentId, id)
  t.ok(text.includes(key?.key ?? '-'))
  t.strictSame((await emulator.emails({ payment_id: id })).map(({ type }) => type).sort(), ['license_key', 'payment_receipt'])
  const visitor = new DodoPayments({ bearerToken: 'public', baseURL: emulator.url })
  const { id: instance, product } = await visitor.licenses.activate({ license_key: key?.key ?? '', name: 'laptop' })
  t.equal(product.product_id, 'pdt_license')
  t.strictSame(await visitor.licenses.validate({ license_key: key?.key ?? '', license_key_instance_id: instance }), { valid: true })
  await visitor.licenses.deactivate({ license_key: key?.key ?? '', license_key_instance_id: instance })
  t.match(await client.licenseKeys.retrieve(key?.id ?? ''), { instances_count: 0 })
})
