/** The pages of checkout sessions and static links, request by request: their contents, the effects of forms, no double payments. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import type { Refusal } from '../helper.js'
import { type SessionBody, type Fields, ADDRESS, NEW, fieldsOf, unescaped, session, textOf, problemOf } from './session-page.js'

const CARD: Fields = { method: 'card', number: '4242 4242 4242 4242', expiry: '06/99', cvc: '123', name: 'Nina New' }

t.test('answers', async t => {
  t.test('collects the details, takes the payment, and returns to the shop', async t => {
    const opened = await session(t, { return_url: 'https://shop.example/thanks?order=7', metadata: { order: '7' } })
    const shown = await opened.visit()
    t.equal(shown.status, 200)
    t.equal(textOf(shown, 'amount-due'), '$19.99')
    t.match(shown.headers['content-security-policy'], "connect-src 'self'; form-action 'self';")
    t.equal(opened.stored()['payments'], 0, 'reading creates no payment')

    const sent = await opened.send(NEW)
    t.equal(sent.status, 303)
    t.match(sent.location, /^\/[0-9A-Z][0-9A-Za-z]{7}$/)
    t.match(await opened.payment(), {
      status: 'requires_payment_method',
      checkout_session_id: opened.sessionId,
      total_amount: 1999,
      metadata: { order: '7' },
      billing: ADDRESS,
      customer: { name: 'Nina New', email: 'nina@example.com' },
      custom_field_responses: null
    })
    t.match(await opened.get(`/checkouts/${opened.sessionId}`), {
      customer_name: 'Nina New', customer_email: 'nina@example.com', payment_status: 'requires_payment_method'
    })
    const checkout = await opened.visit(sent.location)
    const { token = '' } = fieldsOf(checkout.text)
    const paid = await opened.emulator.app.inject({
      method: 'POST',
      url: sent.location,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ ...CARD, token, action: 'pay' }).toString()
    })
    const status = await opened.visit(String(paid.headers['location']))
    t.match(unescaped(status.text), /https:\/\/shop\.example\/thanks\?order=7&payment_id=pay_\w+&status=succeeded&email=nina%40example\.com/)
    t.match(await opened.visit(), { status: 302, location: sent.location }, 'the session leads to its payment')
  })

  t.test('fills in known details, and locks them unless the flags allow changes', async t => {
    const known: Partial<SessionBody> = {
      customer: { customer_id: 'cus_ada' },
      billing_address: { country: 'DE', city: 'Berlin', street: 'Unter den Linden 1', zipcode: '10117' },
      tax_id: 'DE136695976',
      customer_business_name: 'ACME'
    }
    const locked = await session(t, known)
    const shown = await locked.visit()
    t.match(shown.text, /id="email" name="email" value="ada@example\.com"[^>]* readonly/)
    t.match(shown.text, /id="country"[^>]* value="Germany"[^>]* readonly/)
    t.match(shown.text, /reverse-charge/)
    await locked.send({ ...NEW, country: 'FR', tax_id: 'x' })
    t.match(await locked.payment(), {
      customer: { customer_id: 'cus_ada', name: 'Ada Lovelace', email: 'ada@example.com' },
      billing: { country: 'DE', city: 'Berlin', street: 'Unter den Linden 1', zipcode: '10117' },
      tax: 0
    })

    const flags = {
      allow_customer_editing_name: true,
      allow_customer_editing_email: true,
      allow_customer_editing_country: true,
      allow_customer_editing_tax_id: true,
      allow_customer_editing_business_name: true,
      allow_customer_editing_zipcode: true
    }
    const open = await session(t, { ...known, feature_flags: flags })
    t.notMatch((await open.visit()).text, /id="email"[^>]* readonly/)
    await open.send({ action: 'continue', full_name: 'Ada King', country: 'FR', zipcode: '75001', tax_id: '', business_name: '' })
    t.match(await open.payment(), { customer: { customer_id: 'cus_ada', name: 'Ada King' }, billing: { country: 'FR', city: 'Berlin', zipcode: '75001' }, tax: 400 })
    const moved = await session(t, { ...known, feature_flags: flags })
    await moved.send({ action: 'continue', email: 'grace@example.com', full_name: 'Grace' })
    t.match(await moved.payment(), { customer: { customer_id: 'cus_grace', name: 'Grace Hopper' } }, 'another address, another customer')
  })

  t.test('updates the price when a code is added, refused or removed', async t => {
    const opened = await session(t, { discount_codes: ['SAVE10'] })
    t.equal(textOf(await opened.visit(), 'amount-due'), '$17.99')
    const more = await opened.send({ action: 'reprice', code: 'flat5' })
    t.equal(more.status, 200)
    t.equal(textOf(more, 'amount-due'), '$12.99')
    t.match(more.text, /id="remove-FLAT5"/)
    const wrong = await opened.send({ action: 'reprice', code: 'EXPIRED' })
    t.equal(wrong.status, 422)
    t.equal(problemOf(wrong, 'discount-code'), 'This discount code has expired.')
    t.equal(textOf(wrong, 'amount-due'), '$12.99')
    t.match(fieldsOf(wrong.text), { code: 'EXPIRED', codes: '["SAVE10","FLAT5"]' })
    const less = await opened.send({ action: 'remove:SAVE10', code: '' })
    t.equal(textOf(less, 'amount-due'), '$14.99')
    await opened.send({ ...NEW, code: 'save25' })
    t.match(await opened.payment(), { total_amount: 1124, discounts: [{ code: 'FLAT5' }, { code: 'SAVE25' }] })
  })

  t.test('changes country and currency', async t => {
    const opened = await session(t)
    const german = await opened.send({ action: 'reprice', country: 'DE' })
    t.match(german.text, /<option value="EUR">/)
    t.equal(textOf(german, 'amount-due'), '$23.79')
    const euro = await opened.send({ action: 'reprice', currency: 'EUR' })
    t.equal(textOf(euro, 'amount-due'), '€20.46')
    await opened.send({ ...NEW, country: 'DE' })
    t.match(await opened.payment(), { currency: 'EUR', total_amount: 2046, billing: { country: 'DE' } })
    const fixed = await session(t, { billing_currency: 'GBP', feature_flags: { allow_currency_selection: false } })
    t.notMatch((await fixed.visit()).text, /id="currency"/)
    await fixed.send({ ...NEW, currency: 'USD' })
    t.equal((await fixed.payment()).currency, 'GBP')
  })

  t.test('accepts an amount chosen by the customer', async t => {
    const opened = await session(t, { product_cart: [{ product_id: 'pdt_donation', quantity: 2 }] })
    const shown = await opened.visit()
    t.equal(fieldsOf(shown.text)['amount_0'], '15.00')
    t.equal(textOf(shown, 'amount-due'), '$30.00')
    for (const [text, message] of [['4.99', /smallest amount/], ['x', /Enter an amount/], ['1e3', /Enter/], ['5.001', /Enter/], ['99999999999', /Enter/]] as const) {
      const refused = await opened.send({ ...NEW, amount_0: text })
      t.equal(refused.status, 422)
      t.match(problemOf(refused, 'amount-0'), message, text)
    }
    await opened.send({ ...NEW, amount_0: '7,5' })
    t.equal((await opened.payment()).total_amount, 1500)
  })

  t.test('shows custom fields, and stores the answers', async t => {
    const opened = await session(t, {
      custom_fields: [
        { key: 'size', label: 'Size', field_type: 'dropdown', options: ['S', 'M'], required: true },
        { key: 'born', label: 'Born', field_type: 'date' },
        { key: 'site', label: 'Site', field_type: 'url' },
        { key: 'count', label: 'Count', field_type: 'number', required: true, placeholder: 'How many?' },
        { key: 'terms', label: 'I agree', field_type: 'boolean', required: true }
      ]
    })
    t.match((await opened.visit()).text, /placeholder="How many\?"/)
    const refused = await opened.send({ ...NEW, custom_1: '2026-02-31', custom_2: 'javascript:x', custom_3: '1e5' })
    t.match(problemOf(refused, 'custom-0'), 'Fill in')
    t.match(problemOf(refused, 'custom-1'), 'a date')
    t.match(problemOf(refused, 'custom-2'), 'a web address')
    t.match(problemOf(refused, 'custom-3'), 'a number')
    t.match(problemOf(refused, 'custom-4'), 'Tick')
    await opened.send({ ...NEW, custom_0: 'M', custom_1: '', custom_2: 'https://a.example', custom_3: '-1.5', custom_4: 'true' })
    t.strictSame((await opened.payment()).custom_field_responses, [
      { key: 'size', value: 'M' }, { key: 'site', value: 'https://a.example' }, { key: 'count', value: '-1.5' },
      { key: 'terms', value: 'true' }
    ])
  })

  t.test('asks for a phone number as the flags require', async t => {
    const required = await session(t, { feature_flags: { require_phone_number: true } })
    t.match(problemOf(await required.send(NEW), 'phone'), 'Enter a phone number')
    await required.send({ ...NEW, phone: '+1 202 555 0199' })
    t.equal((await required.payment()).customer.phone_number, '+12025550199')
    const none = await session(t, { feature_flags: { allow_phone_number_collection: false } })
    t.notMatch((await none.visit()).text, /id="phone"/)
    await none.send({ ...NEW, phone: '+12025550199' })
    t.equal((await none.payment()).customer.phone_number, null)
  })

  t.test('asks for the name on the card as the flags require', async t => {
    const fields = { ...NEW, action: 'pay', method: 'card', number: '4242424242424242', expiry: '06/99', cvc: '123', name: ' ' }
    for (const [isRequired, status] of [[true, 422], [false, 303]] as const) {
      const opened = await session(t, { feature_flags: { single_page: true, require_cardholder_name: isRequired } })
      const reply = await opened.send(fields)
      t.equal(reply.status, status)
      if (isRequired) t.equal(problemOf(reply, 'card-name'), 'Enter the name on the card.')
    }
    const opened = await session(t, { feature_flags: { require_cardholder_name: true } })
    const { location } = await opened.send(NEW)
    t.match((await opened.visit(location)).text, /id="card-name"[^>]*required/)
  })

  t.test('asks businesses for a tax id as the flags require', async t => {
    const opened = await session(t, { feature_flags: { require_tax_id: true } })
    const business = await opened.send({ ...NEW, business_name: 'Acme' })
    t.equal(problemOf(business, 'tax-id'), 'Enter your tax ID.')
    t.equal((await opened.send({ ...NEW, business_name: '' })).status, 303, 'not from others')
    const body = {
      product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }],
      confirm: true,
      customer: { customer_id: 'cus_ada' },
      billing_address: { country: 'DE', street: 'Ring 1', city: 'Berlin', zipcode: '10117' },
      feature_flags: { require_tax_id: true }
    }
    for (const [changes, status, path] of [
      [{}, 422, 'tax_id'], [{ tax_id: ' ' }, 422, 'tax_id'], [{ tax_id: 'DE136695976' }, 200, undefined],
      [{ feature_flags: { require_tax_id: true, allow_tax_id: false }, confirm: false }, 422, 'feature_flags.require_tax_id']
    ] as const) {
      const { status: got, json } = await opened.call('POST', '/checkouts', { body: { ...body, ...changes } })
      t.equal(got, status, JSON.stringify(json))
      t.equal((json as Refusal).details?.[0]?.path, path)
    }
  })

  t.test('accepts a tax id if it is allowed', async t => {
    const opened = await session(t)
    const wrong = await opened.send({ ...NEW, country: 'DE', tax_id: 'DE1' })
    t.match(problemOf(wrong, 'tax-id'), 'not a tax ID')
    const nameless = await opened.send({ ...NEW, country: 'DE', tax_id: '', business_name: 'ACME' })
    t.match(problemOf(nameless, 'business-name'), 'needs its tax ID')
    await opened.send({ ...NEW, country: 'DE', tax_id: 'DE136695976', business_name: 'ACME' })
    t.match(await opened.payment(), { tax: 0 })
    const none = await session(t, { feature_flags: { allow_tax_id: false } })
    t.notMatch((await none.visit()).text, /id="tax-id"/)
    await none.send({ ...NEW, country: 'DE', tax_id: 'DE136695976' })
    t.match(await none.payment(), { tax: 380 }, 'a field that is not shown has no effect')
  })

  t.test('asks for a short address', async t => {
    const opened = await session(t, { minimal_address: true })
    t.notMatch((await opened.visit()).text, /id="street"/)
    t.match(problemOf(await opened.send({ ...NEW, zipcode: '' }), 'zipcode'), 'postal code')
    await opened.send({ action: 'continue', full_name: 'N', email: 'n@example.com', zipcode: '10001' })
    t.match(await opened.payment(), { billing: { country: 'US', zipcode: '10001', street: null } })
  })

  t.test('shows details and payment on one page', async t => {
    const opened = await session(t, { feature_flags: { single_page: true } })
    const shown = await opened.visit()
    t.match(shown.text, /id="card-number"/)
    t.match(shown.text, /id="pay"[^>]*>Pay \$19\.99</)
    const wrong = await opened.send({ ...NEW, ...CARD, action: 'pay', number: '4111111111111111', full_name: '' })
    t.equal(wrong.status, 422)
    t.match(problemOf(wrong, 'name'), 'Enter your name')
    const card = await opened.send({ ...NEW, ...CARD, action: 'pay', number: '4111111111111111' })
    t.match(problemOf(card, 'card-number'), 'Only test cards')
    t.notMatch(card.text, /4111 ?1111/)
    t.equal(opened.stored()['payments'], 0)
    const paid = await opened.send({ ...NEW, ...CARD, action: 'pay' })
    t.match(paid.location, /^\/status\/\w{8}\/succeeded$/)
    t.match(await opened.payment(), { status: 'succeeded', card_last_four: '4242', checkout_session_id: opened.sessionId })
  })

  t.test('one page: another card can pay after a decline, and a changed total must be confirmed', async t => {
    const opened = await session(t, { feature_flags: { single_page: true } })
    const changed = await opened.send({ ...NEW, ...CARD, action: 'pay', country: 'DE' })
    t.equal(changed.status, 422)
    t.match(changed.text, 'The total is now $23.79')
    t.equal(opened.stored()['payments'], 0)
    const declined = await opened.send({ ...NEW, ...CARD, action: 'pay', country: 'DE', number: '4000000000000002' })
    t.match(declined, { status: 303, location: /^\/\w{8}$/ })
    t.match(await opened.payment(), { status: 'failed', error_code: 'GENERIC_DECLINE' })
    t.match((await opened.visit(declined.location)).text, 'The payment was not completed')
    t.equal(opened.stored()['payments'], 1)
  })

  t.test('one page: without an amount, with a saved card, and with an immediate redirect', async t => {
    const free = await session(t, { discount_codes: ['FREE100'], feature_flags: { single_page: true } })
    t.match((await free.visit()).text, />Complete order</)
    t.match((await free.send({ ...NEW, action: 'pay' })).location, /succeeded$/)
    const saved = await session(t, {
      customer: { customer_id: 'cus_grace' },
      show_saved_payment_methods: true,
      return_url: 'https://shop.example/',
      feature_flags: { single_page: true, redirect_immediately: true }
    })
    t.match((await saved.visit()).headers['content-security-policy'], "form-action 'self' http: https:;")
    const paid = await saved.send({ ...ADDRESS, action: 'pay', method: 'saved:pm_visa_grace' })
    t.match(paid.location, /^https:\/\/shop\.example\/\?payment_id=pay_\w+&status=succeeded&email=grace%40example\.com$/)
  })

  t.test('applies the theme, the button text, the language, hidden details and the return link', async t => {
    const opened = await session(t, {
      cancel_url: 'https://shop.example/cart?a=1&b=2',
      customization: {
        theme: 'dark',
        force_language: 'de',
        show_order_details: false,
        show_on_demand_tag: false,
        theme_config: {
          dark: { bg_primary: '#123456', button_primary: 'rgb(1 2 3)' },
          light: { text_primary: 'navy' },
          radius: '4px',
          font_size: 'lg',
          font_weight: 'bold',
          font_primary_url: 'https://fonts.example/a.css',
          pay_button_text: 'Take my <money>'
        }
      }
    })
    const shown = await opened.visit()
    t.match(shown.text, '<html lang="de" dir="ltr" data-theme="dark">')
    t.match(shown.text, 'href="https://shop.example/cart?a&#61;1&#38;b&#61;2" id="back-link"')
    t.notMatch(shown.text, /data-testid="line"|fonts\.example/)
    const css = await opened.visit(`/session/${opened.sessionId}/theme.css`)
    t.match(css.headers['content-type'], 'text/css')
    t.match(css.text, ':root[data-theme=dark] { --ground: #123456; --button: rgb(1 2 3); --accent: rgb(1 2 3); }')
    t.match(css.text, '--radius: 4px; --weight: 700; font-size: 112.5%;')
    const { location } = await opened.send(NEW)
    const checkout = await opened.visit(location)
    t.match(checkout.text, /id="pay"[^>]*>Take my &#60;money&#62;</)
    t.match(checkout.text, `/session/${opened.sessionId}/theme.css`)
    t.match(checkout.text, 'id="back-link"')
    t.notMatch(checkout.text, /data-testid="line"/)
  })

  t.test('shows the payment of a confirmed session', async t => {
    const opened = await session(t, {
      confirm: true, customer: { customer_id: 'cus_ada' }, billing_address: ADDRESS as Schemas['CheckoutSessionBillingAddress'], short_link: true
    })
    const short = await opened.visit()
    t.match(short, { status: 302, location: /^\/session\/cks_\w{21}$/ })
    const { location } = await opened.visit(short.location)
    t.match(location, /^\/\w{8}$/)
    await opened.call('POST', '/_emulator/clock', { body: { advance_ms: 15 * 60_000 + 1 } })
    t.equal((await opened.visit(location)).status, 410, 'after a quarter of an hour it has expired')
  })
})
