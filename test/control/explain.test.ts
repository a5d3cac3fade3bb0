/** Explanations of a total, compared with the stored payment step by step. */
import t from 'tap'
import type { components } from '../../src/contract/control-types.gen.js'
import { paymentBody, startEmulator, type PaymentBody, type TestEmulator } from '../helper.js'

type Explanation = components['schemas']['PaymentExplanation']
type Step = components['schemas']['PriceStep']

async function explained ({ pay, get }: TestEmulator, changes: Partial<PaymentBody>): Promise<Explanation & { id: string }> {
  const { payment_id: id, total_amount: total } = await pay(paymentBody(changes))
  const explanation = await get<Explanation>(`/_emulator/payments/${id}/explain`)
  if (explanation.total_amount !== total) throw new Error('another total')
  return { ...explanation, id }
}

const of = (steps: Step[], kind: Step['kind']) => steps.filter(step => step.kind === kind)

/** Every step begins with the result of the previous step, and the lines add up. */
function addsUp (test: { equal (found: unknown, wanted: unknown, message: string): unknown }, { steps, total_amount: total, tax, currency }: Explanation): void {
  steps.forEach((step, index) => {
    const earlier = steps[index - 1]
    if (step.before === null) return
    test.equal(step.before, earlier?.after, `${step.text} begins with the result of the previous step`)
    if (step.kind !== 'tax') test.equal(step.before + step.change, step.after, step.text)
  })
  test.equal(of(steps, 'line_total').reduce((sum, { after }) => sum + after, 0), total, 'the lines add up to the total')
  test.equal(of(steps, 'tax').reduce((sum, { change }) => sum + change, 0), tax, 'the taxes add up to the tax')
  test.equal(steps.at(-1)?.currency, currency, 'the last amount is in the charged currency')
}

t.test('explains', async t => {
  t.test('prices, product discounts, codes, conversion, tax and the sum', async t => {
    const emulator = startEmulator(t)
    const explanation = await explained(emulator, {
      billing: { country: 'DE' },
      billing_currency: 'EUR',
      product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }, { product_id: 'pdt_course', quantity: 2 }],
      discount_codes: ['EBOOK50', 'SAVE10', 'FLAT5']
    })
    t.match(explanation, { basis: 'recalculated', currency: 'EUR', payment_id: explanation.id })
    addsUp(t, explanation)
    t.strictSame(explanation.text.split('\n'), [
      `${explanation.id} totals €76.05`,
      'product_cart[0] pdt_ebook: 1 × $19.99, the price of the product = $19.99',
      'product_cart[0] pdt_ebook: EBOOK50, 50% of $19.99: -$10.00 (999.5 minor units, rounded half up)',
      'product_cart[0] pdt_ebook: SAVE10, 10% of $9.99: -$1.00 (99.9 minor units, rounded half up)',
      "product_cart[0] pdt_ebook: FLAT5, this line's share of the €4.50 that it takes in all: -$0.59",
      'product_cart[0] pdt_ebook: $8.40 = €7.22 at the fixed rates 1 USD = 0.86 EUR, rounded half up',
      'product_cart[0] pdt_ebook: 19% VAT of the billing country DE: €1.37 (137.18 minor units, rounded half up)',
      'product_cart[0] pdt_ebook: line total: €8.59',
      'product_cart[1] pdt_course: 2 × $49.00, the price of the product = $98.00',
      'product_cart[1] pdt_course: product discount of 20%: -$19.60',
      'product_cart[1] pdt_course: EBOOK50 does not apply: it is for pdt_ebook only',
      'product_cart[1] pdt_course: SAVE10, 10% of $78.40: -$7.84',
      "product_cart[1] pdt_course: FLAT5, this line's share of the €4.50 that it takes in all: -$4.64",
      'product_cart[1] pdt_course: $65.92 = €56.69 at the fixed rates 1 USD = 0.86 EUR, rounded half up',
      'product_cart[1] pdt_course: 19% VAT of the billing country DE: €10.77 (1077.11 minor units, rounded half up)',
      'product_cart[1] pdt_course: line total: €67.46',
      'total: €8.59 + €67.46 = €76.05, including €12.14 tax',
      'Fee: 4% base + 1.5% customer outside the US = 5.5% of $88.43, rounded up to $4.87, + $0.40 = $5.27'
    ])
    t.match(explanation.steps[1], {
      kind: 'discount_code', line: 0, product_id: 'pdt_ebook', code: 'EBOOK50', currency: 'USD', before: 1999, change: -1000, after: 999, exact: '999.5'
    })
    t.ok(explanation.as_of_now.includes('The terms of the discount code SAVE10.'))
    t.strictSame(explanation.assumptions.map(({ id }) => id), ['rounding', 'flat_codes', 'reverse_charge', 'exchange_rates'])
  })

  t.test('the source of a price, and the reason for no tax', async t => {
    const emulator = startEmulator(t)
    const open = await explained(emulator, { product_cart: [{ product_id: 'pdt_donation', quantity: 2, amount: 750 }] })
    t.strictSame(open.assumptions, [], 'a price and no tax')
    t.match(of(open.steps, 'unit_price'), [{ after: 1500, text: /2 × \$7\.50, the amount of the request \(.*at least \$5\.00\) = \$15\.00/ }])
    t.match(of(open.steps, 'tax'), [{ change: 0, text: /no tax: there is no rate for the billing country US/ }])
    const business = await explained(emulator, { billing: { country: 'DE' }, tax_id: 'DE136695976' })
    t.match(of(business.steps, 'tax'), [{ change: 0, text: /no tax: a business with a tax id accounts for the VAT of DE itself/ }])
    const untaxed = await explained(startEmulator(t, { tax: 'off' }), { billing: { country: 'DE' } })
    t.match(of(untaxed.steps, 'tax'), [{ change: 0, text: /no tax: tax is disabled/ }])
    const free = await explained(emulator, { discount_codes: ['FREE100', 'SAVE10'] })
    t.match(of(free.steps, 'discount_code'), [{ change: -1999, after: 0 }, { change: 0, after: 0 }])
    const capped = await explained(emulator, { product_cart: [{ product_id: 'pdt_ebook', quantity: 9 }], discount_codes: ['CAPPED'] })
    t.match(of(capped.steps, 'discount_code'), [{ change: -1000, exact: null, text: /CAPPED, 50% up to its limit, this line's share of \$10\.00/ }])
    for (const explanation of [open, business, untaxed, free, capped]) addsUp(t, explanation)
  })

  t.test('every product and code of the fixtures, alone and together, in several currencies', async t => {
    const emulator = startEmulator(t)
    const { items } = await emulator.get<{ items: Array<{ product_id: string, is_recurring: boolean }> }>('/products?page_size=100')
    const codes = ['SAVE10', 'ODD333', 'FLAT5', 'CAPPED', 'EBOOK50', 'FREE100']
    let count = 0
    for (const { product_id: id } of items) {
      for (const [currency, country] of [['USD', 'US'], ['JPY', 'DE'], ['KWD', 'AE'], ['EUR', 'FR']] as const) {
        for (const code of [undefined, ...codes]) {
          const body = {
            ...paymentBody(),
            billing: { country },
            billing_currency: currency,
            product_cart: [{ product_id: id, quantity: 3, amount: 5000 }, { product_id: 'pdt_ebook', quantity: 1 }],
            ...(code === undefined ? {} : { discount_codes: [code, 'STACK01'] })
          }
          const { status, json } = await emulator.call('POST', '/payments', { body })
          if (status !== 200) continue
          const explanation = await emulator.get<Explanation>(`/_emulator/payments/${(json as { payment_id: string }).payment_id}/explain`)
          t.equal(explanation.basis, 'recalculated')
          addsUp(t, explanation)
          count++
        }
      }
    }
    t.ok(count > 50, `${count} payments were explained`)
  })
})

t.test('refuses unknown payments', async t => {
  const { call } = startEmulator(t)
  const { status, json } = await call('GET', '/_emulator/payments/pay_nothing/explain')
  t.equal(status, 404)
  t.match(json, { code: 'NOT_FOUND', message: /there is no payment pay_nothing/ })
})

t.test('explains the terms of the sale', async t => {
  t.test('a product whose price has changed since the sale', async t => {
    const emulator = startEmulator(t)
    const { id } = await explained(emulator, {})
    const price = { type: 'one_time_price', currency: 'USD', price: 2500, discount: 0, purchasing_power_parity: false }
    t.equal((await emulator.call('PATCH', '/products/pdt_ebook', { body: { name: 'Dearer', price } })).status, 200)
    const explanation = await emulator.get<Explanation>(`/_emulator/payments/${id}/explain`)
    t.equal(explanation.basis, 'recalculated')
    t.match(of(explanation.steps, 'unit_price'), [{ after: 1999, text: /the price of the product at that time \(\$25\.00 now\)/ }])
  })

  t.test('only stored facts where the terms have changed', async t => {
    const emulator = startEmulator(t)
    const { id } = await explained(emulator, {
      billing: { country: 'DE' }, product_cart: [{ product_id: 'pdt_course', quantity: 1 }], discount_codes: ['SAVE10']
    })
    const price = { type: 'one_time_price', currency: 'USD', price: 4900, discount: 50, purchasing_power_parity: false }
    t.equal((await emulator.call('PATCH', '/products/pdt_course', { body: { price } })).status, 200)
    const explanation = await emulator.get<Explanation>(`/_emulator/payments/${id}/explain`)
    t.match(explanation, { basis: 'stored', as_of_now: [/have changed since/] })
    addsUp(t, explanation)
    t.match(of(explanation.steps, 'discounts'), [{ before: 4900, after: 3528, text: /discounts together \(SAVE10 deducted \$3\.92 in total\): -\$13\.72/ }])
  })

  t.test('a deleted code with its terms', async t => {
    const emulator = startEmulator(t)
    const { id } = await explained(emulator, { discount_codes: ['SAVE10'] })
    t.equal((await emulator.call('DELETE', '/discounts/dsc_save10')).status, 204)
    t.match(await emulator.get(`/_emulator/payments/${id}/explain`), { basis: 'recalculated' })
  })
})
