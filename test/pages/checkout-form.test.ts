/** The hosted payment page: fields, tokens, methods, saved cards, the order, links, headers. */
import t from 'tap'
import { paymentBody, startEmulator, type PaymentBody } from '../helper.js'
import { host, textOf } from './hosted-page.js'

const HOSTILE = '<img src=x onerror=alert(1)>'

t.test('shows errors at their fields, and never shows, stores or logs a card number', async t => {
  const hosted = await host(t)
  const logged = t.capture(console, 'error')
  const real = '4111111111111111'
  const reply = await hosted.card(real, { expiry: '06/20', cvc: '12', name: `Ada ${real}` })
  t.equal(reply.status, 422)
  t.match(reply.text, '<title>Error: ')
  for (const id of ['card-number', 'card-expiry', 'card-cvc', 'card-name']) {
    t.match(reply.text, new RegExp(`<a href="#${id}">`))
    t.match(reply.text, new RegExp(`id="${id}"[^>]*aria-invalid="true"[^>]*aria-describedby="${id}-problem"`))
  }
  t.match(reply.text, 'Only test cards are accepted here')
  t.notMatch(reply.text, real)
  t.equal((await hosted.card('4242424242424242', { name: '+4242424242424242' })).status, 422, 'nor as a name')
  t.match((await hosted.card('1234')).text, 'This is not a valid card number')
  t.match((await hosted.card('')).text, 'Enter a card number')
  t.notMatch((await hosted.card('4242424242424242', { expiry: real })).text, real)
  t.match((await hosted.send({ action: 'pay' })).text, 'Choose a payment method')
  t.match((await hosted.send({ action: 'pay', method: 'ideal' })).text, 'not possible here')
  t.match((await hosted.send({ action: 'pay', method: 'saved:pm_visa_grace' })).text, 'has been removed')
  t.match((await hosted.send({ action: '__proto__', method: 'constructor' })).status, 422)
  t.equal((await hosted.payment())['status'], 'requires_payment_method')
  t.strictSame(logged(), [])
})

t.test('changes nothing for a form without the right token', async t => {
  const started = startEmulator(t)
  const [one, other] = [await host(t, {}, {}, started), await host(t, {}, {}, started)]
  const token = /name="token" value="(\w+)"/.exec((await other.visit()).text)?.[1] ?? ''
  for (const wrong of ['', 'x', token, `${token}é`]) {
    const reply = await one.card('4242424242424242', { token: wrong })
    t.equal(reply.status, 403)
    t.match(reply.text, `id="load-again" href="${one.path}"`)
  }
  t.equal((await one.payment())['status'], 'requires_payment_method')
})

t.test('escapes text of customers and merchants', async t => {
  const started = startEmulator(t)
  const { products } = started.emulator.sandbox
  const ebook = products.find('pdt_ebook')
  if (ebook === undefined) return t.fail('there is an e-book')
  products.insert({ ...ebook, product_id: 'pdt_hostile', name: HOSTILE, description: `"'${HOSTILE}` })
  const hosted = await host(t, {
    customer: { email: 'eve@example.com', name: HOSTILE },
    billing: { country: 'US', city: HOSTILE },
    product_cart: [{ product_id: 'pdt_hostile', quantity: 1 }],
    return_url: 'https://shop.example/"><script>alert(1)</script>',
    metadata: { note: HOSTILE }
  }, {}, started)
  const pages = [
    await hosted.visit(), await hosted.card('1', { name: HOSTILE, expiry: '"><b>', method: HOSTILE }),
    await hosted.card('4000000000000002', { name: HOSTILE }), await hosted.visit(),
    await hosted.card('4000002760003184'), await hosted.visit(), await hosted.send({ action: 'approve' }),
    await hosted.visit(`/status${hosted.path}/succeeded`),
    await hosted.visit(`/status${hosted.path}/${encodeURIComponent(HOSTILE)}`)
  ]
  for (const { text } of pages) t.notMatch(text, /<img|<b>|<script>/)
  t.match(pages[0]?.text, '&#60;img src&#61;x onerror&#61;alert(1)&#62;')
})

t.test('shows and accepts only allowed_payment_method_types', async t => {
  const started = startEmulator(t)
  const credit = await host(t, { allowed_payment_method_types: ['credit'] }, {}, started)
  t.match((await credit.visit()).text, 'id="card-number"')
  t.notMatch((await credit.visit()).text, /google_pay|apple_pay|use-4000056655665556/)
  const debit = await credit.card('4000056655665556')
  t.equal(debit.status, 422)
  t.match(debit.text, 'Only credit cards are accepted')
  t.match((await credit.send({ action: 'pay', method: 'google_pay' })).status, 422)
  t.equal((await credit.card('4242424242424242')).status, 303)

  const wallet = await host(t, { allowed_payment_method_types: ['paypal', 'ideal'] }, {}, started)
  const page = await wallet.visit()
  t.notMatch(page.text, 'id="card-number"')
  t.match(page.text, 'iDEAL: not for customers in United States')
  t.equal((await wallet.card('4242424242424242')).status, 422)
  t.equal((await wallet.send({ action: 'pay', method: 'paypal' })).location, wallet.path)
  t.match((await wallet.visit()).text, 'Approve the payment with PayPal')
  await wallet.send({ action: 'approve' })
  t.match(await wallet.payment(), {
    status: 'succeeded', payment_method: 'wallet', payment_method_type: 'paypal', card_last_four: null
  })

  const none = await host(t, { allowed_payment_method_types: ['klarna'] }, {}, started)
  t.match((await none.visit()).text, /No payment method is available[^]*Klarna: only from \$50.01/)
  t.notMatch((await none.visit()).text, 'id="pay"')
})

t.test('offers UPI for India in rupees', async t => {
  const started = startEmulator(t)
  const body: Partial<PaymentBody> = {
    billing: { country: 'IN' },
    product_cart: [{ product_id: 'pdt_template_inr', quantity: 1 }],
    customer: { customer_id: 'cus_asha' }
  }
  const hosted = await host(t, body, {}, started)
  t.match((await hosted.send({ action: 'pay', method: 'upi', upi_id: 'ada' })).text, 'Enter a UPI ID')
  await hosted.send({ action: 'pay', method: 'upi', upi_id: 'failure@upi' })
  t.match(await hosted.payment(), { status: 'failed', error_code: 'GENERIC_DECLINE' })
  await hosted.send({ action: 'pay', method: 'upi', upi_id: 'success@upi' })
  t.match(await hosted.payment(), { status: 'succeeded', payment_method: 'upi', payment_method_type: 'upi_collect' })
  const plain = await host(t, body, { testHelpers: 'off' })
  const { text } = await plain.visit()
  t.match(text, /id="card-number"[^]*id="upi-code"/)
  t.notMatch(text, /id="test-helpers"|use-4242|success@upi/)
  const dollars = await host(t, {}, {}, started)
  t.equal((await dollars.send({ action: 'pay', method: 'upi', upi_id: 'success@upi' })).status, 422)
})

t.test('asks for a required phone number and stores it with a customer without one', async t => {
  const started = startEmulator(t)
  const body: Partial<PaymentBody> = { require_phone_number: true, customer: { email: 'new@example.com', name: 'New' } }
  const hosted = await host(t, body, {}, started)
  const refused = await hosted.card('4242424242424242')
  t.match(refused.text, /<a href="#phone">Enter a phone number/)
  t.match((await hosted.card('4242424242424242', { phone: 'call me' })).status, 422)
  t.equal((await hosted.card('4242424242424242', { phone: '+1 (202) 555-0199' })).status, 303)
  t.match(await hosted.payment(), { customer: { phone_number: '+12025550199' } })
  const known = await host(t, { require_phone_number: true }, {}, started)
  t.match((await known.visit()).text, 'value="+442079460018"')
  await known.card('4242424242424242', { phone: '+15550000000' })
  t.match(await known.payment(), { customer: { phone_number: '+442079460018' } })
})

t.test('shows, charges and saves cards', async t => {
  const started = startEmulator(t)
  const grace: Partial<PaymentBody> = { customer: { customer_id: 'cus_grace' } }
  t.notMatch((await (await host(t, grace, {}, started)).visit()).text, /pm_visa_grace|save-card/)
  const hosted = await host(t, { ...grace, show_saved_payment_methods: true }, {}, started)
  t.match((await hosted.visit()).text, 'id="method-saved-pm_visa_grace" name="method" value="saved:pm_visa_grace" checked')
  await hosted.send({ action: 'pay', method: 'saved:pm_visa_grace' })
  t.match(await hosted.payment(), { status: 'succeeded', payment_method_id: 'pm_visa_grace', card_last_four: '4242' })

  const saving = await host(t, { ...grace, show_saved_payment_methods: true }, {}, started)
  await saving.card('4000002760003184', { save: 'yes' })
  await saving.send({ action: 'approve' })
  t.equal((await saving.payment())['payment_method_id'], null)
  const saved = started.emulator.sandbox.paymentMethods.ofCustomer('cus_grace')[1]
  t.match(saved, { card: { last4_digits: '3184', expiry_month: '06', expiry_year: '2099' } })

  const again = await host(t, { ...grace, show_saved_payment_methods: true }, {}, started)
  await again.send({ action: 'pay', method: `saved:${saved?.payment_method_id}` })
  t.equal((await again.payment())['status'], 'requires_customer_action', 'the customer is there to confirm')
  const hidden = await host(t, grace, {}, started)
  await hidden.card('5555555555554444', { save: 'yes' })
  t.equal(started.emulator.sandbox.paymentMethods.ofCustomer('cus_grace').length, 2, 'not saved where that was not offered')
})

t.test('completes a free order without a method', async t => {
  const hosted = await host(t, { product_cart: [{ product_id: 'pdt_free', quantity: 1 }] })
  const page = await hosted.visit()
  t.match(page.text, 'Complete order')
  t.notMatch(page.text, /id="card-number"|name="method"/)
  await hosted.send({ action: 'pay' })
  t.match(await hosted.payment(), { status: 'succeeded', payment_method: null, total_amount: 0 })
  t.match((await hosted.visit(`/status${hosted.path}/succeeded`)).text, 'Order complete')
})

t.test('adds up the order: discounts, added tax, included tax, other currencies, business', async t => {
  const started = startEmulator(t)
  const rich = await (await host(t, {
    billing: { country: 'GB' },
    discount_codes: ['STACK01'],
    product_cart: [{ product_id: 'pdt_course', quantity: 1 }, { product_id: 'pdt_ebook', quantity: 2 }]
  }, {}, started)).visit()
  t.strictSame(['subtotal', 'product-discount', 'discount', 'tax', 'total'].map(id => textOf(rich, id)),
    ['$88.98', '−$9.80', '−$0.79', '$15.68', '$94.07'])
  t.match(rich.text, 'VAT 20%')
  t.match(rich.text, 'Discount STACK01')
  const euro = await (await host(t, {
    billing: { country: 'DE' }, product_cart: [{ product_id: 'pdt_guide_eur', quantity: 1 }]
  }, {}, started)).visit()
  t.equal(textOf(euro, 'total'), '€12.50')
  t.match(textOf(euro, 'tax-included'), /^\nTax included: €2\.00 VAT 19%$/)
  t.equal(textOf(euro, 'tax'), undefined)
  for (const [product, total] of [['pdt_poster_jpy', '¥2,500'], ['pdt_ticket_kwd', 'KWD\u00a04.500']] as const) {
    const page = await (await host(t, { product_cart: [{ product_id: product, quantity: 1 }] }, {}, started)).visit()
    t.equal(textOf(page, 'total'), total)
  }
  const business = await (await host(t, {
    billing: { country: 'DE', zipcode: '10115', city: 'Berlin', street: 'Invalidenstraße 1' },
    tax_id: 'DE136695976',
    customer_business_name: 'Muster & Co'
  }, {}, started)).visit()
  t.equal(textOf(business, 'business-name'), 'Muster &#38; Co')
  t.equal(textOf(business, 'tax-id'), 'Tax ID DE136695976')
  t.equal(textOf(business, 'billing-address'), 'Invalidenstraße 1, 10115 Berlin, Germany')
  t.match(business.text, 'Reverse charge')
})

t.test('resolves short links, refuses unknown ones, and leaves API paths alone', async t => {
  const started = startEmulator(t)
  const short = await host(t, { short_link: true }, {}, started)
  t.match(short.path, /^\/s\/[0-9a-z]{11}$/)
  const lead = await short.visit()
  t.equal(lead.status, 302)
  t.equal((await short.visit(lead.location)).status, 200)
  for (const url of ['/AAAAAAAA', '/s/00000000000', '/s/x', '/status/AAAAAAAA/succeeded']) {
    const page = await short.visit(url)
    t.equal(page.status, 404)
    t.match(page.headers['content-type'], 'text/html')
    t.match((await short.visit(url, { accept: 'application/json' })).headers['content-type'], 'application/json')
  }
  const unlinked = await started.pay(paymentBody())
  t.equal(unlinked.payment_link, null)
  for (const url of ['/unknown', '/payments/x/y', '/assets/none.js', '/AAAAAAA', '/AAAAAAAAA']) {
    const { status, headers } = await short.visit(url, { accept: '*/*' })
    t.equal(status, 404)
    t.match(headers['content-type'], 'application/json')
  }
})

t.test('sends security headers, and loads only its own, current files', async t => {
  const hosted = await host(t)
  const page = await hosted.visit()
  for (const { headers } of [page, await hosted.visit('/AAAAAAAA'), await hosted.card('1')]) {
    t.match(headers, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    t.equal(headers['content-security-policy'], "default-src 'none'; script-src 'self'; style-src 'self'; " +
      "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors *")
    t.equal(headers['access-control-allow-origin'], undefined, 'no script of another origin can read a token')
  }
  t.notMatch(page.text, / style=| on\w+=|<style|<script>/)
  const loaded = [...page.text.matchAll(/(?:src|href)="(\/assets[^"]+)"/g)]
    .map(([, url = '']) => url.replaceAll('&#61;', '='))
  t.equal(loaded.length, 3)
  for (const url of loaded) {
    const { status, headers } = await hosted.visit(url)
    t.equal(status, 200)
    t.match(headers['cache-control'], 'immutable')
  }
  t.notMatch(page.text.replace('http://www.w3.org/2000/svg', ''), /https?:\/\//, 'nothing comes from elsewhere')
})

t.test('refuses a malformed form with a page', async t => {
  const hosted = await host(t)
  const send = (type: string, payload: string) => hosted.emulator.app.inject({
    method: 'POST', url: hosted.path, headers: { 'content-type': type }, payload
  })
  t.equal((await send('application/x-www-form-urlencoded', 'a'.repeat(40_000))).statusCode, 413)
  t.equal((await send('text/plain', 'x')).statusCode, 422)
  t.equal((await send('application/json', '{"action":"pay"}')).statusCode, 403)
  t.equal((await send('application/x-www-form-urlencoded', 'token=1&token=2&__proto__=3')).statusCode, 403)
})

t.test('keeps the path of the public URL in every link', async t => {
  const started = startEmulator(t, { publicUrl: 'https://pay.example/dodo' })
  const { payment_link: link } = await started.pay(paymentBody({ payment_link: true }))
  const path = new URL(link ?? '').pathname.slice('/dodo'.length)
  const { body } = await started.emulator.app.inject({ url: path })
  t.match(body, `action="/dodo${path}"`)
  t.match(body, 'src="/dodo/assets/pages.js')
})
