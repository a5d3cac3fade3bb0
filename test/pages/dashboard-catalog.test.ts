/**
 * The catalog in the dashboard, request by request: products, discount codes, customers and checkout sessions are listed, shown,
 * created and changed by the API's rules, and its refusals are shown at the fields.
 */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { paymentBody } from '../helper.js'
import { HOSTILE, ONE_TIME, made, fieldsOf } from './catalog-forms.js'
import { partOf, problemOf, visitor } from './dashboard-visitor.js'

const RECURRING = {
  ...ONE_TIME,
  'price.type': 'recurring_price',
  'price.payment_frequency_count': '3',
  'price.payment_frequency_interval': 'Month',
  'price.subscription_period_count': '2',
  'price.subscription_period_interval': 'Year'
}
const PERCENTAGE = { code: 'autumn', type: 'percentage', amount: '5.4', customer_eligibility: 'any', default: '0' }
const FLAT = {
  code: 'FIVER',
  type: 'flat',
  customer_eligibility: 'any',
  default: '1',
  'currency_options[0].currency': 'JPY',
  'currency_options[0].max_amount_possible': '700',
  'currency_options[0].minimum_subtotal': '',
  'currency_options[1].currency': 'KWD',
  'currency_options[1].max_amount_possible': '1.234',
  'currency_options[1].minimum_subtotal': '10'
}

type Product = Schemas['GetProductResponse']
type Discount = Schemas['DiscountResponse']

t.test('products', async t => {
  t.test('are listed with their prices, by the filters of the API', async t => {
    const { visit } = visitor(t)
    const all = await visit('/dashboard/products')
    t.equal(all.status, 200)
    t.match(partOf(all, 'row-pdt_ebook'), /The Patient Debugger pdt_ebook \$19\.99 one-time e_book/)
    t.match(partOf(all, 'row-pdt_donation'), 'from $5.00 pay what you want')
    t.match(partOf(all, 'row-pdt_pro_monthly'), '$12.00 / month subscription')
    t.match(partOf(all, 'row-pdt_poster_jpy'), '¥2,500')
    t.equal(partOf(all, 'row-pdt_retired'), '')
    const archived = await visit('/dashboard/products?archived=true')
    t.match(partOf(archived, 'row-pdt_retired'), 'First Edition')
    t.equal(partOf(archived, 'row-pdt_ebook'), '')
    t.match(partOf(await visit('/dashboard/products?recurring=true&archived=true'), 'list'), 'No matching products')
    t.equal((await visit('/dashboard/products?archived=perhaps')).status, 422)
  })

  t.test('have a page with facts, price, payments, links and codes', async t => {
    const { visit, pay } = visitor(t)
    const { payment_id: id } = await pay(paymentBody())
    const page = await visit('/dashboard/products/pdt_ebook')
    t.match(partOf(page, 'facts'), 'pdt_ebook')
    t.match(partOf(page, 'price'), /Price \$19\.99 In minor units 1999 USD/)
    t.match(partOf(page, 'payments'), id)
    t.match(partOf(page, 'links'), '/buy/pdt_ebook')
    t.match(page.html, '/dashboard/discounts?product_id&#61;pdt_ebook&#38;active&#61;true')
    t.match(partOf(page, 'raw'), '"product_id" : "pdt_ebook"')
    t.equal((await visit('/dashboard/products/pdt_nobody')).status, 404)
  })

  t.test('are created, with amounts in major units of their currency', async t => {
    const shop = visitor(t)
    t.match(await made<Product>(t, shop, 'products', { ...ONE_TIME, 'price.discount_bps': '12.5', 'price.tax_inclusive': 'yes', metadata: 'a=b\nc = d = e' }), {
      name: 'Notebook',
      tax_category: 'digital_products',
      price: { type: 'one_time_price', price: 1999, currency: 'USD', discount: 13, discount_bps: 1250, tax_inclusive: true, pay_what_you_want: false, suggested_price: null },
      metadata: { a: 'b', c: 'd = e' }
    })
    for (const [currency, typed, minor] of [
      ['JPY', '2000', 2000], ['KWD', '19.999', 19999], ['KWD', '0.1', 100], ['USD', '0.07', 7], ['EUR', '1,5', 150], ['USD', '21474836.47', 2147483647]
    ] as const) {
      const product = await made<Product>(t, shop, 'products', { ...ONE_TIME, 'price.currency': currency, 'price.price': typed })
      t.match(product.price, { price: minor, currency }, `${typed} ${currency}`)
    }
    t.match(await made<Product>(t, shop, 'products', {
      ...ONE_TIME, 'price.price': '5', 'price.pay_what_you_want': 'yes', 'price.suggested_price': '12.5'
    }), { price: { price: 500, pay_what_you_want: true, suggested_price: 1250 } })
    t.match(await made<Product>(t, shop, 'products', { ...RECURRING, 'price.trial_period_days': '14', 'price.trial_amount': '1' }), {
      is_recurring: true,
      price: {
        type: 'recurring_price',
        price: 1999,
        payment_frequency_count: 3,
        payment_frequency_interval: 'Month',
        subscription_period_count: 2,
        subscription_period_interval: 'Year',
        trial_period_days: 14,
        trial_amount: 100
      }
    })
  })

  t.test('are refused by the API, at the field, and typed values remain', async t => {
    const { send, stored } = visitor(t)
    const before = stored()
    const refuse = async (fields: Record<string, string>) => {
      const page = await send('/dashboard/products/new', 'save', { ...ONE_TIME, ...fields })
      t.equal(page.status, 422)
      t.match(page.html, '<title>Error: New product')
      return page
    }
    const typed = await refuse({ name: HOSTILE, 'price.price': '19.999', 'price.suggested_price': 'much' })
    t.match(problemOf(typed, 'save-price-price'), 'at most 2 decimals, such as 19.99')
    t.match(problemOf(typed, 'save-price-suggested_price'), 'must be an amount of USD')
    t.match(typed.html, 'value="19.999"')
    t.match(typed.html, /id="save-name" name="name" value="&#60;img src&#61;x/)
    t.notMatch(typed.html, HOSTILE)
    t.match(typed.html, '<a href="#save-price-price">')
    t.match(problemOf(await refuse({ 'price.currency': 'JPY' }), 'save-price-price'), 'a whole number from 0')
    t.match(problemOf(await refuse({ 'price.price': '-1' }), 'save-price-price'), 'must be an amount')
    t.match(problemOf(await refuse({ 'price.price': '21474836.48' }), 'save-price-price'), 'from 0 to 21474836.47')
    t.equal(problemOf(await refuse({ 'price.price': '' }), 'save-price-price'), 'is required')
    t.match(problemOf(await refuse({ 'price.discount_bps': '101' }), 'save-price-discount_bps'), 'from 0 to 10000')
    t.match(problemOf(await refuse({ 'price.discount_bps': 'ten' }), 'save-price-discount_bps'), 'must be a percentage with at most 2 decimals')
    t.match(problemOf(await refuse({ 'price.currency': 'XXX' }), 'save-price-currency'), 'values that the API knows')
    t.match(problemOf(await refuse({ tax_category: 'food' }), 'save-tax_category'), 'must be one of')
    t.match(problemOf(await refuse({ metadata: 'no pair' }), 'save-metadata'), 'line 1 has no key and =')
    t.match(problemOf(await refuse({ metadata: 'a=1\na=2' }), 'save-metadata'), 'a appears twice')
    t.match(problemOf(await refuse({ metadata: '{"a": [1]}' }), 'save-metadata'), 'must be string, number or boolean')
    t.match(problemOf(await refuse({ metadata: `${'k'.repeat(41)}=v` }), 'save-metadata'), 'longer than 40')
    const cheap = { 'price.pay_what_you_want': 'yes', 'price.suggested_price': '1' }
    t.match(problemOf(await refuse(cheap), 'save-price-suggested_price'), '100 is below 1999')
    t.match(problemOf(await refuse({ ...RECURRING, 'price.trial_amount': '1' }), 'save-price-trial_amount'), 'needs a trial')
    t.strictSame(stored(), before, 'nothing was stored')
  })

  t.test('are changed: the form shows the current values, and nothing else changes', async t => {
    const shop = visitor(t)
    const { send, get, visit, call } = shop
    const form = await visit('/dashboard/products/pdt_ticket_kwd/edit')
    t.match(form.html, /name="price\.price" value="4\.500"/)
    await call('PATCH', '/products/pdt_ticket_kwd', { body: { metadata: { seat: 'two\nlines', plain: 'x' } } })
    const fields = fieldsOf(await visit('/dashboard/products/pdt_ticket_kwd/edit'))
    t.match(fields['metadata'], '"seat": "two\\nlines"', "values that lines can't hold are JSON")
    const { updated_at: _before, ...before } = await get<Product>('/products/pdt_ticket_kwd')
    t.equal((await send('/dashboard/products/pdt_ticket_kwd/edit', 'save', fields)).status, 303)
    const { updated_at: _after, ...after } = await get<Product>('/products/pdt_ticket_kwd')
    t.strictSame(after, before, 'saved unchanged')
    await send('/dashboard/products/pdt_ticket_kwd/edit', 'save', { ...fields, description: '', 'price.price': '5.25' })
    t.match(await get('/products/pdt_ticket_kwd'), { description: '', price: { price: 5250 } })
  })

  t.test('are archived after a question, and unarchived', async t => {
    const { visit, follow, send, refuse } = visitor(t)
    t.match(partOf(await visit('/dashboard/products/pdt_ebook'), 'ask-archive'), 'can put it on sale again')
    const archived = await follow('/dashboard/products/pdt_ebook', 'archive')
    t.match(partOf(archived, 'done'), 'The product was archived')
    t.match((await refuse(paymentBody())).code, 'PRODUCT_IS_DELETED')
    const again = await send('/dashboard/products/pdt_ebook', 'archive')
    t.equal(again.status, 422)
    t.match(partOf(again, 'error-summary'), 'PRODUCT_IS_DELETED')
    t.match(partOf(await follow('/dashboard/products/pdt_ebook', 'unarchive'), 'done'), 'on sale again')
  })
})

t.test('discount codes', async t => {
  t.test('are listed, by the filters of the API, in pages', async t => {
    const { visit } = visitor(t)
    const first = await visit('/dashboard/discounts')
    t.match(partOf(first, 'row-dsc_soldout'), '10% 5 of 5 used up')
    t.match(first.html, '/dashboard/discounts?page&#61;2')
    t.match(partOf(first, 'row-dsc_flat5'), 'FLAT5', 'codes to stack are last')
    t.match(partOf(await visit('/dashboard/discounts?page=2'), 'row-dsc_stack20'), 'STACK20')
    const found = await visit('/dashboard/discounts?code=flat&discount_type=flat&active=true')
    t.match(partOf(found, 'row-dsc_flat5'), '$5.00 0 active')
    t.equal(partOf(found, 'row-dsc_soldout'), '')
    t.match(partOf(await visit('/dashboard/discounts?code=nosuch'), 'list'), 'No matching codes')
  })

  t.test('are created, as percentages and as amounts', async t => {
    const shop = visitor(t)
    t.match(await made<Discount>(t, shop, 'discounts', {
      ...PERCENTAGE,
      usage_limit: '10',
      per_customer_usage_limit: '2',
      starts_at: '2026-01-31T12:00',
      expires_at: '2099-12-31T23:59:59',
      restricted_to: 'pdt_ebook',
      subscription_cycles: '3',
      preserve_on_plan_change: 'yes'
    }), {
      code: 'AUTUMN',
      amount: 540,
      usage_limit: 10,
      per_customer_usage_limit: 2,
      starts_at: '2026-01-31T12:00:00.000000Z',
      expires_at: '2099-12-31T23:59:59.000000Z',
      restricted_to: ['pdt_ebook'],
      subscription_cycles: 3,
      preserve_on_plan_change: true
    })
    t.match(await made<Discount>(t, shop, 'discounts', FLAT), {
      type: 'flat',
      amount: 1234,
      currency_options: [
        { currency: 'JPY', max_amount_possible: 700, minimum_subtotal: 0, is_default: false },
        { currency: 'KWD', max_amount_possible: 1234, minimum_subtotal: 10000, is_default: true }
      ]
    })
    t.match((await made<Discount>(t, shop, 'discounts', { ...PERCENTAGE, code: '' })).code, /^\w{16}$/, 'without a code, a random one is used')
  })

  t.test('are refused at the field', async t => {
    const { send, stored } = visitor(t)
    const before = stored()
    const refuse = async (fields: Record<string, string>) => {
      const page = await send('/dashboard/discounts/new', 'save', fields)
      t.equal(page.status, 422)
      return page
    }
    t.match(problemOf(await refuse({ ...PERCENTAGE, code: 'save10' }), 'save-code'), 'SAVE10 is the code of dsc_save10')
    t.match(problemOf(await refuse({ ...PERCENTAGE, amount: '100.01' }), 'save-amount'), 'more than 100%')
    t.match(problemOf(await refuse({ ...PERCENTAGE, amount: '5.412' }), 'save-amount'), 'at most 2 decimals')
    t.match(problemOf(await refuse({ ...PERCENTAGE, expires_at: 'soon' }), 'save-expires_at'), 'RFC 3339')
    t.match(problemOf(await refuse({ ...PERCENTAGE, usage_limit: '1', per_customer_usage_limit: '2' }), 'save-per_customer_usage_limit'), '2 is more than 1')
    t.match(partOf(await refuse({ ...PERCENTAGE, restricted_to: 'pdt_nobody' }), 'save-restricted_to'), 'Product pdt_nobody does not exist')
    const { 'currency_options[1].currency': _, ...lacking } = FLAT
    t.match(problemOf(await refuse({ ...lacking, default: '0', 'currency_options[0].max_amount_possible': '7.5' }), 'save-currency_options-0-max_amount_possible'), 'JPY')
    t.match(partOf(await refuse({ ...PERCENTAGE, type: 'flat' }), 'save-currency_options'), 'Give a single option')
    const twice = await refuse({ ...FLAT, 'currency_options[0].currency': 'KWD' })
    t.match(problemOf(twice, 'save-currency_options-1-currency'), 'KWD appears twice')
    t.strictSame(stored(), before, 'nothing was stored')
  })

  t.test('are changed; fields that the API cannot clear stay', async t => {
    const shop = visitor(t)
    const { discount_id: id } = await made<Discount>(t, shop, 'discounts', FLAT)
    const url = `/dashboard/discounts/${id}/edit`
    await shop.call('PATCH', `/discounts/${id}`, { body: { expires_at: '2099-01-01T00:00:00.123456Z', usage_limit: 5, starts_at: '2026-01-01T00:00:00.5Z' } })
    const before = await shop.get<Discount>(`/discounts/${id}`)
    const fields = fieldsOf(await shop.visit(url))
    t.equal(fields['currency_options[1].max_amount_possible'], '1.234')
    t.equal((await shop.send(url, 'save', fields)).status, 303)
    t.strictSame(await shop.get(`/discounts/${id}`), before, 'saved unchanged, to the microsecond')
    const cleared = await shop.send(url, 'save', { ...fields, usage_limit: '', expires_at: '' })
    t.equal(cleared.status, 422)
    t.match(problemOf(cleared, 'save-usage_limit'), 'can\'t be removed once it is set')
    t.match(problemOf(cleared, 'save-expires_at'), 'can\'t be removed once it is set')
    t.equal((await shop.send(url, 'save', { ...fields, starts_at: '', usage_limit: '7' })).status, 303)
    t.match(await shop.get(`/discounts/${id}`), { starts_at: null, usage_limit: 7, expires_at: before.expires_at })
  })

  t.test('are deleted after a question; customers are added to their list and removed', async t => {
    const { visit, follow, send, call } = visitor(t)
    t.match(partOf(await visit('/dashboard/discounts/dsc_onlyada'), 'customers'), 'cus_ada')
    const more = await follow('/dashboard/discounts/dsc_onlyada', 'allow', { customer_ids: 'cus_grace, cus_asha' })
    t.match(partOf(more, 'customers'), /cus_grace.*cus_asha|cus_asha.*cus_grace/)
    const less = await follow('/dashboard/discounts/dsc_onlyada', 'disallow', { customer_id: 'cus_grace' })
    t.notMatch(partOf(less, 'customers'), 'cus_grace')
    const unknown = await send('/dashboard/discounts/dsc_onlyada', 'allow', { customer_ids: 'cus_nobody' })
    t.match(problemOf(unknown, 'allow-customer_ids'), 'Customer cus_nobody does not exist')
    t.match(partOf(await visit('/dashboard/discounts/dsc_onlyada'), 'ask-delete'), 'can\'t be undone')
    t.match(partOf(await follow('/dashboard/discounts/dsc_onlyada', 'delete'), 'done'), 'The code was deleted')
    t.equal((await call('GET', '/discounts/dsc_onlyada')).status, 404)
  })
})

t.test('pictures of products and collections are uploaded, shown, and refused', async t => {
  const shop = visitor(t)
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  const url = '/dashboard/products/pdt_ebook'
  t.equal((await shop.upload(url, 'picture', { file: new File([png], 'cover.png') })).status, 303)
  const { image } = await shop.get<{ image: string }>('/products/pdt_ebook')
  t.match((await shop.visit(url)).html, `<img class="picture" src="${new URL(image).pathname}" alt="">`)
  const { rawPayload, headers } = await shop.emulator.app.inject({ url: new URL(image).pathname })
  t.strictSame(rawPayload, png)
  t.equal(headers['content-type'], 'image/png')
  for (const [file, message] of [
    [new File([], ''), 'Choose a picture.'],
    [new File(['%PDF-1.4'], 'cover.pdf', { type: 'application/pdf' }), 'Choose a PNG, JPEG, WebP, GIF or SVG picture.']
  ] as const) {
    const refused = await shop.upload(url, 'picture', { file })
    t.equal(refused.status, 422)
    t.match(refused.text, message)
  }
  const { id } = await shop.call('POST', '/product-collections', {
    body: { name: 'Books', groups: [{ products: [{ product_id: 'pdt_pro_monthly' }] }] }
  }).then(({ json }) => json as { id: string })
  t.equal((await shop.upload(`/dashboard/product-collections/${id}`, 'picture', { file: new File([png], 'a.png') })).status, 303)
  t.match((await shop.visit(`/dashboard/product-collections/${id}`)).html, '<img class="picture"')
})
