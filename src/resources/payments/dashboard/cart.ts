/**
 * The cart form for payments and checkout sessions: items, customer, billing address, and the resulting request. Each field is
 * named by its path in the API, so that errors appear at their fields.
 */
import { html } from 'ghtml'
import { isPayWhatYouWant, plainPrice } from '../../products/prices.js'
import { money } from '../../../pages/fragments.js'
import type { Fragment } from '../../../pages/layout.js'
import type { JsonObject } from '../../../pages/dashboard/client-code.js'
import {
  checkField, choiceField, textField, typed, CHOICES, currencyOptions, groupProblem, metadataField, withChosen
} from '../../../pages/dashboard/fields.js'
import { formWith, type Form, type FormState } from '../../../pages/dashboard/form.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { readingOf, type Reading } from '../../../pages/dashboard/reading.js'
import { optionBody, optionFields } from './options.js'

/** The object that the form creates. The kinds differ in the name of the address and in the optional fields. */
export type CartKind = 'payment' | 'checkout'

const ADDRESS = { payment: 'billing', checkout: 'billing_address' } as const

/** Initial values by field name. */
export type Start = Readonly<Record<string, string>>

const LINES_MAX = 100
const LINE_FIELDS = ['product_id', 'quantity', 'amount'] as const

function lineCount (has: (name: string) => boolean): number {
  let lines = 0
  while (lines < LINES_MAX && has(`product_cart[${lines}].product_id`)) lines++
  return lines
}

/** Adds an empty line to the form. */
export function withLine (sent: Form): Form {
  const line = `product_cart[${lineCount(sent.has)}]`
  return changed(sent, entries => [...entries, [`${line}.product_id`, ''], [`${line}.quantity`, '1'], [`${line}.amount`, '']])
}

/** Removes a line from the form. Later lines move up. */
export function withoutLine (sent: Form, removed: number): Form {
  const lines = lineCount(sent.has)
  if (lines < 2 || removed >= lines) return sent
  const kept = Array.from({ length: lines }, (_, line) => line).filter(line => line !== removed)
  return changed(sent, entries => [
    ...entries.filter(([name]) => !name.startsWith('product_cart[')),
    ...kept.flatMap((line, place) => LINE_FIELDS.map((field): [string, string] =>
      [`product_cart[${place}].${field}`, sent.text(`product_cart[${line}].${field}`)]))
  ])
}

function changed (sent: Form, change: (entries: Array<[string, string]>) => Array<[string, string]>): Form {
  return formWith(new URLSearchParams(change(sent.entries())))
}

export async function cartFields (formState: FormState, kind: CartKind, start: Start, page: PageContext): Promise<Fragment> {
  const value = (name: string) => start[name] ?? ''
  return html`
<fieldset><legend>Cart</legend>!${groupProblem(formState, 'product_cart')}!${await lineFields(formState, kind, start, page)}
<div><button class="button second" name="step" value="line">Add a line</button></div></fieldset>
!${await customerFields(formState, kind, value, page)}
!${addressFields(formState, kind, value, page)}
<fieldset><legend>Terms</legend><div class="pair">
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
    name: 'return_url', label: 'Return URL', type: 'url', value: value('return_url'), placeholder: 'https://example.com/thanks'
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
!${await optionFields(formState, kind === 'checkout', page)}
!${metadataField(formState, JSON.parse(value('metadata') || '{}'))}`
}

async function lineFields (formState: FormState, kind: CartKind, start: Start, page: PageContext): Promise<Fragment> {
  const { context: { sandbox } } = page
  const { items } = await page.operate('GET /products', {
    query: { ...(kind === 'payment' ? { recurring: 'false' } : {}), page_size: CHOICES }
  })
  const products = items.map(({ product_id: id, name, price_detail: price }): readonly [string, string] =>
    [id, `${name ?? id}${price == null ? '' : ` · ${money(plainPrice(price), price.currency, sandbox)}`}`])
  const has = (name: string) => formState.typed === null ? start[name] !== undefined : formState.typed.has(name)
  const lines = Math.max(lineCount(has), 1)
  return html`!${Array.from({ length: lines }, (_, line) => {
    const path = `product_cart[${line}]`
    const chosen = typed(formState, `${path}.product_id`, start[`${path}.product_id`] ?? '')
    return html`<div class="line">
!${choiceField(formState, {
      name: `${path}.product_id`,
      label: 'Product',
      value: chosen,
      isRequired: true,
      options: withChosen([['', '–'], ...products], chosen)
    })}
!${textField(formState, {
      name: `${path}.quantity`, label: 'Quantity', value: start[`${path}.quantity`] ?? '1', inputmode: 'numeric', isRequired: true
    })}
!${textField(formState, {
      name: `${path}.amount`, label: amountLabel(chosen, page), value: start[`${path}.amount`], inputmode: 'decimal'
    })}
!${lines < 2
      ? ''
      : html`<button class="button bare" name="step" value="remove-${line}" aria-label="Remove line ${line + 1}">Remove</button>`}
</div>`
  })}<p class="hint">An amount counts for products that cost what the customer wants: for one unit,
    in the product's currency.</p>`
}

function amountLabel (productId: string, { context: { sandbox } }: PageContext): string {
  const price = sandbox.products.find(productId)?.price
  return price !== undefined && isPayWhatYouWant(price) ? `Amount in ${price.currency}` : 'Amount'
}

async function customerFields (
  formState: FormState, kind: CartKind, value: (name: string) => string, page: PageContext
): Promise<Fragment> {
  const { items } = await page.operate('GET /customers', { query: { page_size: CHOICES } })
  const unnamed = kind === 'payment' ? 'By e-mail address below' : 'By e-mail address below, or unknown'
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
    isRequired: kind === 'payment',
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
export function cartBody (sent: Form, kind: CartKind, { context: { sandbox } }: PageContext): JsonObject {
  const reading = readingOf(sent, sandbox)
  const currencyOf = (productId: string) => sandbox.products.find(productId)?.price.currency ?? 'USD'
  const cart = linesOf(sent, reading, currencyOf)
  const metadata = reading.metadata('metadata')
  const codes = sent.text('discount_codes').split(/[\s,;]+/).filter(code => code !== '')
  reading.check()
  const yes = (name: string) => sent.has(name) ? true : undefined
  return {
    product_cart: cart,
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
    ...optionBody(sent),
    metadata: Object.keys(metadata).length === 0 ? undefined : metadata
  }
}

/** Ignores empty lines at the end. Empty lines in between stay, so that errors keep their places. */
function linesOf (sent: Form, reading: Reading, currencyOf: (productId: string) => string): JsonObject[] {
  const paths = Array.from({ length: lineCount(sent.has) }, (_, line) => `product_cart[${line}]`)
  return paths.slice(0, paths.findLastIndex(path => sent.given(`${path}.product_id`) !== undefined) + 1).map(path => {
    const productId = sent.text(`${path}.product_id`)
    return {
      product_id: productId,
      quantity: sent.number(`${path}.quantity`),
      amount: reading.amount(`${path}.amount`, currencyOf(productId))
    }
  })
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

/** The fields of the request that determine the price, for the preview of a checkout session. */
export function previewBody ({ customer, billing, billing_address: address, ...body }: JsonObject, sent: Form): JsonObject {
  const isNamed = (sent.given('customer.customer_id') ?? sent.given('customer.email')) !== undefined
  return {
    product_cart: body['product_cart'],
    customer: isNamed ? customer : undefined,
    billing_address: address ?? billing,
    discount_codes: body['discount_codes'],
    billing_currency: body['billing_currency'],
    tax_id: body['tax_id'],
    customer_business_name: body['customer_business_name']
  }
}
