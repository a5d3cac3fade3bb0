/**
 * The form that creates and edits a product. Fields are named as in the API, and amounts are in the price's currency. CSS hides
 * the fields that the type of price does not have; they are left out of the request.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import { percent } from '../../../rules/decimal.js'
import type { Fragment } from '../../../pages/layout.js'
import {
  areaField, checkField, choiceField, form, submit, textField, currencyOptions, metadataField, withChosen
} from '../../../pages/dashboard/fields.js'
import type { Form, FormState } from '../../../pages/dashboard/form.js'
import { pathOf } from '../../../pages/dashboard/links.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { labelOf, linkButton } from '../../../pages/dashboard/parts.js'
import { readingOf, typedAmount, type Reading } from '../../../pages/dashboard/reading.js'

type Product = Schemas['GetProductResponse']
type Price = Schemas['Price']

const TAX_CATEGORIES = ['digital_products', 'saas', 'e_book', 'edtech', 'live_tutoring'] as const satisfies ReadonlyArray<
  Schemas['TaxCategory']>
const INTERVALS = ['Day', 'Week', 'Month', 'Year'] as const satisfies ReadonlyArray<Schemas['TimeInterval']>

const KINDS = [['one_time_price', 'One-time'], ['recurring_price', 'Recurring (subscription)']] as const

/** The initial price in the form of a new product. */
const NEW_PRICE = {
  type: 'one_time_price', currency: 'USD', price: null, discount_bps: 0, purchasing_power_parity: false, tax_inclusive: false
} as const

/** A price that the form can edit. Usage-based prices have no fields. */
type Priced = Extract<Price, { type: 'one_time_price' | 'recurring_price' }> | typeof NEW_PRICE

export async function productForm (formState: FormState, product: Product | null, page: PageContext): Promise<Fragment> {
  const { items: brands } = await page.operate('GET /brands')
  const price = product === null ? NEW_PRICE : product.price
  const leave = product === null ? pathOf('products') : pathOf('products', encodeURIComponent(product.product_id))
  const named = brands.map(({ brand_id: id, name }): readonly [string, string] => [id, name ?? id])
  return form(formState, html`
!${textField(formState, { name: 'name', label: 'Name', value: product?.name, isRequired: true })}
!${areaField(formState, { name: 'description', label: 'Description', value: product?.description, rows: 3 })}
<div class="pair">
!${choiceField(formState, {
    name: 'tax_category',
    label: 'Tax category',
    isRequired: true,
    value: product?.tax_category,
    options: TAX_CATEGORIES.map(name => [name, labelOf(name)] as const)
  })}
!${brands.length < 2
    ? ''
    : choiceField(formState, { name: 'brand_id', label: 'Brand', isRequired: true, value: product?.brand_id, options: named })}
</div>
!${price.type === 'usage_based_price' ? USAGE : priceFields(formState, price, page)}
!${metadataField(formState, product?.metadata)}
<div class="row">!${submit(product === null ? 'Create product' : 'Save')}
!${linkButton(page.base + leave, 'Cancel')}</div>`)
}

const USAGE = '<p class="note">This product has usage-based billing. Its price can only be changed through the API.</p>'

function priceFields (formState: FormState, price: Priced, page: PageContext): Fragment {
  const { currency } = price
  return html`<fieldset><legend>Price</legend>
<div class="pair">
!${choiceField(formState, { name: 'price.type', label: 'Type of price', isRequired: true, value: price.type, options: KINDS })}
!${choiceField(formState, {
    name: 'price.currency',
    label: 'Currency',
    isRequired: true,
    value: currency,
    options: withChosen(currencyOptions(page),
    currency)
  })}
</div>
<div class="pair">
!${amountField(formState, page, 'price.price', 'Price', price.price, currency, true)}
!${textField(formState, {
    name: 'price.discount_bps',
    label: 'Discount in percent',
    value: price.discount_bps ? percent(price.discount_bps) : '',
    inputmode: 'decimal',
    hint: '0 to 100, such as 12.5.'
  })}
</div>
!${checkField(formState, { name: 'price.tax_inclusive', label: 'Price includes tax', value: price.tax_inclusive === true })}
!${checkField(formState, {
    name: 'price.purchasing_power_parity', label: 'Purchasing power parity', value: price.purchasing_power_parity === true
  })}
!${oneTimeFields(formState, price, page)}
!${recurringFields(formState, price, page)}
</fieldset>`
}

function oneTimeFields (formState: FormState, price: Priced, page: PageContext): Fragment {
  const [chosen, suggested] = 'pay_what_you_want' in price ? [price.pay_what_you_want, price.suggested_price] : [false, null]
  return html`<div class="kind one-time">
!${checkField(formState, {
    name: 'price.pay_what_you_want',
    label: 'Customers pay what they want',
    hint: 'The price above is then the minimum.',
    value: chosen === true
  })}
!${amountField(formState, page, 'price.suggested_price', 'Suggested price', suggested, price.currency)}
</div>`
}

function recurringFields (formState: FormState, price: Priced, page: PageContext): Fragment {
  const given = price.type === 'recurring_price' ? price : null
  return html`<div class="kind recurring">
<div class="pair">
!${textField(formState, {
    name: 'price.payment_frequency_count',
    label: 'Billing period',
    value: given?.payment_frequency_count ?? 1,
    inputmode: 'numeric',
    isRequired: true
  })}
!${intervalField(formState, 'price.payment_frequency_interval', 'Unit', given?.payment_frequency_interval ?? 'Month')}
</div><div class="pair">
!${textField(formState, {
    name: 'price.subscription_period_count',
    label: 'Subscription ends after',
    value: given?.subscription_period_count ?? 10,
    inputmode: 'numeric',
    isRequired: true
  })}
!${intervalField(formState, 'price.subscription_period_interval', 'Unit', given?.subscription_period_interval ?? 'Year')}
</div><div class="pair">
!${textField(formState, {
    name: 'price.trial_period_days', label: 'Trial period in days', value: given?.trial_period_days || '', inputmode: 'numeric'
  })}
!${amountField(formState, page, 'price.trial_amount', 'Trial price', given?.trial_amount, price.currency)}
</div>
!${checkField(formState, {
    name: 'price.trial_apply_discounts',
    label: 'Discount codes apply to the trial price',
    value: given?.trial_apply_discounts === true
  })}
</div>`
}

function intervalField (formState: FormState, name: string, label: string, value: string): Fragment {
  const options = INTERVALS.map(interval => [interval, interval] as const)
  return choiceField(formState, { name, label, value, isRequired: true, options })
}

function amountField (
  formState: FormState, { context: { sandbox } }: PageContext, name: string, label: string,
  value: number | null | undefined, currency: string,
  isRequired = false
): Fragment {
  return textField(formState, {
    name,
    label,
    isRequired,
    value: typedAmount(value, currency, sandbox),
    inputmode: 'decimal',
    placeholder: typedAmount(1999, currency, sandbox)
  })
}

/** The body of `POST /products` and of `PATCH /products/{id}`. */
export function productBody (sent: Form, { context: { sandbox } }: PageContext) {
  const reading = readingOf(sent, sandbox)
  const body = {
    name: sent.text('name'),
    description: sent.text('description'),
    tax_category: sent.text('tax_category'),
    metadata: reading.metadata('metadata'),
    ...(sent.has('brand_id') ? { brand_id: sent.text('brand_id') } : {}),
    ...(sent.has('price.type') ? { price: priceBody(sent, reading) } : {})
  }
  reading.check()
  return body
}

function priceBody (sent: Form, reading: Reading) {
  const type = sent.text('price.type')
  const currency = sent.text('price.currency')
  const common = {
    type,
    currency,
    price: reading.amount('price.price', currency),
    discount_bps: reading.basisPoints('price.discount_bps') ?? 0,
    purchasing_power_parity: sent.has('price.purchasing_power_parity'),
    tax_inclusive: sent.has('price.tax_inclusive')
  }
  if (type !== 'recurring_price') {
    const suggested = reading.amount('price.suggested_price', currency)
    return { ...common, pay_what_you_want: sent.has('price.pay_what_you_want'), suggested_price: suggested ?? null }
  }
  return {
    ...common,
    payment_frequency_count: sent.number('price.payment_frequency_count'),
    payment_frequency_interval: sent.text('price.payment_frequency_interval'),
    subscription_period_count: sent.number('price.subscription_period_count'),
    subscription_period_interval: sent.text('price.subscription_period_interval'),
    trial_period_days: sent.number('price.trial_period_days') ?? 0,
    trial_amount: reading.amount('price.trial_amount', currency) ?? null,
    trial_apply_discounts: sent.has('price.trial_apply_discounts')
  }
}
