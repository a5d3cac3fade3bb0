/** The reference tables of fixtures/reference: facts of the world that every sandbox shares. Read once per process. */
import { packageJson } from '../root.js'
import type { FailureCode, TestCard } from '../rules/instruments.js'
import type { CurrencyTable } from '../rules/money.js'
import type { TaxTable } from '../rules/tax.js'

export interface Country {
  name: string
  /** The currency charged there by default; null where none is published. */
  currency: string | null
}

/** A kind of payment method, and where it can be used. */
export interface MethodFacts {
  /** The family that it belongs to, as the API names it: `wallet`. */
  method: string
  /** What a customer calls it. */
  label: string
  /** Billing countries and charge currencies; null for all. */
  countries: readonly string[] | null
  currencies: readonly string[] | null
  /** Shown wherever it fits, even if the merchant has not asked for it. */
  offered?: true
  /** The smallest total in US cents. */
  minimum_usd?: number
  /** A subscription can be paid with it: it can be charged later without the customer. */
  recurring?: true
  /** It can give back a whole payment or nothing. */
  partial_refunds?: false
}

export interface Reference {
  currencies: CurrencyTable
  countries: Readonly<Record<string, Country>>
  taxRates: TaxTable
  testCards: readonly TestCard[]
  /** Why a payment can fail, by its error_code. */
  failureCodes: Readonly<Record<string, FailureCode>>
  /** By the contract's PaymentMethodTypes. */
  paymentMethods: Readonly<Record<string, MethodFacts>>
}

let loaded: Reference | undefined

export function reference (): Reference {
  loaded ??= {
    currencies: packageJson('fixtures', 'reference', 'currencies.gen.json'),
    countries: packageJson('fixtures', 'reference', 'countries.gen.json'),
    taxRates: packageJson('fixtures', 'reference', 'tax-rates.gen.json'),
    testCards: packageJson('fixtures', 'reference', 'test-cards.json'),
    failureCodes: packageJson('fixtures', 'reference', 'failure-codes.json'),
    paymentMethods: packageJson('fixtures', 'reference', 'payment-methods.json')
  }
  return loaded
}
