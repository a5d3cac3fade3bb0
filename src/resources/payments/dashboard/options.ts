/**
 * The options of payments, checkout sessions and subscriptions beside the cart: payment methods, appearance, trials, on-demand
 * subscriptions, feature flags and custom fields. Fields are named by their paths in the API, and empty ones are left out of the
 * request.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import type { JsonObject } from '../../../pages/dashboard/code/call.js'
import { CHOICES, checkField, choiceField, currencyOptions, textField } from '../../../pages/dashboard/fields.js'
import { fieldId, type Form, type FormState } from '../../../pages/dashboard/form.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { labelOf } from '../../../pages/dashboard/parts.js'
import type { Fragment } from '../../../pages/layout.js'
import { appearanceBody, appearanceFields } from './appearance.js'
import type { CartKind } from './cart.js'
import { given, group, switched, SWITCH } from './option-parts.js'

type Flag = keyof NonNullable<Schemas['CreateCheckoutSessionRequest']['feature_flags']>

const FLAGS: readonly Flag[] = [
  'allow_currency_selection', 'allow_customer_editing_email', 'allow_customer_editing_name', 'allow_customer_editing_street',
  'allow_customer_editing_city', 'allow_customer_editing_state', 'allow_customer_editing_country',
  'allow_customer_editing_zipcode', 'allow_customer_editing_business_name', 'allow_customer_editing_tax_id',
  'allow_discount_code', 'allow_editing_addons', 'allow_phone_number_collection', 'allow_tax_id', 'always_create_new_customer',
  'redirect_immediately', 'require_cardholder_name', 'require_phone_number', 'require_tax_id', 'single_page'
]

const FIELD_TYPES: ReadonlyArray<Schemas['CustomField']['field_type']> =
  ['text', 'number', 'email', 'url', 'date', 'dropdown', 'boolean']

const CUSTOM_FIELDS = 5
const PLACES = Array.from({ length: CUSTOM_FIELDS }, (_, index) => `custom_fields[${index}]`)

export async function optionFields (formState: FormState, kind: CartKind, page: PageContext): Promise<Fragment> {
  const methods = methodFields(formState, kind, page)
  if (kind === 'checkout') return html`!${methods}!${await sessionFields(formState, page)}`
  return html`!${methods}!${kind === 'subscription' ? subscriptionFields(formState, kind, page) : ''}`
}

function methodFields (formState: FormState, kind: CartKind, { context: { sandbox } }: PageContext): Fragment {
  const name = 'allowed_payment_method_types'
  const boxes = Object.entries(sandbox.reference.paymentMethods).map(([type, { label }]) => {
    const id = `${fieldId(formState.action, name)}-${type}`
    const isChecked = formState.typed?.all(name).includes(type) === true
    return html`<div class="field check"><input type="checkbox" id="${id}" name="${name}" value="${type}"
!${isChecked ? ' checked' : ''}><label for="${id}">${label}</label></div>`
  })
  const isCreatedHere = kind !== 'checkout'
  return group(formState, 'method-options', 'Payment methods', [name, 'payment_method_id', ...YES[kind]], html`
<p class="hint">Choose the methods that customers can use. By default, all are offered.</p><div class="checks">!${boxes}</div>
!${textField(formState, {
    name: 'payment_method_id',
    label: 'Saved payment method',
    placeholder: 'pm_…',
    hint: isCreatedHere ? 'It is charged immediately.' : 'It is charged immediately, and needs “Confirm immediately”.'
  })}
!${YES[kind].map(option => checkField(formState, { name: option, label: YES_LABELS[option] }))}
!${kind === 'payment'
    ? choiceField(formState, { name: 'adaptive_currency_fees_inclusive', label: 'Conversion fee included', options: SWITCH })
    : ''}`)
}

type Yes = 'short_link' | 'minimal_address' | 'show_saved_payment_methods' | 'require_phone_number'

/** Options that are sent if they are on. */
const YES: Record<CartKind, readonly Yes[]> = {
  payment: ['short_link', 'show_saved_payment_methods', 'require_phone_number'],
  checkout: ['short_link', 'minimal_address', 'show_saved_payment_methods'],
  subscription: ['short_link', 'show_saved_payment_methods', 'require_phone_number']
}

const YES_LABELS: Record<Yes, string> = {
  short_link: 'Short link',
  minimal_address: 'Ask for the country and postal code only',
  show_saved_payment_methods: 'Offer saved payment methods',
  require_phone_number: 'Require a phone number'
}

const ON_DEMAND = ['product_price', 'product_currency', 'product_description', 'adaptive_currency_fees_inclusive'] as const

/** The path of the trial and of the on-demand terms in the API. */
const placeOf = (kind: CartKind) => kind === 'checkout' ? 'subscription_data.' : ''

function subscriptionFields (formState: FormState, kind: CartKind, page: PageContext, more: Fragment = ''): Fragment {
  const place = placeOf(kind)
  const demand = `${place}on_demand`
  const names = ['trial_period_days', 'on_demand'].map(name => place + name)
  const title = kind === 'checkout' ? 'Subscription and collection' : 'Trial and on-demand charges'
  return group(formState, 'subscription-options', title, [
    ...names, ...['mandate_only', ...ON_DEMAND].map(name => `${demand}.${name}`),
    'mandate_min_amount_inr_paise', 'product_collection_id'
  ], html`<div class="pair">
!${textField(formState, { name: `${place}trial_period_days`, label: 'Trial in days', inputmode: 'numeric' })}
!${choiceField(formState, {
    name: `${demand}.mandate_only`,
    label: 'On demand',
    options: [['', 'No'], ['false', 'With a first charge'], ['true', 'Authorise the payment method only']]
  })}
!${more}</div><div class="pair">
!${textField(formState, { name: `${demand}.product_price`, label: 'First charge in minor units', inputmode: 'numeric' })}
!${choiceField(formState, {
    name: `${demand}.product_currency`,
    label: 'Currency of the first charge',
    options: [['', 'Of the product'], ...currencyOptions(page)]
  })}</div><div class="pair">
!${textField(formState, { name: `${demand}.product_description`, label: 'Description of the first charge' })}
!${choiceField(formState, {
    name: `${demand}.adaptive_currency_fees_inclusive`, label: 'Conversion fee included', options: SWITCH
  })}</div>
!${textField(formState, {
    name: 'mandate_min_amount_inr_paise', label: 'Minimum mandate in paise', inputmode: 'numeric', hint: 'For Indian cards.'
  })}`)
}

async function sessionFields (formState: FormState, page: PageContext): Promise<Fragment> {
  const { items } = await page.operate('GET /product-collections', { query: { page_size: CHOICES } })
  const collections = items.map(({ id, name }): readonly [string, string] => [id, name])
  const more = subscriptionFields(formState, 'checkout', page, choiceField(formState, {
    name: 'product_collection_id', label: 'Collection', options: [['', '–'], ...collections]
  }))
  const flags = group(formState, 'flag-options', 'Feature flags', FLAGS.map(flag => `feature_flags.${flag}`), html`
<div class="pair">!${FLAGS.map(flag =>
    choiceField(formState, { name: `feature_flags.${flag}`, label: labelOf(flag), options: SWITCH }))}</div>`)
  return html`!${appearanceFields(formState)}!${more}!${flags}!${customFields(formState)}`
}

function customFields (formState: FormState): Fragment {
  return group(formState, 'field-options', 'Custom fields', PLACES.map(place => `${place}.label`), html`
!${PLACES.map((place, index) => html`<div class="pair">
!${textField(formState, { name: `${place}.label`, label: `Label ${index + 1}`, placeholder: 'Company size' })}
!${textField(formState, { name: `${place}.key`, label: `Key ${index + 1}`, placeholder: 'company_size' })}
!${choiceField(formState, {
  name: `${place}.field_type`, label: `Type ${index + 1}`, options: FIELD_TYPES.map(type => [type, labelOf(type)] as const)
})}
!${textField(formState, { name: `${place}.options`, label: `Options ${index + 1}`, placeholder: 'Small, Large' })}
!${textField(formState, { name: `${place}.placeholder`, label: `Placeholder ${index + 1}` })}
!${choiceField(formState, { name: `${place}.required`, label: `Required ${index + 1}`, options: [['', 'No'], ['true', 'Yes']] })}
</div>`)}`)
}

/** The part of the request for these fields. */
export function optionBody (sent: Form, kind: CartKind): JsonObject {
  const methods = sent.all('allowed_payment_method_types')
  const fields = PLACES.filter(place => sent.given(`${place}.label`) ?? sent.given(`${place}.key`))
    .map(place => customField(sent, place))
  const place = placeOf(kind)
  const terms = given([
    ['trial_period_days', sent.number(`${place}trial_period_days`)],
    ['on_demand', onDemand(sent, `${place}on_demand`)]
  ])
  return {
    allowed_payment_method_types: methods.length === 0 ? undefined : methods,
    payment_method_id: sent.given('payment_method_id'),
    ...given(YES[kind].map(name => [name, sent.has(name) ? true : undefined])),
    adaptive_currency_fees_inclusive: switched(sent, 'adaptive_currency_fees_inclusive'),
    customization: appearanceBody(sent),
    feature_flags: given(FLAGS.map(flag => [flag, switched(sent, `feature_flags.${flag}`)])),
    ...(kind === 'checkout' ? { subscription_data: terms } : terms),
    mandate_min_amount_inr_paise: sent.number('mandate_min_amount_inr_paise'),
    product_collection_id: sent.given('product_collection_id'),
    custom_fields: fields.length === 0 ? undefined : fields
  }
}

function onDemand (sent: Form, place: string): JsonObject | undefined {
  return given([
    ['mandate_only', switched(sent, `${place}.mandate_only`)],
    ['product_price', sent.number(`${place}.product_price`)],
    ['product_currency', sent.given(`${place}.product_currency`)],
    ['product_description', sent.given(`${place}.product_description`)],
    ['adaptive_currency_fees_inclusive', switched(sent, `${place}.adaptive_currency_fees_inclusive`)]
  ])
}

function customField (sent: Form, place: string): JsonObject {
  const label = sent.text(`${place}.label`)
  const options = sent.text(`${place}.options`).split(',').map(option => option.trim()).filter(option => option !== '')
  return {
    key: sent.given(`${place}.key`) ?? label.toLowerCase().replace(/\W+/g, '_'),
    label,
    field_type: sent.text(`${place}.field_type`),
    options: options.length === 0 ? undefined : options,
    placeholder: sent.given(`${place}.placeholder`),
    required: switched(sent, `${place}.required`)
  }
}
