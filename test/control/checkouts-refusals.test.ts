/** Checkout sessions that the control API refuses to pay, expire or abandon. */
import t from 'tap'
import { paymentBody, type Refusal } from '../helper.js'
import { BUYER, HOUR_MS, start } from './checkout-sessions.js'

const pathsOf = ({ details = [] }: Refusal) => details.map(({ path }) => path)

t.test('refuses', async t => {
  t.test('missing details, each by its name in the request', async t => {
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
    t.strictSame(pathsOf(await refused(id, 'abandon')), pathsOf(missing), 'without a known customer there is no abandoned checkout')
    const minimal = await open({ ...bare, minimal_address: true })
    t.strictSame(pathsOf(await refused(minimal, 'pay', { ...BUYER, billing_address: { country: 'DE' } })),
      ['billing_address.zipcode', 'product_cart'])
  })

  t.test('invalid details', async t => {
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
      billing_currency: 'must be one of the offered currencies: USD',
      'product_cart[0].amount': 'cannot be changed: pdt_ebook has a fixed price',
      'product_cart[1].product_id': 'pdt_other is not in the cart of this session, or fewer times',
      'custom_field_responses[0].key': 'dya is not a custom field of this session: did you mean day?',
      'custom_field_responses[2].key': 'day appears twice',
      'customer.name': 'must not be longer than 250 characters',
      'customer.email': 'must be an e-mail address',
      'billing_address.country': 'must be a supported country, not UK: see GET /checkout/supported_countries',
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

  t.test("details that the session's page does not ask for", async t => {
    const { open, refused, done } = start(t)
    const flags = { allow_discount_code: false, allow_currency_selection: false, allow_phone_number_collection: false, allow_tax_id: false }
    const id = await open({ feature_flags: flags, discount_codes: ['SAVE10'] })
    t.strictSame(pathsOf(await refused(id, 'pay', {
      discount_codes: ['SAVE10', 'FLAT5'], customer: { phone_number: '+12025550142' }, billing_currency: 'EUR', tax_id: 'DE136695976'
    })), ['discount_codes', 'customer.phone_number', 'tax_id', 'billing_currency'])
    t.match(await refused(id, 'pay', { discount_code: 'FLAT5' }), { message: /feature_flags\.allow_discount_code: true/ })
    t.equal((await done(id, 'pay', { discount_codes: ['save10'], billing_currency: 'USD' })).total_amount, 1799, 'details that the session already has')
  })

  t.test('an invalid payment method, before a payment is created', async t => {
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

  t.test('a session that has ended', async t => {
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

  t.test('details for a session that already has a payment', async t => {
    const { open, refused, done } = start(t)
    const id = await open({ confirm: true })
    t.match(await refused(id, 'pay', { customer: { name: 'Other' }, outcome: 'failed' }), {
      message: /were already submitted and created payment pay_\w+: omit customer$/, details: [{ path: 'customer' }]
    })
    t.strictSame(pathsOf(await refused(id, 'abandon', { discount_code: 'SAVE10' })), ['discount_code'])
    t.equal((await done(id, 'pay')).status, 'succeeded')
  })

  t.test('a checkout that was already abandoned, and a payment that has no checkout', async t => {
    const { open, done, refused, call, pay } = start(t)
    const id = await open()
    await done(id, 'abandon')
    t.match(await refused(id, 'abandon'), { message: /was already reported as abandoned at / })
    const { payment_id: linkless } = await pay(paymentBody())
    t.match(await call('POST', `/_emulator/payments/${linkless}/abandon`), { status: 422, json: { message: /has no checkout/ } })
    t.equal((await call('POST', '/_emulator/payments/pay_x/abandon')).status, 404)
  })
})
