// Example bodies of all operations with a body. Text such as {{payment_id}} is a variable of the collection. A test sends them to
// the emulator, and compares their operations with the contract.

const billing = { country: 'US', street: '1 Main St', city: 'Springfield', state: 'IL', zipcode: '62701' }
const customer = { customer_id: '{{customer_id}}' }
const cart = [{ product_id: '{{product_id}}', quantity: 1 }]
const plan = { product_id: '{{new_plan_id}}', quantity: 1, proration_billing_mode: 'prorated_immediately' }

export const BODIES = {
  'POST /payments': { product_cart: cart, customer, billing, payment_link: true, return_url: 'https://example.com/thanks' },
  'POST /checkouts': { product_cart: cart, customer, billing_address: billing, return_url: 'https://example.com/thanks' },
  'POST /checkouts/preview': { product_cart: cart, billing_address: billing },
  'POST /refunds': { payment_id: '{{payment_id}}', reason: 'Requested by the customer' },
  'POST /customers': { name: 'Grace Hopper', email: 'grace.hopper@example.com' },
  'PATCH /customers/{customer_id}': { metadata: { plan: 'team' } },
  'POST /customers/{customer_id}/wallets/ledger-entries': { entry_type: 'credit', currency: 'USD', amount: 500, reason: 'Goodwill' },
  'POST /blocklist/customers': { customer_id: '{{other_customer_id}}', reason: 'Fraud' },
  'POST /blocklist/customers/{entry_id}/notes': { note: 'Called the customer' },
  'PATCH /blocklist/customers/{entry_id}/notes/{note_id}': { note: 'Called the customer twice' },
  'POST /moderation/screen': { text: 'A friendly text' },
  'POST /products': {
    name: 'Handbook',
    tax_category: 'e_book',
    price: { type: 'one_time_price', price: 1500, currency: 'USD', discount: 0, purchasing_power_parity: false }
  },
  'PATCH /products/{id}': { description: 'The second edition' },
  'PUT /products/{id}/files': { file_name: 'handbook.pdf' },
  'POST /products/{id}/short_links': { slug: 'handbook' },
  'POST /products/{product_id}/localized-prices': { currency: 'EUR', amount: 1400 },
  'PATCH /products/{product_id}/localized-prices/{id}': { amount: 1300 },
  'POST /product-collections': { name: 'Books', groups: [{ products: [{ product_id: '{{product_id}}' }] }] },
  'PATCH /product-collections/{id}': { description: 'All books' },
  'POST /product-collections/{id}/groups': { products: [{ product_id: '{{other_product_id}}' }] },
  'PATCH /product-collections/{id}/groups/{group_id}': { group_name: 'Courses' },
  'POST /product-collections/{id}/groups/{group_id}/items': { products: [{ product_id: '{{licence_product_id}}' }] },
  'PATCH /product-collections/{id}/groups/{group_id}/items/{item_id}': { status: true },
  'POST /addons': { name: 'Seat', tax_category: 'saas', price: 500, currency: 'USD' },
  'PATCH /addons/{id}': { price: 600 },
  'POST /discounts': { type: 'percentage', amount: 1000, name: 'Ten per cent' },
  'PATCH /discounts/{discount_id}': { name: 'A tenth' },
  'POST /discounts/{discount_id}/customers': { customer_ids: ['{{customer_id}}'] },
  'POST /brands': { name: 'Second brand' },
  'PATCH /brands/{id}': { description: 'For teams' },
  'POST /brands/{id}/archive': {},
  'POST /subscriptions': { product_id: '{{plan_id}}', quantity: 1, customer, billing },
  'PATCH /subscriptions/{subscription_id}': { metadata: { team: 'docs' } },
  'POST /subscriptions/{subscription_id}/change-plan': plan,
  'POST /subscriptions/{subscription_id}/change-plan/preview': plan,
  'POST /subscriptions/{subscription_id}/charge': { product_price: 1200 },
  'POST /subscriptions/{subscription_id}/update-payment-method': { type: 'new', return_url: 'https://example.com/account' },
  'POST /meters': { name: 'Calls', event_name: 'api.call', aggregation: { type: 'count' }, measurement_unit: 'calls' },
  'POST /events/ingest': { events: [{ event_id: 'evt_example', customer_id: '{{customer_id}}', event_name: 'api.call' }] },
  'POST /credit-entitlements': { name: 'Tokens', precision: 0, unit: 'tokens', rollover_enabled: false, overage_enabled: false },
  'PATCH /credit-entitlements/{id}': { description: 'For the assistant' },
  'POST /credit-entitlements/{credit_entitlement_id}/balances/{customer_id}/ledger-entries': { entry_type: 'credit', amount: '100' },
  'POST /entitlements': { name: 'Export', integration_type: 'feature_flag', integration_config: { feature_type: 'boolean', feature_id: 'export' } },
  'PATCH /entitlements/{id}': { description: 'Exports of reports' },
  'POST /grants/{grant_id}/license-key': { key: 'EXAMPLE-KEY-1' },
  'PATCH /license_key_instances/{id}': { name: 'Laptop' },
  'POST /license_keys': { key: 'EXAMPLE-KEY-2', customer_id: '{{customer_id}}', product_id: '{{licence_product_id}}' },
  'PATCH /license_keys/{id}': { activations_limit: 5 },
  'POST /licenses/activate': { license_key: '{{license_key}}', name: 'Laptop' },
  'POST /licenses/deactivate': { license_key: '{{license_key}}', license_key_instance_id: '{{license_key_instance_id}}' },
  'POST /licenses/validate': { license_key: '{{license_key}}' },
  'POST /webhooks': { url: 'https://example.com/webhooks', description: 'Shop' },
  'PATCH /webhooks/{webhook_id}': { description: 'Shop, second version' },
  'PATCH /webhooks/{webhook_id}/headers': { headers: { 'x-shop': 'books' } }
}

/** The variables with the ids of a new database. The others are empty, and requests that create something return their values. */
export const VARIABLES = {
  base_url: 'http://127.0.0.1:4010',
  api_key: 'test',
  customer_id: 'cus_ada',
  other_customer_id: 'cus_grace',
  product_id: 'pdt_ebook',
  other_product_id: 'pdt_course',
  licence_product_id: 'pdt_license',
  plan_id: 'pdt_payroll_team',
  new_plan_id: 'pdt_payroll_company',
  code: 'SAVE10'
}
