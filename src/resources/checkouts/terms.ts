/**
 * The terms of a checkout session, created by a request or a static link: the cart, the known details of the buyer, and the
 * options of the page. They are stored in the session's row, and the page and the payment depend on nothing else.
 */
import type { Schemas } from '../../contract/operations.js'
import type { CheckoutOptions } from '../payments/store.js'

export const DETAIL_NAMES = [
  'name', 'email', 'phone', 'country', 'street', 'city', 'state', 'zipcode', 'tax_id', 'business_name'
] as const

/** The details on the page. */
export type DetailName = typeof DETAIL_NAMES[number]

/** Null for unknown details. */
export type Known = Record<DetailName, string | null>

export type Flags = Required<Schemas['CheckoutSessionFlags']>

export interface CartTerms {
  product_id: string
  quantity: number
  amount: number | null
  /** The add-ons of a subscription. */
  addons?: Array<Schemas['AttachAddonReq']>
  /** Amounts of credits that replace those of the subscription's product. */
  credit_entitlements?: Array<Schemas['CreditEntitlementOverride']>
}

export interface Terms {
  /** Empty in the stored terms of a session with a collection. `withChoice` adds the chosen product. */
  cart: CartTerms[]
  /** The collection from which the customer chooses a product. Absent in a session with a cart. */
  collection_id?: string
  /** Terms that replace those of the subscription in the cart. Absent without a subscription. */
  subscription?: Schemas['SubscriptionData']
  /** The existing customer given by id. */
  customer_id: string | null
  known: Known
  /** Details that the customer sees but cannot change. */
  locked: DetailName[]
  currency: string | null
  codes: string[]
  flags: Flags
  /** Whether the address needs only country and postal code. */
  minimal_address: boolean
  custom_fields: Array<Schemas['CustomField']>
  customization: Schemas['CheckoutSessionCustomization']
  cancel_url: string | null
  metadata: Schemas['Metadata']
  mandate_min_amount_inr_paise: number | null
  /** Options that are passed on to the payment. */
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
  require_cardholder_name: false,
  require_phone_number: false,
  require_tax_id: false,
  single_page: true
}

export function flagsOf (given: Schemas['CheckoutSessionFlags'] = {}): Flags {
  const names = Object.keys(FLAGS) as Array<keyof Flags>
  return Object.fromEntries(names.map(name => [name, given[name] ?? FLAGS[name]])) as Flags
}

export function textOf (text: string | null | undefined): string | null {
  return text?.trim() || null
}
