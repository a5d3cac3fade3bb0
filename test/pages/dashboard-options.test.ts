/** The options of a checkout session in the dashboard's form: payment methods, appearance, flags, trial and custom fields. */
import t, { type Test } from 'tap'
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

/** The paths of all values of a schema, as the fields of a form are named: a list of objects by its first item. */
function leavesOf (schema: Schema, path: string): string[] {
  const { schemas } = contract().document.components
  if (schema.$ref !== undefined) return leavesOf(schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)] as Schema, path)
  const branches = schema.oneOf?.filter(({ type }) => type !== 'null') ?? []
  if (branches.length > 0) return branches.flatMap(branch => leavesOf(branch, path))
  const members = Object.entries(schema.properties ?? {}).filter(([, { deprecated }]) => deprecated !== true)
  if (members.length > 0) return members.flatMap(([name, member]) => leavesOf(member, path === '' ? name : `${path}.${name}`))
  if (schema.items === undefined) return [path]
  const [first = '', ...others] = leavesOf(schema.items, `${path}[0]`)
  return first === `${path}[0]` ? [path] : [first, ...others]
}

interface Schema {
  $ref?: string
  type?: string | string[]
  oneOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema & { deprecated?: boolean }>
}

/** Fields of objects that the product names have the id of the object in their name. */
const OBJECT_OF: Record<string, string> = { addons: 'adn_seat', credit_entitlements: 'cde_calls' }

function fieldOf (leaf: string): string {
  return leaf.replace(/(addons|credit_entitlements)\[0\]\.\w+$/, (_, list: string) => `${list}.${OBJECT_OF[list]}`)
}

async function shopWithExtras (t: Test) {
  const shop = visitor(t)
  const body = {
    addons: [{ id: 'adn_seat', name: 'Seat', price: 500, currency: 'USD', tax_category: 'saas' }],
    credit_entitlements: [{ id: 'cde_calls', name: 'Calls', unit: 'call', precision: 0, rollover_enabled: false, overage_enabled: false }],
    products: [{
      product_id: 'pdt_extras',
      name: 'Plan with extras',
      tax_category: 'saas',
      addons: ['adn_seat'],
      credit_entitlements: [{ credit_entitlement_id: 'cde_calls', credits_amount: '100' }],
      price: {
        type: 'recurring_price',
        price: 1000,
        currency: 'USD',
        discount: 0,
        purchasing_power_parity: false,
        payment_frequency_count: 1,
        payment_frequency_interval: 'Month',
        subscription_period_count: 1,
        subscription_period_interval: 'Year'
      }
    }]
  }
  t.match(await shop.call('POST', '/_emulator/load', { body }), { status: 200 })
  return shop
}

t.test('every value of the three requests has a field', async t => {
  const shop = await shopWithExtras(t)
  const { document } = contract()
  const requests = {
    payments: 'CreateOneTimePaymentRequest', checkouts: 'CreateCheckoutSessionRequest', subscriptions: 'CreateSubscriptionRequest'
  }
  for (const [section, name] of Object.entries(requests)) {
    const { html } = await shop.visit(`/dashboard/${section}/new?product_id=pdt_extras`)
    const leaves = leavesOf(document.components.schemas[name] as Schema, '')
    t.ok(leaves.length > 25, `${section} has ${leaves.length} values`)
    t.strictSame(leaves.filter(leaf => !html.includes(`name="${fieldOf(leaf)}"`)), [], section)
  }
})

t.test('add-ons and credits of a product', async t => {
  const shop = await shopWithExtras(t)
  const line = 'product_cart[0]'
  const sent = {
    [`${line}.product_id`]: 'pdt_extras',
    [`${line}.quantity`]: '1',
    [`${line}.addons.adn_seat`]: '3',
    [`${line}.credit_entitlements.cde_calls`]: '250'
  }
  const empty = await shop.visit(NEW)
  t.notMatch(empty.html, `name="${line}.addons.adn_seat"`)
  t.match(empty.html, 'name="LINE.addons.adn_seat"', 'a template for the script')
  const shown = await shop.send(NEW, 'cart', { ...sent, step: 'show' })
  t.match(shown.html, `name="${line}.addons.adn_seat" value="3"`)
  t.match(partOf(shown, 'total'), 'Total $25.00')
  for (const [language, part] of Object.entries({
    curl: '"addon_id": "adn_seat"',
    python: "'addons': [{'addon_id': 'adn_seat', 'quantity': 3}]",
    go: 'dodopayments.AttachAddonParam{',
    java: 'AttachAddon.builder()',
    php: "'addonID' => 'adn_seat'"
  })) t.match(partOf(shown, language), part, language)

  const two = await shop.send(NEW, 'cart', { ...sent, step: 'line' })
  t.match(two.html, 'name="product_cart[1].product_id"')
  const moved = Object.fromEntries(Object.entries(sent).map(([name, value]) => [name.replace('[0]', '[1]'), value]))
  const first = { [`${line}.product_id`]: 'pdt_ebook', [`${line}.quantity`]: '1' }
  const one = await shop.send(NEW, 'cart', { ...first, ...moved, step: 'remove-0' })
  t.match(one.html, `name="${line}.addons.adn_seat" value="3"`, 'moves up with its line')

  const refused = await shop.send(NEW, 'cart', { ...sent, [`${line}.addons.adn_seat`]: 'many', step: 'create' })
  t.equal(refused.status, 422)
  t.match(problemOf(refused, 'cart-product_cart-0-addons-0'), 'must be integer')
  await shop.follow(NEW, 'cart', { ...sent, step: 'create' })
  const plan = { product_id: 'pdt_extras', quantity: '1', 'customer.customer_id': 'cus_ada', 'billing.country': 'US', 'addons.adn_seat': '2' }
  await shop.follow('/dashboard/subscriptions/new', 'cart', { ...plan, step: 'create' })
  const { items: [subscription, session] } = await shop.get<{ items: Array<{ request_body: { json: unknown } }> }>('/_emulator/requests?source=dashboard')
  t.match(session?.request_body.json, {
    product_cart: [{
      product_id: 'pdt_extras',
      addons: [{ addon_id: 'adn_seat', quantity: 3 }],
      credit_entitlements: [{ credit_entitlement_id: 'cde_calls', credits_amount: '250' }]
    }]
  })
  t.match(subscription?.request_body.json, { product_id: 'pdt_extras', addons: [{ addon_id: 'adn_seat', quantity: 2 }] })
})

t.test('colours, fonts and corners of a session', async t => {
  const shop = visitor(t)
  const theme = 'customization.theme_config'
  const shown = await shop.send(NEW, 'cart', {
    ...CART, [`${theme}.light.bg_primary`]: '#fff', [`${theme}.radius`]: '8px', [`${theme}.font_weight`]: 'bold', step: 'show'
  })
  t.match(shown.html, /id="theme-options" open/)
  t.match(partOf(shown, 'python'), "'theme_config': {")
  t.match(partOf(shown, 'java'), 'ThemeConfig.FontWeight.of("bold")')
  t.match(partOf(shown, 'go'), 'dodopayments.ThemeModeConfigParam{')
  const refused = await shop.send(NEW, 'cart', { ...CART, [`${theme}.dark.text_error`]: 'url(x)', step: 'create' })
  t.match(problemOf(refused, 'cart-customization-theme_config-dark-text_error'), 'must be a CSS colour')
})
