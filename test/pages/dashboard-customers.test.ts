/** Customers and checkout sessions in the dashboard, and rules for every page of the catalog. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { paymentBody } from '../helper.js'
import { HOSTILE, ONE_TIME, made, fieldsOf } from './catalog-forms.js'
import { linksOf, partOf, problemOf, visitor } from './dashboard-visitor.js'

type Customer = Schemas['CustomerResponse']

t.test('customers', async t => {
  t.test('are listed by e-mail, name and day', async t => {
    const { visit } = visitor(t)
    t.match(partOf(await visit('/dashboard/customers?email=GRACE@&name=hop'), 'row-cus_grace'), 'Grace Hopper')
    const day = await visit('/dashboard/customers?from=2026-01-01&until=2026-01-01')
    t.match(partOf(day, 'row-cus_ada'), 'ada@example.com')
    t.match(partOf(await visit('/dashboard/customers?from=2026-01-02'), 'list'), 'No matching customers')
    t.match(partOf(await visit('/dashboard/customers?from=monday'), 'refused'), 'RFC 3339')
  })

  t.test('have a page with payments, saved methods and wallets', async t => {
    const { visit, follow, send, pay, call } = visitor(t)
    const { payment_id: id } = await pay(paymentBody())
    const { json } = await call('GET', '/customers/cus_grace/payment-methods')
    const [saved] = (json as Schemas['ListCustomerPaymentMethodsResponse']).items
    t.match(partOf(await visit('/dashboard/customers/cus_ada'), 'payments'), id)
    const grace = '/dashboard/customers/cus_grace'
    const booked = await follow(grace, 'book', { entry_type: 'credit', currency: 'INR', amount: '12.5', reason: HOSTILE })
    t.match(partOf(booked, 'wallets'), '₹12.50')
    t.match(partOf(booked, 'movements'), HOSTILE)
    t.notMatch(booked.html, HOSTILE)
    t.match(problemOf(await send(grace, 'book', { entry_type: 'credit', currency: 'INR', amount: '1.234' }), 'book-amount'), 'INR')
    const over = await send(grace, 'book', { entry_type: 'debit', currency: 'INR', amount: '13' })
    t.match(partOf(over, 'error-summary'), 'INSUFFICIENT_WALLET_FUNDS')
    t.ok(saved !== undefined, 'the fixtures have a saved method')
    const method = saved?.payment_method_id ?? ''
    t.match(partOf(booked, 'methods'), method)
    t.notMatch(partOf(await follow(grace, 'remove', { payment_method_id: method }), 'methods'), method)
  })

  t.test('are created, changed and refused at the field, and link to their portal', async t => {
    const shop = visitor(t)
    const created = await made<Customer>(t, shop, 'customers', { name: HOSTILE, email: 'h@example.com', phone_number: '', metadata: 'tier=gold' })
    t.match(created, { name: HOSTILE, phone_number: null, metadata: { tier: 'gold' } })
    const edit = `/dashboard/customers/${created.customer_id}/edit`
    const fields = fieldsOf(await shop.visit(edit))
    t.match(await shop.follow(edit, 'save', { ...fields, name: 'Calm' }), { text: /The customer was updated/ })
    t.strictSame(await shop.get(`/customers/${created.customer_id}`), { ...created, name: 'Calm' })
    const refused = await shop.send('/dashboard/customers/new', 'save', { name: '', email: 'ada' })
    t.equal(refused.status, 422)
    t.equal(problemOf(refused, 'save-name'), 'must not be empty')
    t.equal(problemOf(refused, 'save-email'), 'must be an e-mail address')
    const portal = await shop.follow(`/dashboard/customers/${created.customer_id}`, 'portal')
    t.match(portal.text, 'Calm')
  })
})

t.test('checkout sessions', async t => {
  const cart = [{ product_id: 'pdt_donation', quantity: 2, amount: 1250 }]
  const BERLIN = { country: 'DE', street: 'Unter den Linden 1', city: 'Berlin', state: 'BE', zipcode: '10117' }

  t.test('are listed by state, and found by id', async t => {
    const { visit, call } = visitor(t)
    t.match(partOf(await visit('/dashboard/checkouts'), 'list'), 'No checkout sessions yet')
    const create = async (body: object) => ((await call('POST', '/checkouts', { body: { product_cart: cart, ...body } })).json as { session_id: string }).session_id
    const open = await create({ customer: { email: 'q@example.com' } })
    const submitted = await create({ confirm: true, customer: { customer_id: 'cus_ada' }, billing_address: BERLIN })
    const all = await visit('/dashboard/checkouts')
    t.match(partOf(all, `row-${open}`), 'q@example.com open')
    t.match(partOf(all, `row-${submitted}`), /ada@example\.com submitted pay_\w+ awaiting customer/)
    await call('POST', '/_emulator/clock', { body: { advance_ms: 86_400_000 } })
    for (const [state, id, other] of [['expired', open, submitted], ['submitted', submitted, open]] as const) {
      const page = await visit(`/dashboard/checkouts?state=${state}`)
      t.match(partOf(page, `row-${id}`), state)
      t.equal(partOf(page, `row-${other}`), '')
    }
    t.match(partOf(await visit('/dashboard/checkouts?state=open'), 'list'), 'No matching sessions')
    t.match(partOf(await visit(`/dashboard/checkouts?id=${open}`), 'list'), open)
    t.match(partOf(await visit('/dashboard/checkouts?id=cks_nobody'), 'list'), 'No matching sessions')
    t.equal((await visit('/dashboard/checkouts?state=lost')).status, 422)
  })

  t.test('have a page that links to the checkout and to the payment', async t => {
    const { visit, call } = visitor(t)
    const body = {
      product_cart: cart,
      confirm: true,
      customer: { customer_id: 'cus_ada' },
      billing_address: BERLIN,
      discount_codes: ['SAVE10'],
      return_url: 'https://shop.example/thanks',
      metadata: { a: HOSTILE }
    }
    const { session_id: id, payment_id: payment } = (await call('POST', '/checkouts', { body })).json as Record<string, string>
    const page = await visit(`/dashboard/checkouts/${id}`)
    t.match(page.html, `/session/${id}"`)
    t.match(page.html, `/dashboard/payments/${payment}"`)
    t.match(partOf(page, 'facts'), /Ada Lovelace, ada@example\.com .*DE .*SAVE10 .*https:\/\/shop\.example\/thanks/)
    t.match(partOf(page, 'cart'), 'Support the Maintainers pdt_donation 2 $12.50')
    t.match(partOf(page, 'facts'), HOSTILE)
    t.notMatch(page.html, HOSTILE)
    t.match(partOf(page, 'raw'), '"payment_status" : "requires_payment_method"')
    t.equal((await visit('/dashboard/checkouts/cks_nobody')).status, 404)
  })

  t.test('are listed by the control API as in its contract', async t => {
    const { call } = visitor(t)
    const { session_id: id } = (await call('POST', '/checkouts', { body: { product_cart: cart } })).json as { session_id: string }
    const { items } = (await call('GET', '/_emulator/checkouts?page_size=1')).json as { items: unknown[] }
    t.match(items, [{ session_id: id, state: 'open', payment_id: null, customer_email: null, product_cart: cart, discount_codes: [] }])
    t.strictSame((await call('GET', `/_emulator/checkouts/${id}`)).json, items[0])
    t.match((await call('GET', '/_emulator/checkouts/cks_nobody')), { status: 404, json: { code: 'NOT_FOUND' } })
    t.match((await call('GET', '/_emulator/checkouts?state=lost')), { status: 422, json: { code: 'INVALID_QUERY_PARAMS' } })
  })
})

t.test('every page', async t => {
  const PAGES = [
    'products', 'products/new', 'products/pdt_ebook', 'products/pdt_ebook/edit', 'products/pdt_pro_monthly/edit', 'discounts', 'discounts/new',
    'discounts/dsc_flat5', 'discounts/dsc_onlyada', 'discounts/dsc_flat5/edit', 'customers', 'customers/new', 'customers/cus_grace',
    'customers/cus_grace/edit', 'checkouts', 'checkouts/new', 'payments/new'
  ]

  t.test('stays in its sandbox: links and forms', async t => {
    const { visit, call } = visitor(t)
    await call('POST', '/_emulator/sandboxes', { body: { name: 'qa' } })
    for (const page of PAGES) {
      const { status, html } = await visit(`/~qa/dashboard/${page}`)
      t.equal(status, 200, page)
      t.strictSame(linksOf({ html }).filter(url => !url.startsWith('/~qa/')), [], page)
    }
  })

  t.test('refuses forms without its token', async t => {
    const { emulator, stored } = visitor(t)
    const before = stored()
    for (const [page, action] of [
      ['products/new', 'save'], ['products/pdt_ebook', 'archive'], ['discounts/new', 'save'], ['discounts/dsc_flat5', 'delete'],
      ['customers/new', 'save'], ['customers/cus_ada', 'book'], ['payments/new', 'cart'], ['checkouts/new', 'cart']
    ] as const) {
      const { statusCode, headers } = await emulator.app.inject({
        method: 'POST',
        url: `/dashboard/${page}`,
        headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ action, ...ONE_TIME, step: 'create' }).toString()
      })
      t.equal(statusCode, 303, page)
      t.match(headers.location, /\?form=/, 'shows the form again')
    }
    t.strictSame(stored(), before, 'nothing was stored')
  })
})
