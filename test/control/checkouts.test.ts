/** Checkout sessions without a browser: paid, expired and abandoned over the control API, with what the hosted page would check. */
import t, { type Test } from 'tap'
import type { Body, Reply, Schemas } from '../../src/contract/operations.js'
import { createControls } from '../../src/control/client.js'
import { checkouts } from '../../src/resources/checkouts/routes.js'
import { payments } from '../../src/resources/payments/routes.js'
import { paymentBody, startEmulator, type Refusal } from '../helper.js'

type SessionBody = Body<'POST /checkouts'>
type Payment = Required<Schemas['PaymentResponse']>

const ADDRESS = { country: 'US', street: '1 Main St', city: 'Springfield', state: 'IL', zipcode: '62701' } as const
const BUYER = { customer: { email: 'nina@example.com', name: 'Nina New' }, billing_address: ADDRESS } as const
const HOUR_MS = 3_600_000

interface Event {
  type: string
  payment_id: string
  body: { data: Record<string, unknown> }
}

function start (test: Test, options: Parameters<typeof startEmulator>[1] = {}) {
  const started = startEmulator(test, options)
  const { call, stored } = started
  const act = (id: string, action: string, body?: object) =>
    call('POST', `/_emulator/checkouts/${id}/${action}`, body === undefined ? {} : { body })

  return {
    ...started,
    act,
    /** A session that a customer can pay as it is, unless it is changed. */
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
    /** The refusal of an action, after a check that it stored nothing. */
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

const pathsOf = ({ details = [] }: Refusal) => details.map(({ path }) => path)

t.test('answers', async t => {
  t.test('a session is paid with its own details', async t => {
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

  t.test('an existing customer is found, by id or by the e-mail address that is given', async t => {
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

  t.test('every detail can be given, and wins over the session', async t => {
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

  t.test('what the customer decides changes the total: codes, amounts, country, tax id', async t => {
    const { open, done } = start(t)
    const total = async (changes: Partial<SessionBody>, details: object) => (await done(await open(changes), 'pay', details)).total_amount
    const plain = await total({}, {})
    t.equal(plain, 1999)
    t.equal(await total({}, { discount_code: 'save10' }), 1799)
    t.equal(await total({ discount_codes: ['SAVE10'] }, { discount_codes: [] }), 1999, 'none of the session\'s codes')
    const german = { ...ADDRESS, country: 'DE', state: null }
    t.ok(await total({}, { billing_address: german }) > plain, 'tax comes on top')
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

  t.test('cards and outcomes, as for payments', async t => {
    const { open, done } = start(t)
    t.match(await done(await open(), 'pay', { card: '4000 0000 0000 0002' }), { status: 'failed', error_code: 'GENERIC_DECLINE' })
    t.match(await done(await open(), 'pay', { outcome: 'failed', error_code: 'LOST_CARD' }), { status: 'failed', error_code: 'LOST_CARD' })
    t.match(await done(await open(), 'pay', { outcome: 'cancelled' }), { status: 'cancelled' })
    t.match(await done(await open(), 'pay', { outcome: 'processing' }), { status: 'processing' })
    t.match(await done(await open({ force_3ds: true }), 'pay', { card: '4242424242424242' }), { status: 'requires_customer_action' })
  })

  t.test('3-D Secure is answered by a second call', async t => {
    const { open, done } = start(t)
    for (const [outcome, status] of [['succeeded', 'succeeded'], ['failed', 'failed']] as const) {
      const id = await open()
      const first = await done(id, 'pay', { outcome: 'requires_customer_action' })
      t.equal(first.status, 'requires_customer_action')
      t.match(await done(id, 'pay', { outcome }), { status, payment_id: first.payment_id })
    }
  })

  t.test('a cart that comes to 0 needs no method', async t => {
    const { open, done, refused } = start(t)
    const free = { product_cart: [{ product_id: 'pdt_ebook', quantity: 0 }] }
    for (const how of [undefined, { outcome: 'succeeded' }, { card: '4242424242424242' }]) {
      t.match(await done(await open(free), 'pay', how), { status: 'succeeded', total_amount: 0, payment_method: null, card_last_four: null })
    }
    t.match(await refused(await open(free), 'pay', { outcome: 'failed' }), { message: /needs no payment method/, details: [{ path: 'outcome' }] })
    t.equal((await done(await open(free), 'pay', { outcome: 'cancelled' })).status, 'cancelled')
  })

  t.test('the payment of a confirm, and that of a static link', async t => {
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

  t.test('expire ends a session, and the link of its payment', async t => {
    const { open, done, call, get, emulator } = start(t)
    const id = await open()
    t.match(await done<object>(id, 'expire'), { session_id: id, state: 'expired', payment_id: null })
    const page = await emulator.app.inject({ url: `/session/${id}`, headers: { accept: 'text/html' } })
    t.equal(page.statusCode, 410)
    t.match(page.body, 'This checkout has expired')

    const confirmed = await open({ confirm: true })
    const { payment_id: paymentId } = await done<{ payment_id: string }>(confirmed, 'expire')
    t.match(await get(`/payments/${paymentId}`), { status: 'requires_payment_method' }, 'the payment stays as it was')
    t.equal((await call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { outcome: 'succeeded' } })).status, 422)
  })

  t.test('abandon makes the payment and leaves it', async t => {
    const { open, done, get } = start(t)
    const id = await open({ customer: { email: 'nina@example.com' } })
    const payment = await done(id, 'abandon', { customer: { name: 'Nina' } })
    t.match(payment, { status: 'requires_payment_method', customer: { name: 'Nina' }, checkout_session_id: id })
    t.match(await get(`/_emulator/checkouts/${id}`), { state: 'submitted', abandoned_at: /^\d{4}-/ })
  })
})

t.test('refuses', async t => {
  t.test('details that are missing, each by its name in the request', async t => {
    const { open, refused } = start(t)
    const bare = { product_cart: [{ product_id: 'pdt_donation', quantity: 1 }], customer: null, billing_address: null }
    const id = await open({
      ...bare,
      custom_fields: [{ key: 'vat', label: 'VAT', field_type: 'text', required: true }],
      feature_flags: { require_phone_number: true }
    })
    const missing = await refused(id, 'pay')
    t.equal(missing.code, 'INVALID_REQUEST_PARAMETERS')
    t.match(missing.message, `Checkout session ${id} can't be submitted with these details: customer.email is required; customer.name is required`)
    t.strictSame(pathsOf(missing), [
      'customer.email', 'customer.name', 'billing_address.country', 'billing_address.street', 'billing_address.city',
      'billing_address.state', 'billing_address.zipcode', 'customer.phone_number', 'product_cart', 'custom_field_responses'
    ])
    t.strictSame(pathsOf(await refused(id, 'abandon')), pathsOf(missing), 'nobody is known who could have left')
    const minimal = await open({ ...bare, minimal_address: true })
    t.strictSame(pathsOf(await refused(minimal, 'pay', { ...BUYER, billing_address: { country: 'DE' } })),
      ['billing_address.zipcode', 'product_cart'])
  })

  t.test('details that are wrong', async t => {
    const { open, refused } = start(t)
    const id = await open({ custom_fields: [{ key: 'day', label: 'Day', field_type: 'date' }] })
    const wrong = await refused(id, 'pay', {
      customer: { email: 'nina', name: 'N'.repeat(251), phone_number: 'none' },
      billing_address: { country: 'UK' },
      billing_currency: 'JPY',
      product_cart: [{ product_id: 'pdt_ebook', amount: 100 }, { product_id: 'pdt_other', amount: 1 }],
      custom_field_responses: [{ key: 'dya', value: '1' }, { key: 'day', value: 'tomorrow' }, { key: 'day', value: '2026-01-31' }]
    })
    t.strictSame(Object.fromEntries(wrong.details?.map(({ path, message }) => [path, message]) ?? []), {
      billing_currency: 'must be one of what the page offers: USD',
      'product_cart[0].amount': "can't be chosen: pdt_ebook has a fixed price",
      'product_cart[1].product_id': 'pdt_other is not in the cart of this session, or not as often',
      'custom_field_responses[0].key': 'dya is not a custom field of this session: did you mean day?',
      'custom_field_responses[2].key': 'day is there twice',
      'customer.name': 'must not be longer than 250 characters',
      'customer.email': 'must be an e-mail address',
      'billing_address.country': 'must be a country that is sold to, not UK: GET /checkout/supported_countries lists them',
      'customer.phone_number': 'must be a phone number such as +12025550142',
      custom_field_responses: 'must answer day: “Day” must be a date, such as 2026-01-31.'
    })
    t.match(await refused(id, 'pay', { discount_code: 'NOPE' }), { code: 'INVALID_DISCOUNT_CODE', details: [{ path: 'discount_codes[0]' }] })
    t.match(await refused(id, 'pay', { discount_code: 'A', discount_codes: ['B'] }), { message: /exclude each other/ })
    t.match(await refused(id, 'pay', { tax_id: 'nonsense' }), { code: 'INVALID_TAX_ID' })
    t.match(await refused(id, 'pay', { costumer: {} }), { code: 'INVALID_REQUEST_BODY' })
    const donation = await open({ product_cart: [{ product_id: 'pdt_donation', quantity: 1 }] })
    t.match(await refused(donation, 'pay', { product_cart: [{ product_id: 'pdt_donation', amount: 1 }] }), { code: 'REQUEST_AMOUNT_BELOW_MINIMUM' })
  })

  t.test('what the page of the session does not ask for', async t => {
    const { open, refused, done } = start(t)
    const flags = { allow_discount_code: false, allow_currency_selection: false, allow_phone_number_collection: false, allow_tax_id: false }
    const id = await open({ feature_flags: flags, discount_codes: ['SAVE10'] })
    t.strictSame(pathsOf(await refused(id, 'pay', {
      discount_codes: ['SAVE10', 'FLAT5'], customer: { phone_number: '+12025550142' }, billing_currency: 'EUR', tax_id: 'DE136695976'
    })), ['discount_codes', 'customer.phone_number', 'tax_id', 'billing_currency'])
    t.match(await refused(id, 'pay', { discount_code: 'FLAT5' }), { message: /feature_flags\.allow_discount_code: true/ })
    t.equal((await done(id, 'pay', { discount_codes: ['save10'], billing_currency: 'USD' })).total_amount, 1799, 'what it has anyway')
  })

  t.test('what is no way to pay, before there is a payment', async t => {
    const { open, refused } = start(t)
    const id = await open()
    for (const [how, path] of [
      [{ card: '4111111111111111' }, 'card'], [{ card: '' }, 'card'], [{ outcome: 'lost' }, 'outcome'],
      [{ card: '4242424242424242', outcome: 'failed' }, 'outcome'], [{ error_code: 'LOST_CARD' }, 'error_code'],
      [{ outcome: 'failed', error_code: 'toString' }, 'error_code']
    ] as const) {
      const refusal = await refused(id, 'pay', how)
      t.strictSame(pathsOf(refusal), [path])
      t.notMatch(JSON.stringify(refusal), '4111111111111111')
    }
  })

  t.test('a session that has come to its end', async t => {
    const { open, done, refused, call } = start(t)
    const paid = await open()
    const { payment_id: paymentId } = await done(paid, 'pay')
    for (const action of ['pay', 'expire']) {
      t.match(await refused(paid, action), {
        message: `Checkout session ${paid} is completed: its payment ${paymentId} is succeeded`, details: [{ path: 'session_id' }]
      })
    }
    t.match(await refused(paid, 'abandon'), { message: /is succeeded: its checkout can't be abandoned any more/ })
    const saved = await open({ customer: { customer_id: 'cus_grace' }, confirm: true, payment_method_id: 'pm_visa_grace' })
    t.match(await refused(saved, 'pay'), { message: /is completed/ })

    const [expired, confirmed] = [await open(), await open({ confirm: true })]
    await call('POST', '/_emulator/clock', { body: { advance_ms: 25 * HOUR_MS } })
    for (const action of ['pay', 'expire', 'abandon']) {
      t.match(await refused(expired, action), { message: /^Checkout session \w+ expired at .*: create a new one$/ })
    }
    t.match(await refused(confirmed, 'pay'), { message: /^Checkout session \w+ and its payment pay_\w+ expired at/ })
    for (const action of ['pay', 'expire', 'abandon']) {
      t.match(await call('POST', `/_emulator/checkouts/cks_nobody/${action}`), { status: 404, json: { code: 'NOT_FOUND' } })
    }
  })

  t.test('details for a session that has its payment', async t => {
    const { open, refused, done } = start(t)
    const id = await open({ confirm: true })
    t.match(await refused(id, 'pay', { customer: { name: 'Other' }, outcome: 'failed' }), {
      message: /were submitted, and made payment pay_\w+: leave out customer$/, details: [{ path: 'customer' }]
    })
    t.strictSame(pathsOf(await refused(id, 'abandon', { discount_code: 'SAVE10' })), ['discount_code'])
    t.equal((await done(id, 'pay')).status, 'succeeded')
  })

  t.test('a checkout that was abandoned before, and a payment that has none', async t => {
    const { open, done, refused, call, pay } = start(t)
    const id = await open()
    await done(id, 'abandon')
    t.match(await refused(id, 'abandon'), { message: /was reported as abandoned at .*: once is all/ })
    const { payment_id: linkless } = await pay(paymentBody())
    t.match(await call('POST', `/_emulator/payments/${linkless}/abandon`), { status: 422, json: { message: /has no checkout/ } })
    t.equal((await call('POST', '/_emulator/payments/pay_x/abandon')).status, 404)
  })
})

t.test('ids that fixtures have chosen tell nothing: they are looked up', async t => {
  const { emulator, call } = startEmulator(t)
  const { sandbox } = emulator
  const context = { sandbox, origin: 'http://127.0.0.1', now: sandbox.clock.now() }
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

t.test('what follows', async t => {
  t.test('a session is paid once, also by many at the same moment', async t => {
    const { open, act, stored } = start(t)
    const id = await open({ discount_codes: ['SAVE10'] })
    const answers = await Promise.all(Array.from({ length: 8 }, () => act(id, 'pay')))
    t.strictSame(answers.map(({ status }) => status).sort(), [200, 422, 422, 422, 422, 422, 422, 422])
    t.equal(stored()['payments'], 1)
  })

  t.test('a declined payment is tried again', async t => {
    const { open, done, events } = start(t)
    const id = await open()
    const { payment_id: first } = await done(id, 'pay', { outcome: 'failed' })
    t.match(await done(id, 'pay'), { status: 'succeeded', payment_id: first })
    t.strictSame((await events()).map(({ type }) => type), ['payment.failed', 'payment.succeeded'])
  })

  t.test('the events of an abandoned checkout, and of its recovery', async t => {
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

  t.test('a payment with a link is abandoned too, after a failure and after its link has expired', async t => {
    const { pay, call, events } = start(t)
    const { payment_id: failed } = await pay(paymentBody({ payment_link: true }))
    await call('POST', `/_emulator/payments/${failed}/pay`, { body: { outcome: 'failed' } })
    const { payment_id: late } = await pay(paymentBody({ payment_link: true }))
    await call('POST', '/_emulator/clock', { body: { advance_ms: 25 * HOUR_MS } })
    for (const id of [failed, late]) t.equal((await call('POST', `/_emulator/payments/${id}/abandon`)).status, 200)
    const reasons = (await events()).slice(1).map(({ body }) => body.data['abandonment_reason'])
    t.strictSame(reasons, ['payment_failed', 'checkout_incomplete'])
  })

  t.test('nothing is reported of a checkout that nobody abandoned', async t => {
    const { open, done, events } = start(t)
    await done(await open(), 'pay')
    await done(await open(), 'expire')
    t.strictSame((await events()).map(({ type }) => type), ['payment.succeeded'])
  })
})
