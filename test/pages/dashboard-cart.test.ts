/**
 * "New payment" and the new checkout session, request by request: the cart in its steps, the total, the code for the
 * typed values, and the API's refusals at the fields.
 */
import t from 'tap'
import { paymentBody } from '../helper.js'
import { partOf, problemOf, visitor, type Shown } from './dashboard-visitor.js'

const PAY = '/dashboard/payments/new'

const CART = {
  'product_cart[0].product_id': 'pdt_donation',
  'product_cart[0].quantity': '2',
  'product_cart[0].amount': '12.50',
  'customer.email': 'qa@example.com',
  'billing.country': 'DE',
  discount_codes: 'SAVE10',
  payment_link: 'yes',
  metadata: 'order=17'
}

const TYPED = {
  product_cart: [{ product_id: 'pdt_donation', quantity: 2, amount: 1250 }],
  customer: { email: 'qa@example.com' },
  billing: { country: 'DE' },
  discount_codes: ['SAVE10'],
  payment_link: true,
  metadata: { order: '17' }
}

/** The body of the curl command that a page shows. */
function bodyOf ({ html }: Shown): unknown {
  const text = (/<div class="snippet" id="curl-text"><pre[^>]*><code>([^<]*)</.exec(html)?.[1] ?? '')
    .replace(/&#(\d+);/g, (_entity, code: string) => String.fromCharCode(Number(code)))
  return JSON.parse(/--data-raw '([\s\S]*)'$/.exec(text)?.[1]?.replaceAll("'\\''", "'") ?? 'null')
}

t.test('answers', async t => {
  t.test('fills in the form from the page that linked to it', async t => {
    const { visit } = visitor(t)
    const { html } = await visit(`${PAY}?product_id=pdt_retired&customer_id=cus_ada&discount_codes=SAVE10`)
    t.match(html, '<option value="pdt_retired" selected>', 'a product that is not in the list is shown, too')
    t.match(html, '<option value="cus_ada" selected>')
    t.match(html, 'name="discount_codes" value="SAVE10"')
    t.match(html, '<option value="US" selected>')
  })

  t.test('shows the total and the code for the typed values before anything is created', async t => {
    const { send, stored } = visitor(t)
    const before = stored()
    const page = await send(PAY, 'cart', { ...CART, step: 'show' })
    t.equal(page.status, 200)
    t.match(partOf(page, 'total'), /Support the Maintainers 2 × \$25\.00 \$22\.50 Subtotal \$25\.00 Discount −\$2\.50 Tax in DE \$4\.28 Total \$26\.78/)
    t.strictSame(bodyOf(page), TYPED)
    t.match(partOf(page, 'javascript-text'), 'await client.payments.create({ product_cart: [')
    t.match(partOf(page, 'python-text'), "product_cart=[{'product_id': 'pdt_donation', 'quantity': 2, 'amount': 1250}],")
    t.match(page.html, 'value="12.50"', 'the typed values remain')
    t.strictSame(stored(), before, 'nothing was stored')
  })

  t.test('shows code that creates the same payment as the form', async t => {
    const { send, get, pay, visit } = visitor(t)
    const body = bodyOf(await send(PAY, 'cart', { ...CART, step: 'show' })) as ReturnType<typeof paymentBody>
    const { payment_id: coded } = await pay(body)
    const { status, location } = await send(PAY, 'cart', { ...CART, step: 'create' })
    t.equal(status, 303)
    const [, formed] = /^\/dashboard\/payments\/(pay_\w+)\?done=created$/.exec(location) ?? []
    const contents = async (id = '') => {
      const payment = await get<Record<string, unknown>>(`/payments/${id}`)
      return ['total_amount', 'tax', 'billing', 'metadata', 'product_cart', 'discounts', 'customer'].map(name => payment[name])
    }
    t.strictSame(await contents(formed), await contents(coded))
    t.match(partOf(await visit(location), 'done'), 'The payment was created')
  })

  t.test('adds and removes lines and keeps the other values', async t => {
    const { send } = visitor(t)
    const longer = await send(PAY, 'cart', { ...CART, step: 'line' })
    t.equal(longer.status, 200)
    t.match(longer.html, 'name="product_cart[1].product_id"')
    t.match(longer.html, 'value="12.50"')
    const three = {
      ...CART,
      'product_cart[1].product_id': 'pdt_ebook',
      'product_cart[1].quantity': '3',
      'product_cart[1].amount': '',
      'product_cart[2].product_id': 'pdt_poster_jpy',
      'product_cart[2].quantity': '4',
      'product_cart[2].amount': ''
    }
    const shorter = await send(PAY, 'cart', { ...three, step: 'remove-0' })
    t.match(bodyOf(shorter), { product_cart: [{ product_id: 'pdt_ebook', quantity: 3 }, { product_id: 'pdt_poster_jpy', quantity: 4 }] })
    t.notMatch(shorter.html, 'product_cart[2]')
    t.match(bodyOf(await send(PAY, 'cart', { ...CART, step: 'remove-0' })), TYPED, 'the last one remains')
    t.match(bodyOf(await send(PAY, 'cart', { ...three, step: 'remove-99' })), { product_cart: { length: 3 } })
  })

  t.test('fills in the form from an earlier payment, with its cart, terms and code', async t => {
    const { visit, pay } = visitor(t)
    const body = paymentBody({
      product_cart: [{ product_id: 'pdt_donation', quantity: 1, amount: 777 }, { product_id: 'pdt_ticket_kwd', quantity: 2 }],
      billing: { country: 'DE', city: 'Berlin' },
      billing_currency: 'EUR',
      discount_codes: ['SAVE10'],
      payment_link: true,
      return_url: 'https://shop.example/thanks',
      metadata: { a: "it's\n$(here)" }
    })
    const { payment_id: id } = await pay(body)
    const page = await visit(`${PAY}?from=${id}`)
    t.strictSame(bodyOf(page), body)
    t.match(partOf(page, 'total'), 'Total €')
    t.match((await visit(`/dashboard/payments/${id}`)).html, 'from&#61;' + id)
    t.equal((await visit(`${PAY}?from=pay_nobody`)).status, 404)
  })

  t.test('creates a checkout session whose customer may change everything except the cart', async t => {
    const { send, call } = visitor(t)
    const url = '/dashboard/checkouts/new'
    const { 'billing.country': _, 'customer.email': __, payment_link: ___, ...cart } = CART
    const open = { ...cart, 'customer.email': '', 'billing_address.country': '' }
    const page = await send(url, 'cart', { ...open, step: 'show' })
    t.strictSame(bodyOf(page), { product_cart: TYPED.product_cart, discount_codes: ['SAVE10'], metadata: { order: '17' } })
    t.match(partOf(page, 'javascript-text'), 'client.checkoutSessions.create(')
    t.match(partOf(page, 'python-text'), 'client.checkout_sessions.create(')
    t.equal((await call('POST', '/checkouts', { body: bodyOf(page) })).status, 200)
    const { location } = await send(url, 'cart', { ...open, step: 'create' })
    t.match(location, /^\/dashboard\/checkouts\/cks_\w+\?done=created$/)
    const refused = await send(url, 'cart', { ...open, confirm: 'yes', step: 'create' })
    t.equal(refused.status, 422)
    t.match(partOf(refused, 'error-summary'), 'customer')
  })
})

t.test('refuses', async t => {
  t.test('with the message of the API, at the field', async t => {
    const { send, stored } = visitor(t)
    const before = stored()
    const refuse = async (fields: Record<string, string>, step = 'create') => {
      const page = await send(PAY, 'cart', { ...CART, ...fields, step })
      t.equal(page.status, 422)
      return page
    }
    t.match(problemOf(await refuse({ 'product_cart[0].amount': '1' }), 'cart-product_cart-0-amount'), 'at least')
    t.match(problemOf(await refuse({ 'product_cart[0].amount': '' }), 'cart-product_cart-0-amount'), 'amount')
    t.match(problemOf(await refuse({ 'product_cart[0].quantity': 'two' }), 'cart-product_cart-0-quantity'), 'must be integer')
    t.match(problemOf(await refuse({ 'product_cart[0].product_id': 'pdt_retired' }), 'cart-product_cart-0-product_id'), 'is archived')
    t.match(partOf(await refuse({ 'product_cart[0].product_id': '' }), 'cart-product_cart'), 'Add at least one product, and at most 100')
    t.equal(problemOf(await refuse({ 'customer.email': '' }), 'cart-customer-email'), 'must be an e-mail address')
    t.match(problemOf(await refuse({ 'customer.customer_id': 'cus_nobody' }), 'cart-customer-customer_id'), 'cus_nobody does not exist')
    t.match(problemOf(await refuse({ 'billing.country': 'AI' }), 'cart-billing-country'), 'Anguilla')
    t.match(problemOf(await refuse({ discount_codes: 'SAVE10 NOSUCH' }), 'cart-discount_codes'), 'NOSUCH')
    t.match(problemOf(await refuse({ return_url: 'javascript:alert(1)' }), 'cart-return_url'), 'must not have the scheme')
    t.match(problemOf(await refuse({ metadata: 'x' }, 'show'), 'cart-metadata'), 'line 1')
    const unread = await refuse({ 'product_cart[0].amount': '12.345' }, 'show')
    t.match(problemOf(unread, 'cart-product_cart-0-amount'), 'at most 2 decimals')
    t.equal(bodyOf(unread), null, 'no code for values that cannot be read')
    t.strictSame(stored(), before, 'nothing was stored')
  })

  t.test('a preview that the API would refuse, and says so', async t => {
    const { send } = visitor(t)
    const page = await send(PAY, 'cart', { ...CART, discount_codes: 'EXPIRED', step: 'show' })
    t.equal(page.status, 200)
    t.match(partOf(page, 'no-total'), 'DISCOUNT_CODE_EXPIRED')
    t.match(bodyOf(page), { discount_codes: ['EXPIRED'] }, 'the code is still shown')
  })

  t.test('typed markup, by escaping it', async t => {
    const { send, visit } = visitor(t)
    const hostile = '<img src=x onerror=alert(1)>"\'&'
    const fields = {
      ...CART,
      'product_cart[0].product_id': hostile,
      'product_cart[0].quantity': hostile,
      'product_cart[0].amount': '1',
      'customer.name': hostile,
      'billing.street': hostile,
      discount_codes: hostile,
      billing_currency: hostile,
      metadata: `k=${hostile}`
    }
    const page = await send(PAY, 'cart', { ...fields, step: 'show' })
    t.equal(page.status, 200)
    t.notMatch(page.html, hostile)
    t.match(bodyOf(page), { metadata: { k: hostile }, customer: { name: hostile } })
    const query = new URLSearchParams({ product_id: hostile, customer_id: hostile, discount_codes: hostile })
    t.notMatch((await visit(`${PAY}?${query}`)).html, hostile)
    const longest = await send(PAY, 'cart', { ...CART, ...Object.fromEntries(Array.from({ length: 105 }, (_, line) => [`product_cart[${line}].product_id`, 'pdt_ebook'])), step: 'line' })
    t.equal(longest.status, 200)
    t.notMatch(longest.html, 'product_cart[100]', 'a form has 100 lines at most')
  })
})
