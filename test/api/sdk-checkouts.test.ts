/** Checkout sessions of a program: the official client over real HTTP, and a customer's form in between. */
import DodoPayments from 'dodopayments'
import t from 'tap'
import { start } from '../../src/index.js'

t.test('completes sessions', async t => {
  const emulator = await start()
  t.teardown(() => emulator.close())
  const client = new DodoPayments({ bearerToken: emulator.apiKey, baseURL: emulator.url })
  const cart = [{ product_id: 'pdt_course', quantity: 1 }]

  t.test('with a preview, a session, the customer and the payment', async t => {
    const preview = await client.checkoutSessions.preview({
      product_cart: cart, billing_address: { country: 'DE' }, discount_codes: ['SAVE10']
    })
    t.match(preview, { total_price: 4198, currency: 'USD', total_tax: 670, current_breakup: { subtotal: 4900, discount: 1372 } })
    const session = await client.checkoutSessions.create({
      product_cart: cart,
      billing_address: { country: 'DE' },
      discount_codes: ['SAVE10'],
      customer: { email: 'nina@example.com', name: 'Nina' },
      metadata: { order: '7' },
      minimal_address: true,
      custom_fields: [{ key: 'size', label: 'Size', field_type: 'text', required: true }]
    })
    t.match(await client.checkoutSessions.retrieve(session.session_id), { id: session.session_id, payment_id: null, payment_status: null })
    const page = await (await fetch(String(session.checkout_url))).text()
    const token = /name="token" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const sent = await fetch(String(session.checkout_url), {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ token, action: 'continue', codes: '["SAVE10"]', zipcode: '10117', custom_0: 'M' })
    })
    t.equal(sent.status, 303, await sent.text())
    const status = await client.checkoutSessions.retrieve(session.session_id)
    t.match(status, { customer_email: 'nina@example.com', customer_name: 'Nina', payment_status: 'requires_payment_method' })
    const payment = await client.payments.retrieve(String(status.payment_id))
    t.match(payment, {
      total_amount: preview.total_price,
      checkout_session_id: session.session_id,
      metadata: { order: '7' },
      custom_field_responses: [{ key: 'size', value: 'M' }]
    })
  })

  t.test('confirmed, with a saved card', async t => {
    const session = await client.checkoutSessions.create({
      product_cart: cart,
      confirm: true,
      minimal_address: true,
      customer: { customer_id: 'cus_grace' },
      billing_address: { country: 'US', zipcode: '10001' },
      payment_method_id: 'pm_visa_grace'
    })
    t.equal(session.checkout_url, null)
    t.match(session, { client_secret: /_secret_/, publishable_key: /^pk_snd_/ })
    t.match(await client.checkoutSessions.retrieve(session.session_id), { payment_id: session.payment_id, payment_status: 'succeeded' })
  })

  t.test('refuses as the client reports it', async t => {
    const refused = await client.checkoutSessions.create({ product_cart: [{ product_id: 'pdt_no', quantity: 1 }] }).catch(error => error)
    t.ok(refused instanceof DodoPayments.UnprocessableEntityError)
    t.match(refused, { status: 422, error: { code: 'INVALID_REQUEST_PARAMETERS', message: 'Product pdt_no does not exist' } })
    const missing = await client.checkoutSessions.retrieve('cks_no').catch(error => error)
    t.ok(missing instanceof DodoPayments.NotFoundError)
  })

  t.test('lists the countries', async t => {
    const countries = await client.misc.listSupportedCountries()
    t.ok(countries.includes('DE') && !countries.includes('KP'))
  })
})
