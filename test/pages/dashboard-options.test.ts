/** The options of a checkout session in the dashboard's form: payment methods, appearance, flags, trial and custom fields. */
import t from 'tap'
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
