/** Checkout sessions without a browser: paid, expired and abandoned through the control API, with the checks of the hosted page. */
import t from 'tap'
import { createControls } from '../../src/client/controls.js'
import { checkouts } from '../../src/resources/checkouts/routes.js'
import { payments } from '../../src/resources/payments/routes.js'
import { paymentBody, startEmulator } from '../helper.js'
import { type SessionBody, ADDRESS, BUYER, HOUR_MS, start } from './checkout-sessions.js'

t.test('completes sessions', async t => {
  t.test('pays a session with its own details', async t => {
    const { open, done, get } = start(t)
    const id = await open({ metadata: { order: '7' }, discount_codes: ['SAVE10'] })
    const payment = await done(id, 'pay')
    t.match(payment, {
      status: 'succeeded',
      checkout_session_id: id,
      total_amount: 1799,
      card_last_four: '4242',
      customer: { email: 'nina@example.com', name: 'Nina New' },
      billing: ADDRESS,
      metadata: { order: '7' }
    })
    t.strictSame(await get(`/payments/${payment.payment_id}`), payment, 'the reply is the payment')
    t.match(await get(`/checkouts/${id}`), { payment_id: payment.payment_id, payment_status: 'succeeded' })
    t.match(await get(`/_emulator/checkouts/${id}`), { state: 'submitted', abandoned_at: null })
  })

  t.test('finds an existing customer by id or e-mail address', async t => {
    const { open, done, stored } = start(t)
    const before = stored()['customers']
    const named = await done(await open({ customer: { customer_id: 'cus_ada' } }), 'pay')
    t.equal(named.customer.customer_id, 'cus_ada')
    const typed = await done(await open(), 'pay', { customer: { email: 'ada@example.com' } })
    t.equal(typed.customer.customer_id, 'cus_ada')
    const other = await done(await open({ customer: { customer_id: 'cus_ada' } }), 'pay', { customer: { email: 'new@example.com' } })
    t.match(other.customer, { email: 'new@example.com', name: 'Ada Lovelace' })
    t.equal(stored()['customers'], Number(before) + 1)
  })

  t.test("takes every detail, which overrides the session's", async t => {
    const { open, done } = start(t)
    const id = await open({
      product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }, { product_id: 'pdt_donation', quantity: 2 }],
      custom_fields: [
        { key: 'size', label: 'Size', field_type: 'dropdown', options: ['S', 'M'], required: true },
        { key: 'gift', label: 'A gift', field_type: 'boolean' }
      ]
    })
    const payment = await done(id, 'pay', {
      customer: { email: 'max@example.com', name: 'Max', phone_number: '+49 30 1234567' },
      billing_address: { country: 'DE', street: 'Unter den Linden 1', city: 'Berlin', state: null, zipcode: '10117' },
      billing_currency: 'EUR',
      product_cart: [{ product_id: 'pdt_donation', amount: 1500 }],
      discount_code: 'SAVE10',
      custom_field_responses: [{ key: 'size', value: 'M' }],
      tax_id: 'DE136695976',
      customer_business_name: 'ACME',
      outcome: 'succeeded'
    })
    t.match(payment, {
      status: 'succeeded',
      customer: { email: 'max@example.com', name: 'Max', phone_number: '+49301234567' },
      billing: { country: 'DE', street: 'Unter den Linden 1', city: 'Berlin', state: null, zipcode: '10117' },
      currency: 'EUR',
      tax: 0,
      discounts: [{ code: 'SAVE10' }],
      custom_field_responses: [{ key: 'size', value: 'M' }, { key: 'gift', value: 'false' }]
    })
  })

  t.test('recalculates the total for codes, amounts, country and tax id', async t => {
    const { open, done } = start(t)
    const total = async (changes: Partial<SessionBody>, details: object) => (await done(await open(changes), 'pay', details)).total_amount
    const plain = await total({}, {})
    t.equal(plain, 1999)
    t.equal(await total({}, { discount_code: 'save10' }), 1799)
    t.equal(await total({ discount_codes: ['SAVE10'] }, { discount_codes: [] }), 1999, "without the session's codes")
    const german = { ...ADDRESS, country: 'DE', state: null }
    t.ok(await total({}, { billing_address: german }) > plain, 'tax is added')
    t.equal(await total({}, { billing_address: german, tax_id: 'DE136695976' }), plain, 'reverse charge')
    const donation = { product_cart: [{ product_id: 'pdt_donation', quantity: 2 }] }
    t.equal(await total(donation, { product_cart: [{ product_id: 'pdt_donation', amount: 700 }] }), 1400)
    t.equal(await total({ product_cart: [{ product_id: 'pdt_donation', quantity: 1, amount: 900 }] }, {}), 900)
    t.equal(await total({ product_cart: [{ product_id: 'pdt_donation', quantity: 1, amount: 900 }] },
      { product_cart: [{ product_id: 'pdt_donation', amount: 1000 }] }), 1000)
    const twice = { product_cart: [{ product_id: 'pdt_donation', quantity: 1 }, { product_id: 'pdt_donation', quantity: 1 }] }
    const both = [{ product_id: 'pdt_donation', amount: 700 }, { product_id: 'pdt_donation', amount: 800 }]
    t.equal(await total(twice, { product_cart: both }), 1500, 'line by line')
  })

  t.test('takes cards and outcomes as for payments', async t => {
    const { open, done } = start(t)
    t.match(await done(await open(), 'pay', { card: '4000 0000 0000 0002' }), { status: 'failed', error_code: 'GENERIC_DECLINE' })
    t.match(await done(await open(), 'pay', { outcome: 'failed', error_code: 'LOST_CARD' }), { status: 'failed', error_code: 'LOST_CARD' })
    t.match(await done(await open(), 'pay', { outcome: 'cancelled' }), { status: 'cancelled' })
    t.match(await done(await open(), 'pay', { outcome: 'processing' }), { status: 'processing' })
    t.match(await done(await open({ force_3ds: true }), 'pay', { card: '4242424242424242' }), { status: 'requires_customer_action' })
  })

  t.test('answers 3-D Secure with a second call', async t => {
    const { open, done } = start(t)
    for (const [outcome, status] of [['succeeded', 'succeeded'], ['failed', 'failed']] as const) {
      const id = await open()
      const first = await done(id, 'pay', { outcome: 'requires_customer_action' })
      t.equal(first.status, 'requires_customer_action')
      t.match(await done(id, 'pay', { outcome }), { status, payment_id: first.payment_id })
    }
  })

  t.test('needs no payment method for a total of 0', async t => {
    const { open, done, refused } = start(t)
    const free = { product_cart: [{ product_id: 'pdt_ebook', quantity: 0 }] }
    for (const how of [undefined, { outcome: 'succeeded' }, { card: '4242424242424242' }]) {
      t.match(await done(await open(free), 'pay', how), { status: 'succeeded', total_amount: 0, payment_method: null, card_last_four: null })
    }
    t.match(await refused(await open(free), 'pay', { outcome: 'failed' }), { message: /needs no payment method/, details: [{ path: 'outcome' }] })
    t.equal((await done(await open(free), 'pay', { outcome: 'cancelled' })).status, 'cancelled')
  })

  t.test('pays the payment of a confirmed session, and that of a static link', async t => {
    const { open, done, call, get, emulator } = start(t)
    const confirmed = await open({ confirm: true })
    t.match(await done(confirmed, 'pay'), { status: 'succeeded', checkout_session_id: confirmed })

    const url = '/buy/pdt_ebook?quantity=1'
    const { text } = await call('GET', url, { key: null, headers: { accept: 'text/html' } })
    const token = /name="token" value="([^"]+)"/.exec(text)?.[1] ?? ''
    const form = { token, action: 'continue', full_name: 'Nina', email: 'nina@example.com', ...ADDRESS }
    await emulator.app.inject({
      method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: new URLSearchParams(form).toString()
    })
    const { items: [session] } = await get<{ items: Array<{ session_id: string }> }>('/_emulator/checkouts')
    t.match(await done(session?.session_id ?? '', 'pay'), { status: 'succeeded', customer: { email: 'nina@example.com' } })
  })

  t.test('expires a session and the link of its payment', async t => {
    const { open, done, call, get, emulator } = start(t)
    const id = await open()
    t.match(await done<object>(id, 'expire'), { session_id: id, state: 'expired', payment_id: null })
    const page = await emulator.app.inject({ url: `/session/${id}`, headers: { accept: 'text/html' } })
    t.equal(page.statusCode, 410)
    t.match(page.body, 'This checkout has expired')

    const confirmed = await open({ confirm: true })
    const { payment_id: paymentId } = await done<{ payment_id: string }>(confirmed, 'expire')
    t.match(await get(`/payments/${paymentId}`), { status: 'requires_payment_method' }, 'the payment is unchanged')
    t.equal((await call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { outcome: 'succeeded' } })).status, 422)
  })

  t.test('abandon creates the payment and leaves it unpaid', async t => {
    const { open, done, get } = start(t)
    const id = await open({ customer: { email: 'nina@example.com' } })
    const payment = await done(id, 'abandon', { customer: { name: 'Nina' } })
    t.match(payment, { status: 'requires_payment_method', customer: { name: 'Nina' }, checkout_session_id: id })
    t.match(await get(`/_emulator/checkouts/${id}`), { state: 'submitted', abandoned_at: /^\d{4}-/ })
  })
})

t.test('looks up ids chosen in fixtures, with any prefix', async t => {
  const { emulator, call } = startEmulator(t)
  const { sandbox } = emulator
  const context = { sandbox, baseUrl: 'http://127.0.0.1', now: sandbox.clock.now() }
  const cart = [{ product_id: 'pdt_ebook', quantity: 1 }]
  sandbox.ids.choosing('cks', 'first', () => checkouts['POST /checkouts']({
    body: { product_cart: cart, ...BUYER }, path: {}, query: {}, context
  }))
  sandbox.ids.choosing('pay', 'second', () => payments['POST /payments']({ body: paymentBody(), path: {}, query: {}, context }))
  const controls = createControls(async (method, path, body) => {
    const { status, text } = await call(method, path, body === undefined ? {} : { body })
    return { status, bytes: new TextEncoder().encode(text) }
  })
  t.match(await controls.pay('first', { outcome: 'failed' }), { status: 'failed', checkout_session_id: 'first' })
  t.match(await controls.expire('first'), { session_id: 'first' })
  t.match(await controls.pay('second'), { payment_id: 'second', status: 'succeeded' })
  await t.rejects(controls.pay('third'), { message: /there is no payment third/ })
})

t.test('keeps the rules of a checkout', async t => {
  t.test('pays a session once, even when many calls arrive together', async t => {
    const { open, act, stored } = start(t)
    const id = await open({ discount_codes: ['SAVE10'] })
    const answers = await Promise.all(Array.from({ length: 8 }, () => act(id, 'pay')))
    t.strictSame(answers.map(({ status }) => status).sort(), [200, 422, 422, 422, 422, 422, 422, 422])
    t.equal(stored()['payments'], 1)
  })

  t.test('allows another attempt after a decline', async t => {
    const { open, done, events } = start(t)
    const id = await open()
    const { payment_id: first } = await done(id, 'pay', { outcome: 'failed' })
    t.match(await done(id, 'pay'), { status: 'succeeded', payment_id: first })
    t.strictSame((await events()).map(({ type }) => type), ['payment.failed', 'payment.succeeded'])
  })

  t.test('sends the events of an abandoned and a recovered checkout', async t => {
    const { open, done, events } = start(t)
    const id = await open()
    const { payment_id: paymentId, customer, brand_id: brandId } = await done(id, 'abandon')
    t.match(await events(), [{
      type: 'abandoned_checkout.detected',
      payment_id: paymentId,
      body: {
        data: {
          payload_type: 'AbandonedCheckout',
          payment_id: paymentId,
          customer_id: customer.customer_id,
          brand_id: brandId,
          abandonment_reason: 'checkout_incomplete',
          status: 'abandoned',
          recovered_payment_id: null
        }
      }
    }])
    await done(id, 'pay')
    const [, paid, recovered] = await events()
    t.equal(paid?.type, 'payment.succeeded')
    t.match(recovered, {
      type: 'abandoned_checkout.recovered', body: { data: { status: 'recovered', recovered_payment_id: paymentId } }
    })
  })

  t.test('abandons a payment with a link, even after a failure and after its link has expired', async t => {
    const { pay, call, events } = start(t)
    const { payment_id: failed } = await pay(paymentBody({ payment_link: true }))
    await call('POST', `/_emulator/payments/${failed}/pay`, { body: { outcome: 'failed' } })
    const { payment_id: late } = await pay(paymentBody({ payment_link: true }))
    await call('POST', '/_emulator/clock', { body: { advance_ms: 25 * HOUR_MS } })
    for (const id of [failed, late]) t.equal((await call('POST', `/_emulator/payments/${id}/abandon`)).status, 200)
    const reasons = (await events()).slice(1).map(({ body }) => body.data['abandonment_reason'])
    t.strictSame(reasons, ['payment_failed', 'checkout_incomplete'])
  })

  t.test('sends no event for a checkout that was not abandoned', async t => {
    const { open, done, events } = start(t)
    await done(await open(), 'pay')
    await done(await open(), 'expire')
    t.strictSame((await events()).map(({ type }) => type), ['payment.succeeded'])
  })
})
