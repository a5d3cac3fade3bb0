/**
 * Reads a static link, `/buy/{product_id}?...`, as the terms of a session. Invalid parameters are ignored, because the customer
 * who follows a link cannot correct it.
 */
import { minorUnits } from '../../rules/decimal.js'
import { isEmail } from '../../rules/contact.js'
import { checkMetadata } from '../../rules/metadata.js'
import { checkReturnUrl } from '../../rules/return-url.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import { isPayWhatYouWant } from '../products/prices.js'
import type { Product } from '../products/store.js'
import { flagsOf, textOf, type DetailName, type Known, type Terms } from './terms.js'

const QUANTITY_MAX = 10_000
const TEXT_MAX = 250

/** The parameters of a URL. The first of repeated parameters counts. */
export type Parameters = Readonly<Record<string, unknown>>

/** Throws an ApiError if the metadata is too long or redirect_url is invalid. */
export function staticTerms (product: Product, query: Parameters, sandbox: Sandbox): Terms {
  const read = (name: string) => textOf(parameter(query, name)?.slice(0, TEXT_MAX))
  const isOff = (name: string) => read(name) === 'false'
  const known = knownOf(read, sandbox)
  const returnUrl = textOf(parameter(query, 'redirect_url'))
  if (returnUrl !== null) checkReturnUrl(returnUrl, 'redirect_url')
  const metadata = metadataOf(query)
  checkMetadata(metadata)
  return {
    cart: [{
      product_id: product.product_id,
      quantity: quantityOf(read('quantity')),
      amount: amountOf(read('paymentAmount'), product, sandbox)
    }],
    customer_id: null,
    known,
    locked: lockedOf(known, read),
    currency: currencyOf(read('paymentCurrency'), product, sandbox),
    codes: [],
    flags: flagsOf({ allow_currency_selection: !isOff('showCurrencySelector'), allow_discount_code: !isOff('showDiscounts') }),
    minimal_address: false,
    custom_fields: [],
    customization: {},
    cancel_url: null,
    metadata,
    mandate_min_amount_inr_paise: null,
    options: returnUrl === null ? {} : { return_url: returnUrl }
  }
}

function parameter (query: Parameters, name: string): string | null {
  const given = Object.hasOwn(query, name) ? query[name] : undefined
  const [first] = Array.isArray(given) ? given as unknown[] : [given]
  return typeof first === 'string' ? first : null
}

type Read = (name: string) => string | null

function knownOf (read: Read, { reference, settings }: Sandbox): Known {
  const country = read('country')?.toUpperCase() ?? ''
  const isSoldTo = Object.hasOwn(reference.countries, country) && !settings.deniedCountries.has(country)
  return {
    name: textOf([read('firstName'), read('lastName')].filter(part => part !== null).join(' ')) ?? read('fullName'),
    email: read('email'),
    phone: null,
    country: isSoldTo ? country : null,
    street: read('addressLine'),
    city: read('city'),
    state: read('state'),
    zipcode: read('zipCode'),
    tax_id: null,
    business_name: null
  }
}

const LOCKS: Partial<Record<DetailName, string>> = {
  email: 'disableEmail',
  country: 'disableCountry',
  street: 'disableAddressLine',
  city: 'disableCity',
  state: 'disableState',
  zipcode: 'disableZipCode'
}

/** Details are locked only if they have a valid value. */
function lockedOf (known: Known, read: Read): DetailName[] {
  const isOn = (name: string) => read(name) === 'true'
  const names = (Object.keys(LOCKS) as DetailName[]).filter(name => known[name] !== null && isOn(LOCKS[name] ?? ''))
  const parts = [['firstName', 'disableFirstName'], ['lastName', 'disableLastName']] as const
  const given = parts.filter(([part]) => read(part) !== null)
  const isNameLocked = given.length === 0 ? isOn('disableFullName') : given.every(([, lock]) => isOn(lock))
  if (isNameLocked && known.name !== null) names.push('name')
  return names.filter(name => name !== 'email' || isEmail(known.email ?? ''))
}

function quantityOf (text: string | null): number {
  const quantity = Number(text ?? '1')
  return Number.isInteger(quantity) && quantity >= 1 && quantity <= QUANTITY_MAX ? quantity : 1
}

function currencyOf (text: string | null, { price }: Product, { reference, settings }: Sandbox): string | null {
  const code = text?.toUpperCase() ?? ''
  if (!Object.hasOwn(reference.currencies, code) || settings.deniedCurrencies.has(code)) return null
  const hasRate = (currency: string) => reference.currencies[currency]?.usd_rate != null
  return code === price.currency || (hasRate(code) && hasRate(price.currency)) ? code : null
}

/** Parses an amount in major units of the product's currency. Returns null below the minimum. */
function amountOf (text: string | null, { price }: Product, { reference }: Sandbox): number | null {
  if (text === null || !isPayWhatYouWant(price)) return null
  const amount = minorUnits(text, reference.currencies[price.currency]?.exponent ?? 2)
  return amount !== null && amount >= price.price ? amount : null
}

const METADATA = 'metadata_'

function metadataOf (query: Parameters): Record<string, string> {
  return Object.fromEntries(Object.keys(query)
    .filter(name => name.startsWith(METADATA) && name.length > METADATA.length)
    .map(name => [name.slice(METADATA.length), parameter(query, name) ?? '']))
}
