/**
 * The options of a checkout session and a payment beside the cart: payment methods, appearance, subscription, feature flags and
 * custom fields. Fields are named by their paths in the API, and empty ones are left out of the request.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import type { JsonObject } from '../../../pages/dashboard/client-code.js'
import { CHOICES, checkField, choiceField, textField } from '../../../pages/dashboard/fields.js'
import { fieldId, type Form, type FormState } from '../../../pages/dashboard/form.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { words } from '../../../pages/dashboard/parts.js'
import type { Fragment } from '../../../pages/layout.js'

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
const SWITCH = [['', 'Default'], ['true', 'On'], ['false', 'Off']] as const

export async function optionFields (formState: FormState, isSession: boolean, page: PageContext): Promise<Fragment> {
  const methods = methodFields(formState, page)
  return isSession ? html`!${methods}!${await sessionFields(formState, page)}` : methods
}

/** A group of rarely used fields. It is open if one of them has a value or an error. */
function group (formState: FormState, id: string, title: string, names: readonly string[], content: Fragment): Fragment {
  const isUsed = names.some(name => (formState.typed?.given(name) ?? '') !== '')
  const isRefused = formState.refused?.error.details?.some(({ path }) => names.some(name => path.startsWith(name))) === true
  return html`<fieldset><legend>${title}</legend>
<details class="fold" id="${id}"!${isUsed || isRefused ? ' open' : ''}><summary>Show options</summary>
<div class="stack">!${content}</div></details></fieldset>`
}

function methodFields (formState: FormState, { context: { sandbox } }: PageContext): Fragment {
  const name = 'allowed_payment_method_types'
  const boxes = Object.entries(sandbox.reference.paymentMethods).map(([type, { label }]) => {
    const id = `${fieldId(formState.action, name)}-${type}`
    const isChecked = formState.typed?.all(name).includes(type) === true
    return html`<div class="field check"><input type="checkbox" id="${id}" name="${name}" value="${type}"
!${isChecked ? ' checked' : ''}><label for="${id}">${label}</label></div>`
  })
  return group(formState, 'method-options', 'Payment methods', [name], html`
<p class="hint">Choose those that customers can use. Without a choice, all are offered.</p><div class="checks">!${boxes}</div>`)
}

async function sessionFields (formState: FormState, page: PageContext): Promise<Fragment> {
  const { items } = await page.operate('GET /product-collections', { query: { page_size: CHOICES } })
  const collections = items.map(({ id, name }): readonly [string, string] => [id, name])
  const look = group(formState, 'appearance-options', 'Appearance', ['customization'], html`<div class="pair">
!${choiceField(formState, {
    name: 'customization.theme',
    label: 'Theme',
    options: [['', 'Default'], ['light', 'Light'], ['dark', 'Dark'], ['system', 'System']]
  })}
!${textField(formState, { name: 'customization.force_language', label: 'Language', placeholder: 'de' })}
!${choiceField(formState, { name: 'customization.show_order_details', label: 'Order details', options: SWITCH })}</div>`)
  const more = group(formState, 'subscription-options', 'Subscription and collection',
    ['subscription_data.trial_period_days', 'product_collection_id'], html`<div class="pair">
!${textField(formState, { name: 'subscription_data.trial_period_days', label: 'Trial in days', inputmode: 'numeric' })}
!${choiceField(formState, { name: 'product_collection_id', label: 'Collection', options: [['', '–'], ...collections] })}</div>
!${checkField(formState, { name: 'short_link', label: 'Short link' })}
!${checkField(formState, { name: 'minimal_address', label: 'Ask for the country and postal code only' })}
!${checkField(formState, { name: 'show_saved_payment_methods', label: 'Offer saved payment methods' })}`)
  const flags = group(formState, 'flag-options', 'Feature flags', FLAGS.map(flag => `feature_flags.${flag}`), html`
<div class="pair">!${FLAGS.map(flag =>
    choiceField(formState, { name: `feature_flags.${flag}`, label: words(flag), options: SWITCH }))}</div>`)
  return html`!${look}!${more}!${flags}!${customFields(formState)}`
}

function customFields (formState: FormState): Fragment {
  return group(formState, 'field-options', 'Custom fields', PLACES.map(place => `${place}.label`), html`
!${PLACES.map((place, index) => html`<div class="pair">
!${textField(formState, { name: `${place}.label`, label: `Label ${index + 1}`, placeholder: 'Company size' })}
!${textField(formState, { name: `${place}.key`, label: `Key ${index + 1}`, placeholder: 'company_size' })}
!${choiceField(formState, {
  name: `${place}.field_type`, label: `Type ${index + 1}`, options: FIELD_TYPES.map(type => [type, words(type)] as const)
})}
!${textField(formState, { name: `${place}.options`, label: `Choices ${index + 1}`, placeholder: 'Small, Large' })}
!${choiceField(formState, { name: `${place}.required`, label: `Required ${index + 1}`, options: [['', 'No'], ['true', 'Yes']] })}
</div>`)}`)
}

/** The part of the request for these fields. */
export function optionBody (sent: Form): JsonObject {
  const methods = sent.all('allowed_payment_method_types')
  const flags = given(FLAGS.map(flag => [flag, switched(sent, `feature_flags.${flag}`)]))
  const customization = given([
    ['theme', sent.given('customization.theme')],
    ['force_language', sent.given('customization.force_language')],
    ['show_order_details', switched(sent, 'customization.show_order_details')]
  ])
  const trial = sent.number('subscription_data.trial_period_days')
  const fields = PLACES.filter(place => sent.given(`${place}.label`) ?? sent.given(`${place}.key`))
    .map(place => customField(sent, place))
  const yes = (name: string) => sent.has(name) ? true : undefined
  return {
    allowed_payment_method_types: methods.length === 0 ? undefined : methods,
    customization,
    feature_flags: flags,
    subscription_data: trial === undefined ? undefined : { trial_period_days: trial },
    product_collection_id: sent.given('product_collection_id'),
    short_link: yes('short_link'),
    minimal_address: yes('minimal_address'),
    show_saved_payment_methods: yes('show_saved_payment_methods'),
    custom_fields: fields.length === 0 ? undefined : fields
  }
}

function customField (sent: Form, place: string): JsonObject {
  const label = sent.text(`${place}.label`)
  const options = sent.text(`${place}.options`).split(',').map(option => option.trim()).filter(option => option !== '')
  return {
    key: sent.given(`${place}.key`) ?? label.toLowerCase().replace(/\W+/g, '_'),
    label,
    field_type: sent.text(`${place}.field_type`),
    options: options.length === 0 ? undefined : options,
    required: switched(sent, `${place}.required`)
  }
}

function switched (sent: Form, name: string): boolean | undefined {
  const value = sent.given(name)
  return value === undefined ? undefined : value === 'true'
}

/** An object of the values that are given; undefined without any. */
function given (entries: ReadonlyArray<readonly [string, string | boolean | undefined]>): JsonObject | undefined {
  const known = entries.filter(([, value]) => value !== undefined)
  return known.length === 0 ? undefined : Object.fromEntries(known)
}
