/**
 * What a checkout session was asked for, in one form, whether it came as a request or as a static link: the cart, what is known
 * of the buyer and may not be changed, what the page may offer. A session's row holds its terms, and page and payment go by
 * nothing else.
 */
import type { Schemas } from '../../contract/operations.js'
import { invalid } from '../../errors.js'
import { checkCustomFields } from '../../rules/custom-fields.js'
import { checkNewCustomer } from '../../rules/contact.js'
import { checkMetadata } from '../../rules/metadata.js'
import { checkReturnUrl } from '../../rules/return-url.js'
import { checkLanguage, checkTheme } from '../../rules/theme.js'
import { givenCustomer } from '../customers/rules.js'
import type { Customer } from '../customers/store.js'
import type { CheckoutOptions } from '../payments/store.js'

export type SessionRequest = Schemas['CreateCheckoutSessionRequest']

export const DETAIL_NAMES = [
  'name', 'email', 'phone', 'country', 'street', 'city', 'state', 'zipcode', 'tax_id', 'business_name'
] as const

/** What the page asks of a customer. */
export type DetailName = typeof DETAIL_NAMES[number]

/** Null where nothing is known (yet). */
export type Known = Record<DetailName, string | null>

export type Flags = Required<Schemas['CheckoutSessionFlags']>

export interface Terms {
  cart: Array<{ product_id: string, quantity: number, amount: number | null }>
  /** Of an existing customer who was named by id. */
  customer_id: string | null
  known: Known
  /** What the customer sees but can't change. */
  locked: DetailName[]
  currency: string | null
  codes: string[]
  flags: Flags
  /** Whether country and postal code are enough of an address. */
  minimal_address: boolean
  custom_fields: Array<Schemas['CustomField']>
  customization: Schemas['CheckoutSessionCustomization']
  cancel_url: string | null
  metadata: Schemas['Metadata']
  mandate_min_amount_inr_paise: number | null
  /** What goes on to the payment as it is. */
  options: CheckoutOptions
}

const FLAGS: Flags = {
  allow_currency_selection: true,
  allow_discount_code: true,
  allow_phone_number_collection: true,
  allow_tax_id: true,
  allow_customer_editing_business_name: false,
  allow_customer_editing_city: false,
  allow_customer_editing_country: false,
  allow_customer_editing_email: false,
  allow_customer_editing_name: false,
  allow_customer_editing_state: false,
  allow_customer_editing_street: false,
  allow_customer_editing_tax_id: false,
  allow_customer_editing_zipcode: false,
  allow_editing_addons: false,
  always_create_new_customer: false,
  redirect_immediately: false,
  require_phone_number: false,
  single_page: false
}

export function flagsOf (given: Schemas['CheckoutSessionFlags'] = {}): Flags {
  const names = Object.keys(FLAGS) as Array<keyof Flags>
  return Object.fromEntries(names.map(name => [name, given[name] ?? FLAGS[name]])) as Flags
}

/** The rules of a session that need nothing but the request; those of its cart are in payments/sale.ts. */
export function checkSession (body: SessionRequest): void {
  const { feature_flags: flags, customization = {}, billing_address: address } = body
  const customer = body.customer == null ? null : givenCustomer(body.customer)
  if (customer?.newCustomer != null) checkNewCustomer(customer.newCustomer)
  if (flags?.require_phone_number === true && flags.allow_phone_number_collection === false) {
    throw invalid('feature_flags.require_phone_number',
      'require_phone_number needs allow_phone_number_collection: a number that is not asked for can\'t be mandatory')
  }
  if (body.payment_method_id != null && body.confirm !== true) {
    throw invalid('payment_method_id', 'payment_method_id needs confirm: true')
  }
  if (body.payment_method_id != null && customer?.customer_id == null) {
    throw invalid('payment_method_id', 'payment_method_id needs an existing customer: give customer.customer_id')
  }
  if (body.tax_id?.trim() && address == null) {
    throw invalid('tax_id', 'tax_id needs billing_address.country, which decides its form')
  }
  checkMetadata(body.metadata ?? {})
  checkCustomFields(body.custom_fields ?? [])
  if (body.return_url != null) checkReturnUrl(body.return_url)
  if (body.cancel_url != null) checkReturnUrl(body.cancel_url, 'cancel_url')
  if (customization.theme_config != null) checkTheme(customization.theme_config, 'customization.theme_config')
  if (customization.force_language != null) checkLanguage(customization.force_language, 'customization.force_language')
}

/** The terms of a request that passed `checkSession`. `customer` is the existing one that it names by id. */
export function termsOf (body: SessionRequest, customer: Customer | null): Terms {
  const flags = flagsOf(body.feature_flags)
  const known = knownOf(body, customer)
  return {
    cart: body.product_cart.map(({ product_id: id, quantity, amount }) => ({ product_id: id, quantity, amount: amount ?? null })),
    customer_id: customer?.customer_id ?? null,
    known,
    locked: DETAIL_NAMES.filter(name => known[name] !== null && !mayEdit(name, flags)),
    currency: body.billing_currency ?? null,
    codes: body.discount_codes ?? (body.discount_code == null ? [] : [body.discount_code]),
    flags,
    minimal_address: body.minimal_address ?? false,
    custom_fields: body.custom_fields ?? [],
    customization: body.customization ?? {},
    cancel_url: body.cancel_url ?? null,
    metadata: body.metadata ?? {},
    mandate_min_amount_inr_paise: body.mandate_min_amount_inr_paise ?? null,
    options: optionsOf(body, flags)
  }
}

function knownOf (body: SessionRequest, customer: Customer | null): Known {
  const given = body.customer == null ? null : givenCustomer(body.customer).newCustomer
  const address = body.billing_address
  const { email, name, phone_number: phone } = customer ?? given ?? {}
  return {
    name: textOf(name === email ? null : name),
    email: textOf(email),
    phone: textOf(phone),
    country: address?.country ?? null,
    street: textOf(address?.street),
    city: textOf(address?.city),
    state: textOf(address?.state),
    zipcode: textOf(address?.zipcode),
    tax_id: textOf(body.tax_id),
    business_name: textOf(body.customer_business_name)
  }
}

export function textOf (text: string | null | undefined): string | null {
  return text?.trim() || null
}

/** A phone number has no flag of its own: one that is known stays. */
function mayEdit (name: DetailName, flags: Flags): boolean {
  return name !== 'phone' && flags[`allow_customer_editing_${name}`]
}

function optionsOf (body: SessionRequest, flags: Flags): CheckoutOptions {
  const options: CheckoutOptions = {}
  if (body.return_url != null) options.return_url = body.return_url
  if (flags.redirect_immediately) options.redirect_immediately = true
  if (body.show_saved_payment_methods === true) options.show_saved_payment_methods = true
  if (body.force_3ds != null) options.force_3ds = body.force_3ds
  if (body.allowed_payment_method_types != null) options.allowed_payment_method_types = body.allowed_payment_method_types
  return options
}
