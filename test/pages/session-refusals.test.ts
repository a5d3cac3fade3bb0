/** Submissions that the page of a checkout session refuses, and the effects of accepted ones. */
import t from 'tap'
import type { TestEmulator } from '../helper.js'
import { type SessionBody, NEW, fieldsOf, unescaped, session, textOf, problemOf } from './session-page.js'

const HOUR_MS = 3_600_000
const HOSTILE = '<img src=x onerror=alert(1)>'

t.test('refuses', async t => {
  t.test('missing and invalid details, each at its field, and keeps the others', async t => {
    const opened = await session(t)
    const refused = await opened.send({ action: 'continue', email: 'ada', city: 'Springfield', full_name: 'x'.repeat(300) })
    t.equal(refused.status, 422)
    t.match(refused.text, /<title>Error: /)
    t.match(problemOf(refused, 'email'), 'Enter an e-mail address')
    t.match(problemOf(refused, 'name'), 'at most 250')
    t.match(problemOf(refused, 'street'), 'street')
    t.match(problemOf(refused, 'state'), 'state')
    t.match(fieldsOf(refused.text), { email: 'ada', city: 'Springfield' })
    t.equal(problemOf(await opened.send({ ...NEW, country: 'AI' }), 'country'), 'Choose a country.')
    t.equal(opened.stored()['payments'], 0)
  })

  t.test('wrong details together with a wrong card, so that the customer sees all mistakes at once', async t => {
    const opened = await session(t, { feature_flags: { single_page: true } })
    const refused = await opened.send({ ...NEW, action: 'pay', email: 'ada', method: 'card', number: '4242', expiry: '12/34', cvc: '1' })
    t.equal(refused.status, 422)
    t.match(problemOf(refused, 'email'), 'Enter an e-mail address')
    t.match(problemOf(refused, 'card-number'), 'not a valid card number')
    t.match(problemOf(refused, 'card-cvc'), 'three digits')
    const free = await opened.send({ ...NEW, action: 'pay', email: 'ada', codes: '["FREE100"]' })
    t.match(problemOf(free, 'email'), 'Enter an e-mail address')
    t.notMatch(free.text, 'id="card-number-problem"', 'a free order needs no card')
  })

  t.test('forms without a token, of another session, or without an action', async t => {
    const opened = await session(t)
    t.equal((await opened.send({ ...NEW, token: '' })).status, 403)
    t.equal((await opened.send({ ...NEW, token: `${opened.sessionId}.${'0'.repeat(64)}` })).status, 403)
    t.equal((await opened.send({ ...NEW, action: '' })).status, 200, 'it is shown again')
    t.equal(opened.stored()['payments'], 0)
  })

  t.test('codes that the page does not allow', async t => {
    const opened = await session(t, { discount_codes: ['SAVE10'], feature_flags: { allow_discount_code: false } })
    t.notMatch((await opened.visit()).text, /id="apply-code"/)
    await opened.send({ ...NEW, codes: '["FREE100","SAVE10"]', code: 'FREE100' })
    t.equal((await opened.payment()).total_amount, 1799)
  })

  t.test('a code for other customers, which does not reduce the price', async t => {
    const opened = await session(t, { discount_codes: ['ONLYADA'] })
    t.equal(textOf(await opened.visit(), 'amount-due'), '$13.99')
    const refused = await opened.send(NEW)
    t.equal(refused.status, 422)
    t.match(problemOf(refused, 'discount-code'), 'for other customers')
    t.equal(textOf(refused, 'amount-due'), '$19.99')
    await opened.send(NEW)
    t.equal((await opened.payment()).total_amount, 1999)
  })

  t.test('a total below the minimum charge; a total of 0 is free', async t => {
    const cart = [{ product_id: 'pdt_donation', quantity: 1 }]
    const opened = await session(t, { product_cart: cart, discount_codes: ['FLAT5'] })
    const refused = await opened.send({ ...NEW, amount_0: '5.20' })
    t.equal(refused.status, 422)
    t.match(unescaped(refused.text), 'Minimum amount of $0.50 is required to process payment')
    t.equal(opened.stored()['payments'], 0)
    t.equal((await opened.send({ ...NEW, amount_0: '5.00' })).status, 303)
    t.equal((await opened.payment()).total_amount, 0)
  })

  t.test('saved cards unless the merchant named the customer; a typed address is not enough', async t => {
    const single = { show_saved_payment_methods: true, feature_flags: { single_page: true, allow_customer_editing_email: true } }
    const stranger = await session(t, single)
    const shown = await stranger.send({ action: 'reprice', email: 'grace@example.com' })
    t.notMatch(shown.text, /pm_visa_grace/)
    const refused = await stranger.send({ ...NEW, action: 'pay', email: 'grace@example.com', method: 'saved:pm_visa_grace' })
    t.equal(refused.status, 422)
    const named = await session(t, { ...single, customer: { email: 'grace@example.com' } })
    t.match((await named.visit()).text, /pm_visa_grace/)
    const steps = await session(t, { show_saved_payment_methods: true })
    const { location } = await steps.send({ ...NEW, email: 'grace@example.com' })
    t.notMatch((await steps.visit(location)).text, /pm_visa_grace/)
  })

  t.test('sessions that do not exist or have expired', async t => {
    const opened = await session(t, { cancel_url: 'https://shop.example/cart' })
    t.match(await opened.visit('/session/cks_no'), { status: 404, text: 'Checkout not found' })
    t.match(await opened.visit('/s/c00000000000'), { status: 404 })
    t.match(await opened.visit('/session/cks_no/theme.css'), { status: 404 })
    const { statusCode, headers } = await opened.emulator.app.inject({ url: '/session/cks_no', headers: { accept: 'application/json' } })
    t.equal(statusCode, 404)
    t.match(headers['content-type'], 'json')
    await opened.call('POST', '/_emulator/clock', { body: { advance_ms: 24 * HOUR_MS + 1 } })
    const gone = await opened.visit()
    t.match(gone, { status: 410, text: 'This checkout has expired' })
    t.match(gone.text, 'https://shop.example/cart')
    t.equal((await opened.send(NEW)).status, 410)
    t.equal(opened.stored()['payments'], 0)
  })

  t.test('a product that was archived meanwhile', async t => {
    const opened = await session(t)
    await opened.visit()
    const { products } = opened.emulator.sandbox
    const product = products.find('pdt_ebook')
    if (product === undefined) return t.fail('no product')
    Object.assign(product, { archived: true }) // // the cached product
    t.match(await opened.visit(), { status: 410, text: 'no longer sold' })
    t.equal((await opened.send(NEW)).status, 410)
    t.equal(opened.stored()['payments'], 0)
  })

  t.test('escapes hostile text', async t => {
    const opened = await session(t, {
      customer: { email: 'a@b.c', name: HOSTILE },
      custom_fields: [{ key: HOSTILE, label: HOSTILE, field_type: 'dropdown', options: [HOSTILE], placeholder: HOSTILE }],
      customization: { theme_config: { pay_button_text: HOSTILE } }
    })
    const shown = await opened.visit()
    t.notMatch(shown.text, '<img')
    const again = await opened.send({ action: 'reprice', street: HOSTILE, code: HOSTILE, custom_0: HOSTILE, codes: `["${HOSTILE}"]` })
    t.notMatch(again.text, '<img')
    for (const codes of ['{', '"x"', '[1,null,{}]', `[${'"A",'.repeat(400)}"B"]`]) {
      t.ok((await opened.send({ action: 'reprice', codes, code: '' })).status <= 422, codes.slice(0, 20))
    }
  })
})

t.test('accepts', async t => {
  t.test('creates one payment for two simultaneous submissions', async t => {
    const opened = await session(t)
    await opened.visit()
    const replies = await Promise.all([opened.send(NEW), opened.send(NEW), opened.send({ ...NEW, email: 'two@example.com' })])
    t.equal(new Set(replies.map(({ location }) => location)).size, 1)
    t.equal(opened.stored()['payments'], 1)
    t.equal((await opened.send({ ...NEW, email: 'later@example.com' })).location, replies[0]?.location)
  })

  t.test('creates no payment after the session has expired', async t => {
    const opened = await session(t)
    await opened.call('POST', '/_emulator/clock', { body: { advance_ms: 23 * HOUR_MS } })
    const { location } = await opened.send(NEW)
    t.equal((await opened.visit(location)).status, 200)
    await opened.call('POST', '/_emulator/clock', { body: { advance_ms: 2 * HOUR_MS } })
    t.equal((await opened.visit(location)).status, 410)
    t.match(await opened.visit(), { status: 302, location })
  })

  t.test('shows the same total on the page, in the preview, and in both payments', async t => {
    const carts: Array<Partial<SessionBody>> = [
      { product_cart: [{ product_id: 'pdt_course', quantity: 3 }, { product_id: 'pdt_guide_eur', quantity: 1 }], discount_codes: ['SAVE10', 'FLAT5'] },
      { product_cart: [{ product_id: 'pdt_poster_jpy', quantity: 2 }], billing_currency: 'EUR', discount_codes: ['ODD333'] },
      { product_cart: [{ product_id: 'pdt_ticket_kwd', quantity: 1 }, { product_id: 'pdt_donation', quantity: 1, amount: 555 }] },
      { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], discount_codes: ['CAPPED', 'EBOOK50'] }
    ]
    for (const cart of carts) {
      for (const country of ['US', 'GB', 'IN'] as const) {
        const opened = await session(t, { ...cart, billing_address: { country } })
        const shown = await opened.visit()
        const { json: preview } = await opened.call('POST', '/checkouts/preview', { body: { ...cart, billing_address: { country } } })
        const direct = await opened.pay({ ...cart, billing: { country }, customer: { email: 'nina@example.com' } } as Parameters<TestEmulator['pay']>[0])
        await opened.send({ ...NEW, country })
        const made = (await opened.payments()).find(({ payment_id: id }) => id !== direct.payment_id)
        t.equal(made?.total_amount, direct.total_amount)
        t.equal((preview as { total_price: number }).total_price, direct.total_amount)
        const link = await opened.payment(made?.payment_id)
        const payPage = await opened.visit(new URL(String(link.payment_link)).pathname)
        t.equal(textOf(payPage, 'amount-due'), textOf(shown, 'amount-due'))
      }
    }
  })

  t.test('keeps the path of a proxy in links', async t => {
    const opened = await session(t, { customization: { theme_config: { radius: '1px' } } }, { publicUrl: 'https://pay.example/dodo' })
    const shown = await opened.visit(`/session/${opened.sessionId}`)
    t.match(shown.text, `action="/dodo/session/${opened.sessionId}"`)
    t.match(shown.text, `href="/dodo/session/${opened.sessionId}/theme.css"`)
  })
})
