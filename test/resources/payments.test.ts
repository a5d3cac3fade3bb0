import t from 'tap'
import { formatTime } from '../../src/rules/calendar.js'
import { paymentBody, startEmulator } from '../helper.js'

t.test('answers', async t => {
  t.test('the published sample of the JavaScript client, unchanged', async t => {
    const { pay } = startEmulator(t)
    const reply = await pay({
      billing: { country: 'AF' },
      customer: { customer_id: 'customer_id' },
      product_cart: [{ product_id: 'product_id', quantity: 0 }]
    })
    t.match(reply.payment_id, /^pay_[0-9A-Za-z]{21}$/)
    t.match(reply.client_secret, new RegExp(`^${reply.payment_id}_secret_[0-9A-Za-z]{20}$`))
    t.equal(reply.total_amount, 0, 'a line of quantity 0 counts nothing')
    t.strictSame(reply.product_cart, [{ product_id: 'product_id', quantity: 0, amount: null }])
    t.strictSame(reply.metadata, {})
    for (const key of ['payment_link', 'expires_on', 'discount_id', 'discount_ids'] as const) t.equal(reply[key], null, key)
  })

  t.test('every field at once', async t => {
    const { pay, get } = startEmulator(t)
    const reply = await pay(paymentBody({
      billing: { country: 'DE', city: 'Berlin', state: 'BE', street: 'Unter den Linden 1', zipcode: '10117' },
      customer: { email: 'new@example.com', name: 'New Customer', phone_number: '+4930123456' },
      product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }, { product_id: 'pdt_course', quantity: 2 }],
      discount_codes: ['save10', 'STACK01'],
      metadata: { order_id: 'order_1', note: 'grüße 🦤' },
      payment_link: true,
      return_url: 'https://shop.example/thanks?cart=7',
      allowed_payment_method_types: ['credit', 'debit'],
      force_3ds: true,
      redirect_immediately: true,
      require_phone_number: true,
      show_saved_payment_methods: true,
      adaptive_currency_fees_inclusive: true,
      billing_currency: 'USD'
    }))
    // 1999 - 200 = 1799 - 18 = 1781, + 19 % = 338; 9800 - 20 % = 7840 - 784 = 7056 - 71 = 6985, + 19 % = 1327
    t.equal(reply.total_amount, 1781 + 338 + 6985 + 1327)
    t.strictSame(reply.discount_ids, ['dsc_save10', 'dsc_stack01'])
    t.equal(reply.discount_id, 'dsc_save10')
    t.match(reply.payment_link, /^http:\/\/localhost:80\/[0-9A-Z][0-9A-Za-z]{7}$/)
    t.strictSame(reply.metadata, { order_id: 'order_1', note: 'grüße 🦤' })
    t.match(reply.customer, { name: 'New Customer', email: 'new@example.com', phone_number: '+4930123456' })

    const payment = await get<Record<string, unknown>>(`/payments/${reply.payment_id}`)
    t.match(payment, {
      payment_id: reply.payment_id,
      business_id: 'bus_emulator',
      brand_id: 'bus_emulator',
      status: 'requires_payment_method',
      total_amount: 10_431,
      currency: 'USD',
      tax: 1665,
      settlement_amount: 10_431,
      settlement_currency: 'USD',
      settlement_tax: 1665,
      payment_link: reply.payment_link,
      customer: reply.customer,
      metadata: reply.metadata,
      discount_id: 'dsc_save10',
      payment_provider: 'dodo',
      retry_attempt: 0,
      refunds: [],
      disputes: []
    })
    t.strictSame(payment['billing'], { country: 'DE', city: 'Berlin', state: 'BE', street: 'Unter den Linden 1', zipcode: '10117' })
    t.strictSame(payment['product_cart'], [{ product_id: 'pdt_ebook', quantity: 1 }, { product_id: 'pdt_course', quantity: 2 }])
    t.match(payment['discounts'], [{ position: 0, code: 'SAVE10', amount: 1000 }, { position: 1, code: 'STACK01', amount: 100 }])
    t.match(payment, { invoice_url: /\/invoices\/payments\/pay_/, invoice_id: /^inv_[0-9A-Za-z]{21}$/ })

    t.strictSame(await get(`/payments/${reply.payment_id}/line-items`), {
      currency: 'USD',
      partial_refund_allowed: true,
      items: [
        {
          items_id: 'pdt_ebook',
          name: 'The Patient Debugger',
          description: 'An e-book of 180 pages on finding out why, as EPUB and PDF.',
          amount: 1781,
          tax: 338,
          refundable_amount: 2119
        },
        {
          items_id: 'pdt_course',
          name: 'SQLite in Six Evenings',
          description: 'A video course of six lessons with exercises. 20 % off until further notice.',
          amount: 6985,
          tax: 1327,
          refundable_amount: 8312
        }
      ]
    })
  })

  t.test('a payment link, long and short, with an expiry', async t => {
    const { pay, emulator } = startEmulator(t, { linkLifetime: '15m', publicUrl: 'https://pay.example.test/' })
    const before = emulator.sandbox.clock.now()
    const long = await pay(paymentBody({ payment_link: true }))
    const short = await pay(paymentBody({ payment_link: true, short_link: true }))
    const none = await pay(paymentBody({ short_link: true }))
    t.match(long.payment_link, /^https:\/\/pay\.example\.test\/[0-9A-Z][0-9A-Za-z]{7}$/)
    t.match(short.payment_link, /^https:\/\/pay\.example\.test\/s\/[0-9a-z]{11}$/)
    t.equal(none.payment_link, null, 'a short link needs a link')
    const lifetimeUs = 15 * 60 * 1_000_000
    t.ok(String(long.expires_on) >= formatTime(before + lifetimeUs))
    t.ok(String(long.expires_on) <= formatTime(emulator.sandbox.clock.now() + lifetimeUs))
  })

  t.test('with links to the host of the request, but never to an invalid one', async t => {
    const { call } = startEmulator(t)
    const link = async (host: string) => {
      const { json } = await call('POST', '/payments', { body: paymentBody({ payment_link: true }), headers: { host } })
      return (json as { payment_link: string }).payment_link.replace(/[^/]+$/, '')
    }
    t.equal(await link('emulator:4010'), 'http://emulator:4010/')
    t.equal(await link('[::1]:4010'), 'http://[::1]:4010/')
    t.notMatch(await link('evil.example/"><script>'), /evil|script/)
  })

  t.test('in currencies with zero, two and three decimals, with conversion', async t => {
    const { pay, get } = startEmulator(t)
    const total = async (product: string, changes = {}) => {
      const reply = await pay(paymentBody({ product_cart: [{ product_id: product, quantity: 1 }], ...changes }))
      const payment = await get<{ currency: string }>(`/payments/${reply.payment_id}`)
      return [reply.total_amount, payment.currency]
    }
    t.strictSame(await total('pdt_poster_jpy'), [2500, 'JPY'])
    t.strictSame(await total('pdt_guide_eur'), [1250, 'EUR'])
    t.strictSame(await total('pdt_ticket_kwd'), [4500, 'KWD'])
    const { currencies } = (startEmulator(t)).emulator.sandbox.reference
    const rate = Number(currencies['JPY']?.usd_rate)
    t.strictSame(await total('product_id', { billing_currency: 'JPY' }), [Math.round(10 * rate), 'JPY'])
  })

  t.test('with tax: added, contained, reverse charge, off', async t => {
    const { pay, get } = startEmulator(t)
    const money = async (emulate: typeof pay, read: typeof get, changes: Parameters<typeof paymentBody>[0]) => {
      const reply = await emulate(paymentBody(changes))
      const { tax, total_amount: total } = await read<{ tax: number, total_amount: number }>(`/payments/${reply.payment_id}`)
      t.equal(total, reply.total_amount)
      return [total, tax]
    }
    const india = { billing: { country: 'IN' }, product_cart: [{ product_id: 'product_id', quantity: 1 }] } as const
    t.strictSame(await money(pay, get, { ...india, product_cart: [...india.product_cart] }), [1180, 180])
    const guide = [{ product_id: 'pdt_guide_eur', quantity: 1 }]
    t.strictSame(await money(pay, get, { billing: { country: 'FR' }, product_cart: guide }), [1250, 208], '1250 × 20 / 120 = 208.3')
    t.strictSame(await money(pay, get, { billing: { country: 'DE' }, tax_id: 'DE136695976', customer_business_name: ' ACME ' }), [1999, 0])
    const untaxed = startEmulator(t, { tax: 'off' })
    t.strictSame(await money(untaxed.pay, untaxed.get, { billing: { country: 'FR' } }), [1999, 0])
  })

  t.test('an explicit null like an absent field', async t => {
    const { call } = startEmulator(t)
    const nulls = Object.fromEntries([
      'billing_currency', 'discount_code', 'discount_codes', 'force_3ds', 'payment_link', 'payment_method_id', 'return_url',
      'short_link', 'tax_id', 'customer_business_name', 'allowed_payment_method_types', 'adaptive_currency_fees_inclusive'
    ].map(key => [key, null]))
    const { status, text } = await call('POST', '/payments', {
      body: { ...paymentBody(), ...nulls, customer: { email: 'n@example.com', name: null, phone_number: null } }
    })
    t.equal(status, 200, text)
  })

  t.test('and stores the settings of the page with the payment', async t => {
    const { pay, emulator } = startEmulator(t)
    const reply = await pay(paymentBody({
      customer: { customer_id: 'cus_grace' },
      payment_method_id: 'pm_visa_grace',
      allowed_payment_method_types: ['credit', 'google_pay'],
      force_3ds: false,
      redirect_immediately: true,
      require_phone_number: true,
      show_saved_payment_methods: true,
      adaptive_currency_fees_inclusive: false,
      return_url: 'myapp://paid',
      billing: { country: 'DE' },
      tax_id: 'de 136 695 976',
      customer_business_name: ' ACME GmbH '
    }))
    const payment = emulator.sandbox.payments.find(reply.payment_id)
    t.equal(payment?.payment_method_id, 'pm_visa_grace')
    t.strictSame(payment?.checkout, {
      return_url: 'myapp://paid',
      redirect_immediately: true,
      require_phone_number: true,
      show_saved_payment_methods: true,
      force_3ds: false,
      allowed_payment_method_types: ['credit', 'google_pay'],
      adaptive_currency_fees_inclusive: false,
      tax_id: 'de 136 695 976',
      customer_business_name: 'ACME GmbH'
    })
  })
})

t.test('finds and lists', async t => {
  t.test('the newest customer with an e-mail address, who keeps the name', async t => {
    const { pay, stored } = startEmulator(t)
    const first = await pay(paymentBody({ customer: { email: 'ada@example.com', name: 'Someone Else' } }))
    t.equal(first.customer.customer_id, 'cus_ada')
    t.equal(first.customer.name, 'Ada Lovelace')
    const before = stored()['customers']
    const created = await pay(paymentBody({ customer: { email: 'lin@example.com' } }))
    const again = await pay(paymentBody({ customer: { email: 'lin@example.com', name: 'Lin' } }))
    t.strictSame(again.customer, created.customer)
    t.equal(stored()['customers'], (before ?? 0) + 1)
  })

  t.test('payments, newest first, by every filter', async t => {
    const { pay, get } = startEmulator(t)
    const one = await pay(paymentBody())
    const two = await pay(paymentBody({ customer: { customer_id: 'cus_grace' }, product_cart: [{ product_id: 'pdt_guide_eur', quantity: 1 }] }))
    const three = await pay(paymentBody({ product_cart: [{ product_id: 'pdt_guide_eur', quantity: 1 }, { product_id: 'pdt_ebook', quantity: 1 }, { product_id: 'pdt_ebook', quantity: 2 }] }))
    const ids = async (query: string) => {
      const { items } = await get<{ items: Array<{ payment_id: string }> }>(`/payments?${query}`)
      return items.map(({ payment_id: id }) => [one, two, three].findIndex(reply => reply.payment_id === id) + 1)
    }
    const created = (await get<{ created_at: string }>(`/payments/${two.payment_id}`)).created_at
    t.strictSame(await ids(''), [3, 2, 1])
    t.strictSame(await ids('page_size=2'), [3, 2])
    t.strictSame(await ids('page_size=2&page_number=1'), [1])
    t.strictSame(await ids('page_size=2&page_number=2'), [], 'a page past the end is empty')
    t.strictSame(await ids('page_size=0'), [])
    t.strictSame(await ids('page_number=2147483647&page_size=100'), [])
    t.strictSame(await ids('customer_id=cus_ada'), [3, 1])
    t.strictSame(await ids('customer_id=cus_nobody'), [])
    t.strictSame(await ids('product_id=pdt_ebook'), [3, 1], 'once, though it is in two lines')
    t.strictSame(await ids('product_id=pdt_ebook&customer_id=cus_ada&currency=EUR'), [3])
    t.strictSame(await ids('currency=EUR'), [3, 2])
    t.strictSame(await ids('status=requires_payment_method'), [3, 2, 1])
    t.strictSame(await ids('status=succeeded'), [])
    t.strictSame(await ids('brand_id=bus_emulator'), [3, 2, 1])
    t.strictSame(await ids('brand_id=brnd_other'), [])
    t.strictSame(await ids('subscription_id=sub_1'), [])
    t.strictSame(await ids(`created_at_gte=${created}`), [3, 2], 'inclusive')
    t.strictSame(await ids(`created_at_lte=${created}`), [2, 1], 'inclusive')
    t.strictSame(await ids(`created_at_gte=${created}&created_at_lte=${created}&status=requires_payment_method`), [2])
    t.strictSame(await ids('created_at_gte=2000-01-01T00:00:00%2B05:30'), [3, 2, 1])
    t.strictSame(await ids('unknown=1'), [3, 2, 1], 'an unknown parameter is ignored')
  })

  t.test('by time under a frozen clock, while ids run ahead of it', async t => {
    const { pay, get } = startEmulator(t, { clock: '2026-03-10T12:00:00Z', clockFrozen: 'on' })
    for (let count = 0; count < 3; count++) await pay(paymentBody())
    const found = async (query: string) => (await get<{ items: unknown[] }>(`/payments?${query}`)).items.length
    for (const [query, count] of [
      ['created_at_gte=2026-03-10T12:00:00Z', 3], ['created_at_gte=2026-03-10T12:00:00.000001Z', 0], ['created_at_gte=2026-03-10T11:58:00Z', 3],
      ['created_at_lte=2026-03-10T12:00:00Z', 3], ['created_at_lte=2026-03-10T11:59:59.999999Z', 0], ['created_at_lte=2026-03-10T12:02:00Z', 3]
    ] as const) t.equal(await found(query), count, query)
  })

  t.test('nothing for an invalid query, which is refused', async t => {
    const { call } = startEmulator(t)
    for (const query of ['page_size=101', 'page_size=-1', 'page_size=x', 'page_size=1.5', 'page_size=', 'page_number=-1', 'page_size=3000000000',
      'status=paid', 'currency=usd', 'created_at_gte=yesterday', 'created_at_lte=2026-01-01', 'created_at_gte=2026-01-01%2000:00:00Z',
      'customer_id=a&customer_id=b']) {
      const { status, json } = await call('GET', `/payments?${query}`)
      t.strictSame([status, (json as { code: string }).code], [422, 'INVALID_QUERY_PARAMS'], query)
    }
  })

  t.test('no payment with an unknown id: each of its paths returns 404', async t => {
    const { call } = startEmulator(t)
    for (const url of ['/payments/pay_x', '/payments/pay_x/line-items', '/payments/%00', "/payments/';DROP TABLE payments;--"]) {
      const { status, json } = await call('GET', url)
      t.equal(status, 404, url)
      t.match(json, { code: 'NOT_FOUND', message: /^Item not found/ })
    }
  })

  t.test('a repeated code once, at its first place, in any case', async t => {
    const { pay } = startEmulator(t)
    const reply = await pay(paymentBody({ discount_codes: ['flat5', 'SAVE10', 'FLAT5'] }))
    t.strictSame(reply.discount_ids, ['dsc_flat5', 'dsc_save10'])
    t.equal(reply.total_amount, 1349, '1999 - 500 = 1499, - 10 % = 150')
  })

  t.test('twenty stacked codes', async t => {
    const { pay } = startEmulator(t)
    const codes = Array.from({ length: 20 }, (_, n) => `STACK${String(n + 1).padStart(2, '0')}`)
    const reply = await pay(paymentBody({ discount_codes: codes, product_cart: [{ product_id: 'product_id', quantity: 100 }] }))
    let left = 100_000
    for (let n = 0; n < 20; n++) left -= Math.round(left / 100)
    t.equal(reply.total_amount, left)
    t.equal(reply.discount_ids?.length, 20)
  })

  t.test('a first-time code only for new payers; a full discount makes the payment free', async t => {
    const { pay } = startEmulator(t)
    t.equal((await pay(paymentBody({ discount_code: 'FIRSTTIME' }))).total_amount, 1799)
    t.equal((await pay(paymentBody({ customer: { email: 'first@example.com' }, discount_code: 'firsttime' }))).total_amount, 1799)
    t.equal((await pay(paymentBody({ discount_code: 'ONLYADA' }))).total_amount, 1399)
    t.equal((await pay(paymentBody({ discount_code: 'FREE100' }))).total_amount, 0)
  })
})

t.test('a localized price instead of the base price, everywhere', async t => {
  const { call, pay, get } = startEmulator(t)
  const must = async (method: 'POST' | 'PATCH', url: string, body: object) => {
    const { status, json, text } = await call(method, url, { body })
    t.equal(status, 200, text)
    return json as { product_id: string }
  }
  const price = { type: 'one_time_price', currency: 'USD', price: 2000, discount: 10, purchasing_power_parity: false }
  const { product_id: id } = await must('POST', '/products', { name: 'Map', price, tax_category: 'e_book', pricing_mode: 'by_country' })
  await must('POST', `/products/${id}/localized-prices`, { country_code: 'JP', currency: 'JPY', amount: 1500 })
  const cart = { product_cart: [{ product_id: id, quantity: 2 }] }
  const totalOf = async (country: 'JP' | 'US', currency?: 'JPY' | 'USD') => (await pay(paymentBody({
    ...cart, billing: { country }, ...(currency === undefined ? {} : { billing_currency: currency })
  }))).total_amount

  t.equal(await totalOf('US'), 3600, 'elsewhere the base price')
  const { payment_id: paymentId } = await pay(paymentBody({ ...cart, billing: { country: 'JP' }, billing_currency: 'JPY' }))
  const payment = await get<{ total_amount: number, tax: number, currency: string }>(`/payments/${paymentId}`)
  t.match(payment, { currency: 'JPY', total_amount: 2700 + payment.tax }, 'there the price of that country, with its discount')
  const { json: preview } = await call('POST', '/checkouts/preview', {
    body: { ...cart, billing_address: { country: 'JP' }, billing_currency: 'JPY' }
  })
  t.match(preview, { total_price: payment.total_amount, product_cart: [{ og_currency: 'JPY', og_price: 3000 }] })
  await must('PATCH', `/products/${id}`, { pricing_mode: null })
  t.not(await totalOf('JP', 'JPY'), payment.total_amount, 'disabled, the base price again')
})
