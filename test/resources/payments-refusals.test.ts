/** Payments that the API refuses: each rule by status, code, message and place, and nothing is stored. */
import t from 'tap'
import { paymentBody, startEmulator } from '../helper.js'

const line = (productId: string, quantity = 1) => [{ product_id: productId, quantity }]

/** Each is refused with 422, and a detail at the path. */
const RULES: Array<[name: string, body: Record<string, unknown>, code: string, message: RegExp | string, path: string]> = [
  ['an empty cart', { product_cart: [] }, 'PRODUCT_CART_EMTPY', /^product_cart is empty/, 'product_cart'],
  ['101 lines', { product_cart: Array(101).fill(line('pdt_ebook')[0]) }, 'INVALID_REQUEST_PARAMETERS',
    'product_cart must have at most 100 items, not 101', 'product_cart'],
  ['discount_code with discount_codes', { discount_code: 'SAVE10', discount_codes: ['SAVE25'] }, 'INVALID_REQUEST_PARAMETERS',
    'discount_code and discount_codes exclude each other: use discount_codes', 'discount_code'],
  ['discount_code with an empty discount_codes', { discount_code: 'SAVE10', discount_codes: [] }, 'INVALID_REQUEST_PARAMETERS',
    /exclude each other/, 'discount_code'],
  ['21 codes', { discount_codes: Array(21).fill('SAVE10') }, 'INVALID_REQUEST_PARAMETERS',
    'discount_codes has 21 codes, at most 20 can be stacked', 'discount_codes'],
  ['a payment method without customer_id', { customer: { email: 'a@example.com' }, payment_method_id: 'pm_visa_grace' },
    'INVALID_REQUEST_PARAMETERS', 'payment_method_id needs an existing customer: give customer.customer_id', 'payment_method_id'],
  ["another customer's payment method", { payment_method_id: 'pm_visa_grace' }, 'INVALID_REQUEST_PARAMETERS',
    'Payment method pm_visa_grace does not exist for customer cus_ada', 'payment_method_id'],
  ['an unknown customer', { customer: { customer_id: 'cus_nobody' } }, 'INVALID_REQUEST_PARAMETERS',
    'Customer cus_nobody does not exist', 'customer.customer_id'],
  ['an invalid e-mail address', { customer: { email: 'ada' } }, 'INVALID_REQUEST_PARAMETERS',
    'customer.email must be an e-mail address', 'customer.email'],
  ['an unknown product', { product_cart: line('pdt_x') }, 'INVALID_REQUEST_PARAMETERS', 'Product pdt_x does not exist',
    'product_cart[0].product_id'],
  ['an archived product', { product_cart: [...line('pdt_ebook'), ...line('pdt_retired')] }, 'PRODUCT_IS_DELETED', /pdt_retired/,
    'product_cart[1].product_id'],
  ['a subscription', { product_cart: line('pdt_pro_monthly') }, 'INVALID_REQUEST_PARAMETERS', /is a subscription/,
    'product_cart[0].product_id'],
  ['pay what you want without an amount', { product_cart: line('pdt_donation') }, 'PAY_AS_YOU_WANT_AMOUNT_REQUIRED',
    /^Amount is mandatory for pay as you want product/, 'product_cart[0].amount'],
  ['pay what you want below the minimum', { product_cart: [{ ...line('pdt_donation')[0], amount: 499 }] },
    'REQUEST_AMOUNT_BELOW_MINIMUM', /^Amount cannot be less than minimum amount specified for the product/, 'product_cart[0].amount'],
  ['a negative amount', { product_cart: [{ ...line('pdt_donation')[0], amount: -500 }] }, 'REQUEST_AMOUNT_BELOW_MINIMUM', /-500/,
    'product_cart[0].amount'],
  ['an unknown code', { discount_code: 'NOPE' }, 'INVALID_DISCOUNT_CODE', /^Invalid Discount Code/, 'discount_code'],
  ['an empty code', { discount_codes: ['SAVE10', ''] }, 'INVALID_DISCOUNT_CODE', /^Invalid Discount Code/, 'discount_codes[1]'],
  ['an expired code', { discount_codes: ['EXPIRED'] }, 'DISCOUNT_CODE_EXPIRED', /^Discount code expired/, 'discount_codes[0]'],
  ['a code that has not started', { discount_code: 'FUTURE' }, 'DISCOUNT_NOT_YET_ACTIVE', /^Discount code is not yet active/,
    'discount_code'],
  ['an exhausted code', { discount_code: 'SOLDOUT' }, 'DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED', /^Discount code hit usage limit/,
    'discount_code'],
  ["another customer's code", { customer: { customer_id: 'cus_grace' }, discount_code: 'ONLYADA' }, 'DISCOUNT_CUSTOMER_NOT_ELIGIBLE',
    /^Customer is not eligible for this discount code/, 'discount_code'],
  ["another customer's code, for a new customer", { customer: { email: 'x@example.com' }, discount_code: 'ONLYADA' },
    'DISCOUNT_CUSTOMER_NOT_ELIGIBLE', /not eligible/, 'discount_code'],
  ['a code for returning customers', { discount_code: 'RETURNING' }, 'DISCOUNT_CUSTOMER_NOT_ELIGIBLE', /have paid before/,
    'discount_code'],
  ['a subtotal that is too small', { discount_code: 'MINIMUM100' }, 'DISCOUNT_MINIMUM_SUBTOTAL_NOT_MET',
    /needs \$100\.00, the cart has \$19\.99/, 'discount_code'],
  ['a code for other products', { discount_code: 'EBOOK50', product_cart: line('pdt_course') }, 'INVALID_DISCOUNT_CODE',
    /^Discount Code cannot be applied to any product in the cart/, 'discount_code'],
  ['a country that is not sold to', { billing: { country: 'AI' } }, 'UNSUPPORTED_COUNTRY',
    'Country Anguilla currently not supported', 'billing.country'],
  ['a currency without a rate', { billing_currency: 'CUP' }, 'EXCHANGE_RATE_NOT_FOUND',
    'Exchange rate not found to convert from USD to CUP', 'billing_currency'],
  ['a total under the minimum', { product_cart: line('product_id'), discount_codes: ['SAVE25', 'EXPIRED'] },
    'DISCOUNT_CODE_EXPIRED', /expired/, 'discount_codes[1]'],
  ['a wrong tax id', { billing: { country: 'DE' }, tax_id: 'DE123' }, 'INVALID_TAX_ID', /^Tax Id is invalid/, 'tax_id'],
  ['a business name without a tax id', { customer_business_name: 'ACME' }, 'INVALID_REQUEST_PARAMETERS',
    'customer_business_name needs a tax_id', 'customer_business_name'],
  ['a business name that is too long', { billing: { country: 'DE' }, tax_id: 'DE136695976', customer_business_name: 'x'.repeat(251) },
    'INVALID_REQUEST_PARAMETERS', 'customer_business_name must not be longer than 250 characters', 'customer_business_name'],
  ['a total beyond int32', { product_cart: line('pdt_ebook', 1_100_000) }, 'INVALID_REQUEST_PARAMETERS', /smaller quantity/,
    'product_cart'],
  ['a line beyond every number', { product_cart: line('pdt_ebook', 2_147_483_647) }, 'INVALID_REQUEST_PARAMETERS',
    /smaller quantity/, 'product_cart[0].quantity'],
  ['no payment method at all', { allowed_payment_method_types: [] }, 'NO_ELIGIBLE_PAYMENT_METHODS',
    /^No eligible payment methods found/, 'allowed_payment_method_types'],
  ['51 pairs of metadata', { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, 'v'])) },
    'MAXIMUM_KEYS_REACHED', /^Exceeds 50 key-value pairs/, 'metadata'],
  ['a metadata key of 41 characters', { metadata: { ['k'.repeat(41)]: 'v' } }, 'INVALID_REQUEST_PARAMETERS', /longer than 40/,
    `metadata.${'k'.repeat(41)}`],
  ['a metadata value of 501 characters', { metadata: { key: 'v'.repeat(501) } }, 'INVALID_REQUEST_PARAMETERS', /longer than 500/,
    'metadata.key']
]

t.test('refuses', async t => {
  const { refuse, emulator } = startEmulator(t)
  for (const [name, changes, code, message, path] of RULES) {
    t.test(name, async t => {
      const refusal = await refuse({ ...paymentBody(), ...changes })
      t.equal(refusal.status, 422)
      t.equal(refusal.code, code)
      if (typeof message === 'string') t.equal(refusal.message, message)
      else t.match(refusal.message, message)
      t.equal(refusal.details?.[0]?.path, path)
    })
  }

  t.test('a return URL that is invalid or runs code', async t => {
    for (const url of ['', '/thanks', 'shop.example', 'javascript:alert(1)', ' JavaScript:alert(1)', 'data:text/html,x', 'vbscript:x',
      'blob:https://x', 'file:///etc/passwd']) {
      const { status, code, message, details } = await refuse(paymentBody({ return_url: url }))
      t.strictSame([status, code, details?.[0]?.path], [422, 'INVALID_REQUEST_BODY', 'return_url'], url)
      t.match(message, /^Your request body is invalid\. Please check your request headers and object\. \(return_url /)
    }
  })

  t.test('a total below the minimum charge', async t => {
    emulator.sandbox.products.insert({
      product_id: 'pdt_cheap',
      brand_id: 'bus_emulator',
      name: null,
      description: null,
      tax_category: 'saas',
      is_recurring: false,
      archived: false,
      metadata: {},
      created_at: 0,
      updated_at: 0,
      price: { type: 'one_time_price', currency: 'USD', price: 49, discount: 0, discount_bps: 0, purchasing_power_parity: false }
    })
    const { code, message } = await refuse(paymentBody({ product_cart: line('pdt_cheap') }))
    t.equal(code, 'TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT')
    t.match(message, /^Minimum amount of \$0\.50 is required to process payment/)
  })

  t.test('products of two brands', async t => {
    emulator.sandbox.products.insert({
      product_id: 'pdt_other',
      brand_id: 'brnd_other',
      name: null,
      description: null,
      tax_category: 'saas',
      is_recurring: false,
      archived: false,
      metadata: {},
      created_at: 0,
      updated_at: 0,
      price: { type: 'one_time_price', currency: 'USD', price: 500, discount: 0, discount_bps: 0, purchasing_power_parity: false }
    })
    const { code, details } = await refuse(paymentBody({ product_cart: [...line('pdt_ebook'), ...line('pdt_other')] }))
    t.strictSame([code, details?.[0]?.path], ['BRAND_MISMATCH', 'product_cart[1].product_id'])
  })

  t.test('a code that this customer has used up', async t => {
    emulator.sandbox.discounts.use('dsc_onceeach', 'cus_ada', 'pay_before')
    const refusal = await refuse(paymentBody({ discount_code: 'ONCEEACH' }))
    t.equal(refusal.code, 'DISCOUNT_PER_CUSTOMER_USAGE_LIMIT_EXCEEDED')
    t.match(refusal.message, /^Per-customer usage limit exceeded for this discount code/)
  })

  t.test('a currency that is disabled', async t => {
    const { refuse } = startEmulator(t, { deniedCurrencies: 'INR' })
    t.equal((await refuse(paymentBody({ billing_currency: 'INR' }))).code, 'UNSUPPORTED_CURRENCY')
  })

  t.test('a payment whose settlement amount exceeds int32', async t => {
    const { code } = await refuse(paymentBody({ product_cart: line('pdt_ebook', 1_200_000), billing_currency: 'GBP' }))
    t.equal(code, 'INVALID_REQUEST_PARAMETERS')
  })

  t.test('violations of the schema, each with its path', async t => {
    const refusal = await refuse({
      billing: { country: 'XX', zipcode: 12345 },
      customer: {},
      billing_currency: 'EURO',
      product_cart: [{ product_id: 7, quantity: -1 }, { product_id: 'pdt_ebook', quantity: 2 ** 40 }, { quantity: 1.5 }],
      metadata: { number: 1, nested: {} },
      allowed_payment_method_types: ['credit', 'credit'],
      payment_link: 'yes',
      redirect_immediately: null
    })
    t.equal(refusal.code, 'INVALID_REQUEST_BODY')
    t.match(refusal.message, /^Your request body is invalid\. Please check your request headers and object\. \(/)
    t.strictSame(Object.fromEntries((refusal.details ?? []).map(({ path, message }) => [path, message])), {
      'billing.country': 'must be one of the 249 values that the API knows, such as AF, AX, AL, not "XX"',
      'billing.zipcode': 'must be string or null',
      customer: 'must have customer_id, or email',
      billing_currency: 'must be one of the 145 values that the API knows, not "EURO": did you mean EUR?',
      'product_cart[0].product_id': 'must be string',
      'product_cart[0].quantity': 'must be >= 0',
      'product_cart[1].quantity': 'must be a whole number from -2147483648 to 2147483647',
      'product_cart[2].product_id': 'is required',
      'product_cart[2].quantity': 'must be integer',
      'metadata.number': 'must be string',
      'metadata.nested': 'must be string',
      allowed_payment_method_types: 'must not contain the same value twice (items 0 and 1)',
      payment_link: 'must be boolean or null',
      redirect_immediately: 'must be boolean'
    })
  })

  t.test('a customer whose e-mail is of the wrong type', async t => {
    const { details } = await refuse({ ...paymentBody(), customer: { email: 7 } })
    t.strictSame(details, [{ path: 'customer.email', message: 'must be string' }])
  })
})
