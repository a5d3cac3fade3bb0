/**
 * The form for payments, checkout sessions and subscriptions: cart, customer, billing address, terms, and the resulting request.
 * Each field is named by its path in the API, so that errors appear at their fields.
 */
import { html } from 'ghtml'
import type { Fragment } from '../../../pages/layout.js'
import { isList, type Json, type JsonObject } from '../../../pages/dashboard/code/call.js'
import {
  areaField, checkField, choiceField, textField, typed, CHOICES, currencyOptions, groupProblem, metadataField, withChosen
} from '../../../pages/dashboard/fields.js'
import type { Form, FormState } from '../../../pages/dashboard/form.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { readingOf } from '../../../pages/dashboard/reading.js'
import { EXTRAS, extraFields, extrasOf, extraTemplates } from './line-extras.js'
import { LIST, lineFields, linesOf, productOptions } from './cart-lines.js'
import { optionBody, optionFields } from './options.js'

/** The object that the form creates. The kinds differ in the name of the address and in the optional fields. */
export type CartKind = 'payment' | 'checkout' | 'subscription'

/** The name of the address in the API. */
export const ADDRESS = { payment: 'billing', checkout: 'billing_address', subscription: 'billing' } as const

/** Initial values by field name. */
export type Start = Readonly<Record<string, string>>

export async function cartFields (formState: FormState, kind: CartKind, start: Start, page: PageContext): Promise<Fragment> {
  const value = (name: string) => start[name] ?? ''
  return html`
!${kind === 'subscription' ? await planFields(formState, value, page) : ''}
<fieldset><legend>${kind === 'subscription' ? 'One-time products' : 'Cart'}</legend>!${groupProblem(formState, LIST[kind])}
!${await lineFields(formState, kind, start, page)}
<div><button class="button second" name="step" value="line">Add line</button></div></fieldset>
!${await customerFields(formState, kind, value, page)}
!${addressFields(formState, kind, value, page)}
<fieldset><legend>Options</legend><div class="pair">
!${textField(formState, {
    name: 'discount_codes', label: 'Discount codes', value: value('discount_codes'), hint: 'In order, separated by commas.'
  })}
!${choiceField(formState, {
    name: 'billing_currency',
    label: 'Billing currency',
    value: value('billing_currency'),
    options: withChosen([['', 'The currency of the first product'], ...currencyOptions(page)], value('billing_currency'))
  })}
</div>
!${textField(formState, {
    name: 'return_url', label: 'Return URL', type: 'url', value: value('return_url'), placeholder: 'https://shop.example'
  })}
!${kind === 'checkout'
    ? textField(formState, { name: 'cancel_url', label: 'Cancel URL', type: 'url', value: value('cancel_url') })
    : checkField(formState, { name: 'payment_link', label: 'Create a payment link', value: value('payment_link') !== '' })}
!${kind === 'checkout'
    ? checkField(formState, {
      name: 'confirm', label: 'Confirm immediately', hint: 'Creates the payment at once.', value: value('confirm') !== ''
    })
    : checkField(formState, {
      name: 'redirect_immediately',
      label: 'Skip status page',
      value: value('redirect_immediately') !== ''
    })}
!${checkField(formState, { name: 'force_3ds', label: 'Force 3-D Secure', value: value('force_3ds') !== '' })}
</fieldset>
!${await optionFields(formState, kind, page)}
!${metadataField(formState, JSON.parse(value('metadata') || '{}'))}
!${areaField(formState, {
    name: 'more',
    label: 'Other fields',
    rows: 3,
    isCode: true,
    hint: 'A JSON object that is merged into the request, for fields that the API does not have.',
    placeholder: '{ "a_new_field": true }'
  })}`
}

async function planFields (formState: FormState, value: (name: string) => string, page: PageContext): Promise<Fragment> {
  const chosen = typed(formState, 'product_id', value('product_id'))
  const products = await productOptions('true', page)
  return html`<fieldset data-line=""><legend>Plan</legend><div class="pair">
!${choiceField(formState, {
    name: 'product_id',
    label: 'Product',
    value: chosen,
    isRequired: true,
    options: withChosen([['', '–'], ...products], chosen)
  })}
!${textField(formState, {
    name: 'quantity', label: 'Quantity', value: value('quantity') || '1', inputmode: 'numeric', isRequired: true
  })}</div>
!${extraFields(formState, '', chosen, EXTRAS.plan, page)}
!${extraTemplates(formState, products.map(([id]) => id), EXTRAS.plan, page)}</fieldset>`
}

async function customerFields (
  formState: FormState, kind: CartKind, value: (name: string) => string, page: PageContext
): Promise<Fragment> {
  const { items } = await page.operate('GET /customers', { query: { page_size: CHOICES } })
  const unnamed = kind === 'checkout' ? 'New or unknown customer' : 'New customer'
  const chosen = value('customer.customer_id')
  const options = [
    ['', unnamed] as const,
    ...items.map(({ customer_id: id, name, email }): readonly [string, string] => [id, `${name} · ${email}`])
  ]
  return html`<fieldset><legend>Customer</legend>
!${choiceField(formState, {
    name: 'customer.customer_id', label: 'Existing customer', value: chosen, options: withChosen(options, chosen)
  })}
<div class="pair">
!${textField(formState, { name: 'customer.email', label: 'E-mail', type: 'email', value: value('customer.email') })}
!${textField(formState, { name: 'customer.name', label: 'Name', value: value('customer.name') })}
!${textField(formState, { name: 'customer.phone_number', label: 'Phone', value: value('customer.phone_number') })}
</div></fieldset>`
}

function addressFields (
  formState: FormState, kind: CartKind, value: (name: string) => string, { context: { sandbox } }: PageContext
): Fragment {
  const address = ADDRESS[kind]
  const countries = Object.entries(sandbox.reference.countries).map(([id, { name }]): readonly [string, string] => [id, name])
    .sort(([, one], [, other]) => one.localeCompare(other))
  const country = value(`${address}.country`)
  const unknown = kind === 'checkout' ? [['', 'Entered by the customer'] as const] : []
  const field = (name: string, label: string) => textField(formState, {
    name: `${address}.${name}`,
    label,
    value: value(`${address}.${name}`)
  })
  return html`<fieldset><legend>Billing</legend>
!${choiceField(formState, {
    name: `${address}.country`,
    label: 'Country',
    value: country,
    isRequired: kind !== 'checkout',
    options: withChosen([...unknown, ...countries], country)
  })}
<details class="fold"!${isDetailed(formState, address, value) ? ' open' : ''}>
<summary>Address and tax id</summary><div class="kind">
<div class="pair">!${field('street', 'Street')}!${field('city', 'City')}</div>
<div class="pair">!${field('state', 'State')}!${field('zipcode', 'Postal code')}</div>
<div class="pair">!${textField(formState, { name: 'tax_id', label: 'Tax id', value: value('tax_id') })}
!${textField(formState, {
    name: 'customer_business_name', label: 'Business name', value: value('customer_business_name')
  })}</div>
</div></details></fieldset>`
}

function isDetailed (formState: FormState, address: string, value: (name: string) => string): boolean {
  return ['street', 'city', 'state', 'zipcode'].map(name => `${address}.${name}`).concat('tax_id', 'customer_business_name')
    .some(name => typed(formState, name, value(name)) !== '')
}

/** Builds the request. Throws INVALID_REQUEST_PARAMETERS for invalid amounts and metadata. */
export function cartBody (sent: Form, kind: CartKind, { context }: PageContext): JsonObject {
  const reading = readingOf(sent, context.sandbox)
  const cart = linesOf(sent, kind, reading, context)
  const metadata = reading.metadata('metadata')
  const more = reading.json('more')
  const codes = sent.text('discount_codes').split(/[\s,;]+/).filter(code => code !== '')
  reading.check()
  const yes = (name: string) => sent.has(name) ? true : undefined
  const productId = sent.text('product_id')
  const plan = {
    product_id: productId, quantity: sent.number('quantity'), ...extrasOf(sent, '', productId, EXTRAS.plan, context)
  }
  return merged({
    ...(kind === 'subscription' ? plan : {}),
    [LIST[kind]]: kind === 'subscription' && cart.length === 0 ? undefined : cart,
    customer: customerOf(sent, kind),
    ...addressOf(sent, kind),
    discount_codes: codes.length === 0 ? undefined : codes,
    billing_currency: sent.given('billing_currency'),
    tax_id: sent.given('tax_id'),
    customer_business_name: sent.given('customer_business_name'),
    payment_link: yes('payment_link'),
    return_url: sent.given('return_url'),
    cancel_url: sent.given('cancel_url'),
    confirm: yes('confirm'),
    redirect_immediately: yes('redirect_immediately'),
    force_3ds: yes('force_3ds'),
    ...optionBody(sent, kind),
    metadata: Object.keys(metadata).length === 0 ? undefined : metadata
  }, more)
}

/** Adds members at any depth. Lists are merged item by item. */
function merged (body: JsonObject, more: JsonObject): JsonObject {
  return { ...body, ...Object.fromEntries(Object.entries(more).map(([name, value]) => [name, mergedValue(body[name], value)])) }
}

function mergedValue (before: Json | undefined, added: Json | undefined): Json | undefined {
  if (before == null || added == null || typeof before !== 'object' || typeof added !== 'object') return added
  if (!isList(before) && !isList(added)) return merged(before, added)
  if (!isList(before) || !isList(added)) return added
  return Array.from({ length: Math.max(before.length, added.length) }, (_, index) =>
    mergedValue(before[index], added[index] ?? before[index]) ?? null)
}

function customerOf (sent: Form, kind: CartKind): JsonObject | undefined {
  const id = sent.given('customer.customer_id')
  if (id !== undefined) return { customer_id: id }
  const email = sent.text('customer.email')
  const others = { name: sent.given('customer.name'), phone_number: sent.given('customer.phone_number') }
  if (kind === 'checkout' && email === '' && Object.values(others).every(value => value === undefined)) return undefined
  return { email, ...others }
}

function addressOf (sent: Form, kind: CartKind): JsonObject {
  const address = ADDRESS[kind]
  const { country, ...others } = Object.fromEntries(['country', 'street', 'city', 'state', 'zipcode']
    .map(name => [name, sent.given(`${address}.${name}`)]))
  const isEmpty = country === undefined && Object.values(others).every(value => value === undefined)
  return isEmpty && kind === 'checkout' ? {} : { [address]: { country, ...others } }
}

/** The fields of the request that determine the price, as the request of a checkout session that is previewed. */
export function previewBody (body: JsonObject, sent: Form, kind: CartKind): JsonObject {
  const isNamed = (sent.given('customer.customer_id') ?? sent.given('customer.email')) !== undefined
  const { customer, billing, billing_address: address = billing, product_id: id, quantity, addons } = body
  const { one_time_product_cart: others = [], trial_period_days: trial, on_demand: onDemand } = body
  const isPlan = kind === 'subscription'
  return {
    product_cart: isPlan ? [{ product_id: id, quantity, addons }, ...(isList(others) ? others : [])] : body['product_cart'],
    product_collection_id: body['product_collection_id'],
    subscription_data: isPlan ? { trial_period_days: trial, on_demand: onDemand } : body['subscription_data'],
    customer: isNamed ? customer : undefined,
    billing_address: address,
    discount_codes: body['discount_codes'],
    billing_currency: body['billing_currency'],
    tax_id: body['tax_id'],
    customer_business_name: body['customer_business_name']
  }
}
