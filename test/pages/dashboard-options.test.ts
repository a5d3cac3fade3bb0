/** The options of a checkout session in the dashboard's form: payment methods, appearance, flags, trial and custom fields. */
import t from 'tap'
import { contract } from '../../src/contract/load.js'
import { partOf, problemOf, visitor } from './dashboard-visitor.js'

const NEW = '/dashboard/checkouts/new'
const CART = { 'product_cart[0].product_id': 'pdt_pro_monthly', 'product_cart[0].quantity': '1' }
const OPTIONS = {
  allowed_payment_method_types: 'credit',
  'customization.theme': 'dark',
  'customization.force_language': 'de',
  'customization.show_order_details': 'false',
  'feature_flags.allow_discount_code': 'false',
  'feature_flags.require_phone_number': 'true',
  'subscription_data.trial_period_days': '14',
  minimal_address: 'yes',
  'custom_fields[0].label': 'Company size',
  'custom_fields[0].field_type': 'dropdown',
  'custom_fields[0].options': 'Small, Large',
  'custom_fields[0].required': 'true'
}

t.test('a session with every option, and its code', async t => {
  const shop = visitor(t)
  const expected = {
    allowed_payment_method_types: ['credit'],
    customization: { theme: 'dark', force_language: 'de', show_order_details: false },
    feature_flags: { allow_discount_code: false, require_phone_number: true },
    subscription_data: { trial_period_days: 14 },
    minimal_address: true,
    custom_fields: [{ label: 'Company size', field_type: 'dropdown', options: ['Small', 'Large'], required: true }]
  }
  const shown = await shop.send(NEW, 'cart', { ...CART, ...OPTIONS, step: 'show' })
  t.equal(shown.status, 200)
  for (const part of ['"force_language": "de"', '"trial_period_days": 14', '"allow_discount_code": false', '"key": "company_size"']) {
    t.match(partOf(shown, 'curl'), part)
  }
  t.match(partOf(shown, 'python'), "'allow_discount_code': False")
  t.match(shown.html, /id="flag-options" open/, 'groups with values are open')
  await shop.follow(NEW, 'cart', { ...CART, ...OPTIONS, step: 'create' })
  const { items: [call] } = await shop.get<{ items: Array<{ request_body: { json: unknown } }> }>('/_emulator/requests?operation=POST%20/checkouts')
  t.match(call?.request_body.json, expected)
})

t.test('options are refused as by the API, at the field', async t => {
  const shop = visitor(t)
  const refused = await shop.send(NEW, 'cart', { ...CART, 'subscription_data.trial_period_days': 'soon', step: 'create' })
  t.equal(refused.status, 422)
  t.match(problemOf(refused, 'cart-subscription_data-trial_period_days'), /integer|number/)
  t.match(refused.html, /id="subscription-options" open/)
  const empty = await shop.send(NEW, 'cart', { ...CART, step: 'show' })
  t.notMatch(partOf(empty, 'curl'), /feature_flags|customization|custom_fields/, 'what is empty is left out')
})

const SUBSCRIPTION = {
  product_id: 'pdt_pro_monthly',
  quantity: '2',
  'customer.customer_id': 'cus_ada',
  'billing.country': 'DE',
  trial_period_days: '3',
  require_phone_number: 'yes',
  payment_link: 'yes',
  'one_time_product_cart[0].product_id': 'pdt_ebook',
  'one_time_product_cart[0].quantity': '1',
  more: '{ "one_time_product_cart": [{ "amount": null }], "metadata": { "seats": 2 } }'
}

t.test('a subscription with its options, and its code in every language', async t => {
  const shop = visitor(t)
  const url = '/dashboard/subscriptions/new'
  const shown = await shop.send(url, 'cart', { ...SUBSCRIPTION, step: 'show' })
  t.match(partOf(shown, 'total'), 'Total $23.79', 'the trial is free')
  for (const [language, part] of Object.entries({
    curl: '"trial_period_days": 3',
    javascript: 'client.subscriptions.create(',
    python: 'require_phone_number=True',
    go: 'dodopayments.SubscriptionNewParams{',
    java: 'SubscriptionCreateParams params = SubscriptionCreateParams.builder()',
    kotlin: '.country(CountryCode.of("DE"))',
    csharp: 'Customer = new AttachExistingCustomer()',
    php: "customer: ['customerID' => 'cus_ada']",
    ruby: 'client.subscriptions.create(',
    rust: 'SubscriptionsCreateParams'
  })) t.match(partOf(shown, language), part, language)
  await shop.follow(url, 'cart', { ...SUBSCRIPTION, step: 'create' })
  const { items: [call] } = await shop.get<{ items: Array<{ request_body: { json: unknown } }> }>('/_emulator/requests?operation=POST%20/subscriptions')
  t.match(call?.request_body.json, {
    product_id: 'pdt_pro_monthly',
    quantity: 2,
    trial_period_days: 3,
    require_phone_number: true,
    one_time_product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }],
    metadata: { seats: 2 }
  })
  const demand = { ...SUBSCRIPTION, 'on_demand.mandate_only': 'true', 'one_time_product_cart[0].product_id': '', more: '' }
  t.match(partOf(await shop.send(url, 'cart', { ...demand, step: 'show' }), 'python'), "on_demand={'mandate_only': True}")
  const refused = await shop.send(url, 'cart', { ...SUBSCRIPTION, more: '[1]', step: 'create' })
  t.match(problemOf(refused, 'cart-more'), 'must be a JSON object')
})

t.test('every field of the three requests can be set', async t => {
  const shop = visitor(t)
  const { document } = contract()
  const requests = {
    payments: 'CreateOneTimePaymentRequest', checkouts: 'CreateCheckoutSessionRequest', subscriptions: 'CreateSubscriptionRequest'
  }
  for (const [section, name] of Object.entries(requests)) {
    const { html } = await shop.visit(`/dashboard/${section}/new`)
    const { properties } = document.components.schemas[name] as { properties: Record<string, { deprecated?: boolean }> }
    const missing = Object.entries(properties).filter(([field, { deprecated }]) =>
      deprecated !== true && field !== 'addons' && !new RegExp(`name="${field}["[.]`).test(html))
    t.strictSame(missing.map(([field]) => field), [], section)
  }
})
