/**
 * What a checkout session was asked for, in one form, whether it came as a request or as a static link: the cart, what is known
 * of the buyer and may not be changed, what the page may offer. A session's row holds its terms, and page and payment go by
 * nothing else.
 */
import type { Schemas } from '../../contract/operations.js'
import type { CheckoutOptions } from '../payments/store.js'

export const DETAIL_NAMES = [
  'name', 'email', 'phone', 'country', 'street', 'city', 'state', 'zipcode', 'tax_id', 'business_name'
] as const

/** What the page asks of a customer. */
export type DetailName = typeof DETAIL_NAMES[number]

/** Null where nothing is known (yet). */
export type Known = Record<DetailName, string | null>

export type Flags = Required<Schemas['CheckoutSessionFlags']>

export interface CartTerms {
  product_id: string
  quantity: number
  amount: number | null
  /** Of a subscription. */
  addons?: Array<Schemas['AttachAddonReq']>
}

export interface Terms {
  cart: CartTerms[]
  /** What replaces terms of the subscription in the cart; left out without one. */
  subscription?: Schemas['SubscriptionData']
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

export function textOf (text: string | null | undefined): string | null {
  return text?.trim() || null
}
