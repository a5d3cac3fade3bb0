/** Checkout sessions at the API: their creation, previews, refusals, and the payment of a `confirm`. */
import t from 'tap'
import { paymentBody } from '../helper.js'
import { type SessionBody, ADDRESS, CONFIRMED, sessionBody, start } from './checkout-bodies.js'

t.test('answers', async t => {
  t.test('creates a session without a payment, which the customer completes', async t => {
    const { open, get, stored } = start(t)
    const session = await open({ customer: { email: 'new@example.com', name: 'New' } })
    t.match(session, {
      session_id: /^cks_[0-9A-Za-z]{21}$/, payment_id: null, client_secret: null, publishable_key: null
    })
    t.equal(new URL(String(session.checkout_url)).pathname, `/session/${session.session_id}`)
    t.equal(stored()['payments'], 0)
    t.equal(stored()['customers'], 4, 'the customer is created with the payment')
    t.match(await get(`/checkouts/${session.session_id}`), {
      id: session.session_id, customer_email: 'new@example.com', customer_name: 'New', payment_id: null, payment_status: null
    })
    const bare = await open()
    t.match(await get(`/checkouts/${bare.session_id}`), { customer_email: null, customer_name: null })
  })

  t.test('creates a short link', async t => {
    const { open } = start(t)
    const { checkout_url: url } = await open({ short_link: true })
    const { pathname } = new URL(String(url))
    t.match(pathname, /^\/s\/c[0-9a-z]{11}$/)
  })

  t.test('confirm creates the payment immediately', async t => {
    const { open, get, payment, emulator } = start(t)
    const session = await open({
      ...CONFIRMED,
      discount_codes: ['SAVE10'],
      metadata: { order: '7' },
      return_url: 'https://shop.example/',
      force_3ds: true,
      allowed_payment_method_types: ['credit', 'debit']
    })
    t.match(session, {
      payment_id: /^pay_/, client_secret: `${session.payment_id}_secret_`, publishable_key: /^pk_snd_[0-9a-f]{32}$/
    })
    const made = await payment(session.payment_id)
    t.match(made, {
      status: 'requires_payment_method',
      checkout_session_id: session.session_id,
      total_amount: 1799,
      metadata: { order: '7' },
      billing: ADDRESS,
      customer: { customer_id: 'cus_ada' },
      custom_field_responses: null,
      payment_link: /\/[0-9A-Z][0-9A-Za-z]{7}$/
    })
    t.match(await get(`/checkouts/${session.session_id}`), {
      customer_email: 'ada@example.com', payment_id: session.payment_id, payment_status: 'requires_payment_method'
    })
    const row = emulator.sandbox.payments.find(String(session.payment_id))
    t.equal(Number(row?.expires_at) - Number(row?.created_at), 15 * 60_000_000)
    t.strictSame(row?.checkout, {
      return_url: 'https://shop.example/', force_3ds: true, allowed_payment_method_types: ['credit', 'debit']
    })
  })

  t.test('a saved method is charged immediately, without a page', async t => {
    const { open, get, payment } = start(t)
    const session = await open({
      ...CONFIRMED, customer: { customer_id: 'cus_grace' }, payment_method_id: 'pm_visa_grace'
    })
    t.equal(session.checkout_url, null)
    t.match(await payment(session.payment_id), { status: 'succeeded', payment_method_id: 'pm_visa_grace', card_last_four: '4242' })
    t.match(await get(`/checkouts/${session.session_id}`), { payment_status: 'succeeded' })
  })

  t.test('calculates a complete preview', async t => {
    const { preview, stored } = start(t)
    const before = stored()
    const priced = await preview({
      product_cart: [{ product_id: 'pdt_course', quantity: 2 }, { product_id: 'pdt_guide_eur', quantity: 1 }],
      billing_address: { country: 'DE' },
      billing_currency: 'EUR',
      discount_codes: ['SAVE10']
    })
    const [course, guide] = priced.product_cart
    t.match(course, {
      product_id: 'pdt_course',
      quantity: 2,
      og_currency: 'USD',
      og_price: 9800,
      currency: 'EUR',
      tax_rate: 19,
      discount_amount: 1000,
      tax_inclusive: false,
      is_subscription: false,
      is_usage_based: false,
      meters: []
    })
    t.match(guide, { og_currency: 'EUR', og_price: 1250, discounted_price: 1125, tax: 180, tax_inclusive: true })
    const { current_breakup: sums } = priced
    t.equal(sums.total_amount, priced.total_price)
    t.equal(sums.subtotal - sums.discount + (course?.tax ?? 0), priced.total_price, 'the sums add up')
    t.equal(priced.total_tax, (course?.tax ?? 0) + 180)
    t.match(priced, {
      billing_country: 'DE', currency: 'EUR', is_byop: false, recurring_breakup: null, next_billing_date: null, trial_amount: null
    })
    t.strictSame(stored(), before, 'a preview stores nothing')
  })

  t.test('a preview without an address uses the country of the business', async t => {
    const { preview } = start(t)
    t.match(await preview(), { billing_country: 'US', total_price: 1999, total_tax: 0 })
  })

  t.test('a preview reports an invalid tax id', async t => {
    const { preview } = start(t)
    const wrong = await preview({ billing_address: { country: 'DE' }, tax_id: 'DE1', customer_business_name: 'ACME' })
    t.match(wrong, { tax_id_err_msg: /wrong length/, tax_id_format_name: /VAT/, tax_id_business_name: null, total_tax: 380 })
    const right = await preview({ billing_address: { country: 'DE' }, tax_id: 'DE136695976', customer_business_name: 'ACME' })
    t.match(right, { tax_id_err_msg: null, tax_id_format_name: /VAT/, tax_id_business_name: 'ACME', total_tax: 0 })
  })

  t.test('an amount that the customer has not chosen yet counts as the suggested one', async t => {
    const { preview, open } = start(t)
    t.equal((await preview({ product_cart: [{ product_id: 'pdt_donation', quantity: 2 }] })).total_price, 3000)
    await open({ product_cart: [{ product_id: 'pdt_donation', quantity: 1 }] })
  })

  t.test('a code for certain customers is accepted while the customer is unknown', async t => {
    const { open } = start(t)
    await open({ discount_codes: ['ONLYADA'] })
    await open({ discount_codes: ['RETURNING'] })
  })

  t.test('the countries that can be billed, without a key', async t => {
    const { call } = start(t, { deniedCountries: 'AI,US' })
    const { json } = await call('GET', '/checkout/supported_countries', { key: null })
    const codes = json as string[]
    t.equal(codes.length, 247)
    t.ok(codes.includes('DE') && !codes.includes('AI') && !codes.includes('US'))
  })

  t.test('fields of subscriptions are ignored and noted for a one-time cart', async t => {
    const { call, get, open, preview, emulator } = start(t)
    const ignored = async () => {
      const { items } = await get<{ items: Array<{ ignored_fields: string[] }> }>('/_emulator/requests?page_size=1')
      return items[0]?.ignored_fields
    }
    const [book, course] = [{ product_id: 'pdt_ebook', quantity: 1 }, { product_id: 'pdt_course', quantity: 1 }]
    const recurring: Partial<SessionBody> = {
      subscription_data: { trial_period_days: 30, on_demand: { mandate_only: false, product_price: 500 } },
      mandate_min_amount_inr_paise: -5,
      product_cart: [
        book,
        { ...course, addons: [{ addon_id: 'adn_1', quantity: 1 }], credit_entitlements: [{ credit_entitlement_id: 'cde_1', credits_amount: '5' }] }
      ]
    }
    const paths = ['subscription_data', 'mandate_min_amount_inr_paise', 'product_cart[1].addons', 'product_cart[1].credit_entitlements']
    t.equal((await preview(recurring)).total_price, 1999 + 3920)
    t.strictSame(await ignored(), paths, 'the preview')
    const { session_id: id } = await open(recurring)
    t.strictSame(await ignored(), paths, 'the session')
    t.match(emulator.sandbox.checkouts.find(id)?.terms, { mandate_min_amount_inr_paise: null, cart: [{ ...book, amount: null }, course] })
    t.match(await open({ ...CONFIRMED, ...recurring }), { payment_id: /^pay_/ })
    t.strictSame(await ignored(), paths, 'an immediate payment')
    await open({
      subscription_data: null, mandate_min_amount_inr_paise: null, product_cart: [{ ...book, addons: [], credit_entitlements: null }]
    })
    t.strictSame(await ignored(), [], 'null and an empty list are not noted')

    const { status } = await call('POST', '/checkouts', { body: { ...sessionBody(recurring), unheard_of: 1, subscription_data: { trial_period_days: 'x' } } })
    t.equal(status, 422, 'the wrong type is refused anyway')
    t.strictSame(await ignored(), ['unheard_of'])
  })

  t.test('quantity 0 and unknown fields are accepted', async t => {
    const { open, preview } = start(t)
    t.equal((await preview({ product_cart: [{ product_id: 'pdt_ebook', quantity: 0 }] })).total_price, 0)
    await open({ nonsense: true } as Partial<SessionBody>)
  })
})

t.test('keeps the rules of payments', async t => {
  t.test('the same cart has the same price everywhere', async t => {
    const { pay, open, preview, payment } = start(t)
    const carts: Array<Pick<SessionBody, 'product_cart' | 'discount_codes' | 'billing_currency'>> = [
      { product_cart: [{ product_id: 'pdt_ebook', quantity: 3 }] },
      { product_cart: [{ product_id: 'pdt_course', quantity: 1 }, { product_id: 'pdt_license', quantity: 2 }], discount_codes: ['SAVE25', 'FLAT5'] },
      { product_cart: [{ product_id: 'pdt_donation', quantity: 2, amount: 777 }], discount_codes: ['ODD333'] },
      { product_cart: [{ product_id: 'pdt_guide_eur', quantity: 1 }, { product_id: 'pdt_poster_jpy', quantity: 1 }], billing_currency: 'GBP' },
      { product_cart: [{ product_id: 'pdt_ticket_kwd', quantity: 1 }, { product_id: 'pdt_template_inr', quantity: 5 }], discount_codes: ['CAPPED'] },
      { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], discount_codes: ['FREE100'] },
      { product_cart: [{ product_id: 'pdt_free', quantity: 1 }] }
    ]
    for (const cart of carts) {
      for (const country of ['US', 'DE', 'IN', 'JP'] as const) {
        const address = { ...ADDRESS, country }
        const direct = await pay(paymentBody({ ...cart, billing: address } as Parameters<typeof pay>[0]))
        const previewed = await preview({ ...cart, billing_address: address })
        const session = await open({ ...CONFIRMED, ...cart, billing_address: address })
        const made = await payment(session.payment_id)
        t.equal(previewed.total_price, direct.total_amount, JSON.stringify(cart))
        t.equal(made.total_amount, direct.total_amount)
        t.equal(made.tax, previewed.total_tax)
      }
    }
  })

  t.test('uses the customer with the e-mail address, unless a new one is requested', async t => {
    const { open, payment } = start(t)
    const customer = { email: 'ada@example.com', name: 'Someone Else' }
    const known = await payment((await open({ ...CONFIRMED, customer })).payment_id)
    t.match(known.customer, { customer_id: 'cus_ada', name: 'Ada Lovelace' })
    const flags = { always_create_new_customer: true }
    const fresh = await payment((await open({ ...CONFIRMED, customer, feature_flags: flags })).payment_id)
    t.not(fresh.customer.customer_id, 'cus_ada')
    t.equal(fresh.customer.name, 'Someone Else')
  })

  t.test('the page asks for a missing required phone number', async t => {
    const { open, emulator } = start(t)
    const flags = { require_phone_number: true }
    const options = async (customerId: string) => {
      const session = await open({ ...CONFIRMED, customer: { customer_id: customerId }, feature_flags: flags })
      return emulator.sandbox.payments.find(String(session.payment_id))?.checkout
    }
    t.match(await options('cus_asha'), { require_phone_number: true })
    t.strictSame(await options('cus_ada'), {})
  })

  t.test('two simultaneous sessions have their own payments', async t => {
    const { open } = start(t)
    const [one, two] = await Promise.all([open(CONFIRMED), open(CONFIRMED)])
    t.not(one.session_id, two.session_id)
    t.not(one.payment_id, two.payment_id)
  })

  t.test('a failed charge keeps the session and its payment', async t => {
    const { open, payment, get, emulator } = start(t)
    const method = emulator.sandbox.paymentMethods.find('pm_visa_grace', 'cus_grace')
    if (method?.card == null) return t.fail('no saved card')
    emulator.sandbox.paymentMethods.insert('cus_grace', {
      ...method, payment_method_id: 'pm_late', card: { ...method.card, last4_digits: '0341' }
    })
    const session = await open({ ...CONFIRMED, customer: { customer_id: 'cus_grace' }, payment_method_id: 'pm_late' })
    t.match(await payment(session.payment_id), { status: 'failed', error_code: 'GENERIC_DECLINE' })
    t.match(await get(`/checkouts/${session.session_id}`), { payment_status: 'failed' })
  })
})
