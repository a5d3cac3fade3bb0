/** Checkout sessions that the API refuses. */
import t, { type Test } from 'tap'
import type { Refusal, TestEmulator } from '../helper.js'
import { ADDRESS, CONFIRMED, sessionBody, start } from './checkout-bodies.js'

async function refused (
  test: Test, { call, stored }: TestEmulator, changes: object, code: string, message: RegExp | string, path?: string
): Promise<void> {
  const before = stored()
  const { status, json } = await call('POST', '/checkouts', { body: { ...sessionBody(), ...changes } })
  const refusal = json as Refusal
  test.equal(status, 422, JSON.stringify(json))
  test.match(refusal, { code, message })
  if (path !== undefined) test.equal(refusal.details?.[0]?.path, path)
  test.strictSame(stored(), before, 'nothing was stored')
}

t.test('refuses', async t => {
  const started = start(t)
  const refusing = (test: Test) => (changes: object, code: string, message: RegExp | string, path?: string) =>
    refused(test, started, changes, code, message, path)
  const PARAMETERS = 'INVALID_REQUEST_PARAMETERS'

  t.test('invalid carts', async t => {
    const refuse = refusing(t)
    await refuse({ product_cart: [] }, 'PRODUCT_CART_EMTPY', 'product_cart is empty')
    await refuse({ product_cart: Array(21).fill({ product_id: 'pdt_ebook', quantity: 1 }) }, PARAMETERS, /20 items/)
    await refuse({ product_cart: [{ product_id: 'pdt_no', quantity: 1 }] }, PARAMETERS, 'Product pdt_no does not exist')
    await refuse({ product_cart: [{ product_id: 'pdt_retired', quantity: 1 }] }, 'PRODUCT_IS_DELETED', /archived/)
    await refuse({ product_cart: [{ product_id: 'pdt_ebook', quantity: -1 }] }, 'INVALID_REQUEST_BODY', /quantity/)
    await refuse({ product_cart: [{ product_id: 'pdt_donation', quantity: 1, amount: 100 }] }, 'REQUEST_AMOUNT_BELOW_MINIMUM', /500/)
  })

  t.test('features that are not emulated yet', async t => {
    const refuse = refusing(t)
    await refuse({ product_cart: [], product_collection_id: 'pdc_1' }, PARAMETERS, /collection/, 'product_collection_id')
  })

  t.test('a confirmed session with missing details', async t => {
    const refuse = refusing(t)
    await refuse({ confirm: true, billing_address: ADDRESS }, PARAMETERS, /needs a customer/, 'customer')
    await refuse({ confirm: true, customer: { customer_id: 'cus_ada' } }, PARAMETERS, /billing address/, 'billing_address')
    await refuse({ ...CONFIRMED, billing_address: { country: 'US', zipcode: '10001' } }, PARAMETERS, /street, .*city, .*state/)
    await refuse({ ...CONFIRMED, billing_address: { country: 'US' }, minimal_address: true }, PARAMETERS, /zipcode/, 'billing_address.zipcode')
    await refuse({ ...CONFIRMED, product_cart: [{ product_id: 'pdt_donation', quantity: 1 }] }, 'PAY_AS_YOU_WANT_AMOUNT_REQUIRED', /Amount/)
    const field = { key: 'a', label: 'A', field_type: 'text', required: true }
    await refuse({ ...CONFIRMED, custom_fields: [field] }, PARAMETERS, /required must be false with confirm/)
    await refuse({ ...CONFIRMED, discount_codes: ['RETURNING'] }, 'DISCOUNT_CUSTOMER_NOT_ELIGIBLE', /eligible/)
  })

  t.test('saved methods without confirm, without an id, or of another customer', async t => {
    const refuse = refusing(t)
    await refuse({ payment_method_id: 'pm_visa_grace', customer: { customer_id: 'cus_grace' } }, PARAMETERS, /needs confirm/)
    await refuse({ ...CONFIRMED, customer: { email: 'a@b.c' }, payment_method_id: 'pm_visa_grace' }, PARAMETERS, /existing customer/)
    await refuse({ ...CONFIRMED, payment_method_id: 'pm_visa_grace' }, PARAMETERS, /does not exist for customer cus_ada/)
  })

  t.test('customers, addresses and tax ids', async t => {
    const refuse = refusing(t)
    await refuse({ customer: { customer_id: 'cus_no' } }, PARAMETERS, 'Customer cus_no does not exist')
    await refuse({ customer: { email: 'nowhere' } }, PARAMETERS, /e-mail/, 'customer.email')
    await refuse({ billing_address: { country: 'AI' } }, 'UNSUPPORTED_COUNTRY', 'Country Anguilla currently not supported', 'billing_address.country')
    await refuse({ tax_id: 'DE136695976' }, PARAMETERS, /needs billing_address/)
    await refuse({ tax_id: 'DE1', billing_address: { country: 'DE' } }, 'INVALID_TAX_ID', /Tax Id/, 'tax_id')
    await refuse({ customer_business_name: 'ACME' }, PARAMETERS, /needs a tax_id/)
  })

  t.test('codes', async t => {
    const refuse = refusing(t)
    await refuse({ discount_code: 'NOPE' }, 'INVALID_DISCOUNT_CODE', /NOPE/, 'discount_code')
    await refuse({ discount_codes: ['SAVE10', 'EXPIRED'] }, 'DISCOUNT_CODE_EXPIRED', /expired/, 'discount_codes[1]')
    await refuse({ discount_code: 'SAVE10', discount_codes: ['SAVE25'] }, PARAMETERS, /exclude/)
    await refuse({ discount_codes: ['FIRSTTIME', 'ONLYADA'], customer: { customer_id: 'cus_grace' } }, 'DISCOUNT_CUSTOMER_NOT_ELIGIBLE', /certain/)
  })

  t.test('flags, fields, URLs, languages', async t => {
    const refuse = refusing(t)
    const flags = { require_phone_number: true, allow_phone_number_collection: false }
    await refuse({ feature_flags: flags }, PARAMETERS, /require_phone_number/, 'feature_flags.require_phone_number')
    const field = { key: 'a', label: 'A', field_type: 'text' }
    await refuse({ custom_fields: Array(6).fill(field) }, PARAMETERS, /at most 5/)
    await refuse({ custom_fields: [field, field] }, PARAMETERS, /taken/, 'custom_fields[1].key')
    await refuse({ custom_fields: [{ ...field, field_type: 'dropdown' }] }, PARAMETERS, /choices/, 'custom_fields[0].options')
    await refuse({ custom_fields: [{ ...field, label: ' ' }] }, PARAMETERS, /empty/)
    await refuse({ custom_fields: [{ ...field, field_type: 'colour' }] }, 'INVALID_REQUEST_BODY', /field_type/)
    await refuse({ return_url: 'javascript:alert(1)' }, 'INVALID_REQUEST_BODY', /return_url/, 'return_url')
    await refuse({ cancel_url: '/back' }, 'INVALID_REQUEST_BODY', /cancel_url/, 'cancel_url')
    await refuse({ customization: { force_language: 'en"><script>' } }, PARAMETERS, /language/)
    await refuse({ metadata: { a: 'x'.repeat(501) } }, PARAMETERS, /500/)
    await refuse({ allowed_payment_method_types: [] }, 'NO_ELIGIBLE_PAYMENT_METHODS', /eligible/)
    await refuse({ confirm: 'yes' }, 'INVALID_REQUEST_BODY', /confirm/)
  })

  t.test('a theme with values that are not colours or sizes', async t => {
    const refuse = refusing(t)
    const theme = (config: object) => ({ customization: { theme_config: config } })
    for (const hostile of ['red; } body { display: none', 'url(https://evil.example)', 'var(--x)', '#12', 'expression(1)', 'x'.repeat(1e5)]) {
      await refuse(theme({ light: { bg_primary: hostile } }), PARAMETERS, /CSS colour/, 'customization.theme_config.light.bg_primary')
    }
    await refuse(theme({ radius: 'calc(1px)' }), PARAMETERS, /length/)
    await refuse(theme({ font_primary_url: 'http://fonts.example/a' }), PARAMETERS, /https/)
    await refuse(theme({ pay_button_text: 'x'.repeat(101) }), PARAMETERS, /100/)
    await refuse(theme({ font_size: '99px' }), 'INVALID_REQUEST_BODY', /font_size/)
    for (const bg of ['#fff', '#2a56c6ff', 'rgb(1, 2, 3)', 'rgba(1 2 3 / 50%)', 'hsl(120deg 50% 50%)', 'oklch(0.7 .1 200)', 'RebeccaPurple']) {
      const { status, text } = await started.call('POST', '/checkouts', { body: sessionBody(theme({ dark: { bg_primary: bg } })) })
      t.equal(status, 200, `${bg}: ${text}`)
    }
  })

  t.test('sessions that do not exist, and calls without a key', async t => {
    const { status, json } = await started.call('GET', '/checkouts/cks_no')
    t.equal(status, 404)
    t.match(json, { code: 'NOT_FOUND' })
    t.equal((await started.call('POST', '/checkouts', { body: sessionBody(), key: null })).status, 401)
  })
})
