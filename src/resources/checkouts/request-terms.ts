/** Reads the terms of a checkout session from a request, and checks the request. */
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
import { DETAIL_NAMES, flagsOf, textOf, type DetailName, type Flags, type Known, type Terms } from './terms.js'

export type SessionRequest = Schemas['CreateCheckoutSessionRequest']

/** The rules of a session that depend only on the request. payments/sale.ts checks the cart. */
export function checkSession (body: SessionRequest): void {
  const { feature_flags: flags, customization = {}, billing_address: address } = body
  const customer = body.customer == null ? null : givenCustomer(body.customer)
  if (customer?.newCustomer != null) checkNewCustomer(customer.newCustomer)
  if (flags?.require_phone_number === true && flags.allow_phone_number_collection === false) {
    throw invalid('feature_flags.require_phone_number',
      'require_phone_number needs allow_phone_number_collection: the page must have a phone number field')
  }
  if (flags?.require_tax_id === true && flags.allow_tax_id === false) {
    throw invalid('feature_flags.require_tax_id', 'require_tax_id needs allow_tax_id: the page must have a tax id field')
  }
  if (flags?.require_tax_id === true && body.confirm === true && textOf(body.tax_id) === null) {
    throw invalid('tax_id', 'tax_id is required, because feature_flags.require_tax_id is true: give it, or omit confirm')
  }
  if (body.payment_method_id != null && body.confirm !== true) {
    throw invalid('payment_method_id', 'payment_method_id needs confirm: true')
  }
  if (body.payment_method_id != null && customer?.customer_id == null) {
    throw invalid('payment_method_id', 'payment_method_id needs an existing customer: give customer.customer_id')
  }
  if (body.tax_id?.trim() && address == null) {
    throw invalid('tax_id', 'tax_id needs billing_address.country, which determines its format')
  }
  checkMetadata(body.metadata ?? {})
  checkCustomFields(body.custom_fields ?? [])
  if (body.return_url != null) checkReturnUrl(body.return_url)
  if (body.cancel_url != null) checkReturnUrl(body.cancel_url, 'cancel_url')
  if (customization.theme_config != null) checkTheme(customization.theme_config, 'customization.theme_config')
  if (customization.force_language != null) checkLanguage(customization.force_language, 'customization.force_language')
}

/** Returns the terms of a request that passed `checkSession`. `customer` is the existing customer that it refers to by id. */
export function termsOf (body: SessionRequest, customer: Customer | null): Terms {
  const flags = flagsOf(body.feature_flags)
  const known = knownOf(body, customer)
  return {
    cart: body.product_cart.map(({ product_id: id, quantity, amount, addons, credit_entitlements: credits }) => ({
      product_id: id,
      quantity,
      amount: amount ?? null,
      ...(addons == null || addons.length === 0 ? {} : { addons }),
      ...(credits == null || credits.length === 0 ? {} : { credit_entitlements: credits })
    })),
    ...(body.product_collection_id == null ? {} : { collection_id: body.product_collection_id }),
    ...(body.subscription_data == null ? {} : { subscription: body.subscription_data }),
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

/** Whether the customer may edit a detail. Phone numbers have no flag: a known one cannot be edited. */
function mayEdit (name: DetailName, flags: Flags): boolean {
  return name !== 'phone' && flags[`allow_customer_editing_${name}`]
}

function optionsOf (body: SessionRequest, flags: Flags): CheckoutOptions {
  const options: CheckoutOptions = {}
  if (body.return_url != null) options.return_url = body.return_url
  if (flags.redirect_immediately) options.redirect_immediately = true
  if (flags.require_cardholder_name) options.require_cardholder_name = true
  if (body.show_saved_payment_methods === true) options.show_saved_payment_methods = true
  if (body.force_3ds != null) options.force_3ds = body.force_3ds
  if (body.allowed_payment_method_types != null) options.allowed_payment_method_types = body.allowed_payment_method_types
  return options
}
