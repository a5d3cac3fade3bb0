/** Loads the reference tables of fixtures/reference, which all sandboxes share. They are read once per process. */
import { packageJson } from '../root.js'
import type { FeeTable } from '../rules/fees.js'
import type { FailureCode, TestCard } from '../rules/instruments.js'
import type { CurrencyTable } from '../rules/money.js'
import type { TaxTable } from '../rules/tax.js'

export interface Country {
  name: string
  /** The default charge currency; null if none is published. */
  currency: string | null
}

/** A type of payment method and where it can be used. */
export interface MethodFacts {
  /** The API's `payment_method`: `wallet`. */
  method: string
  /** The name that customers see. */
  label: string
  /** Billing countries and charge currencies; null for all. */
  countries: readonly string[] | null
  currencies: readonly string[] | null
  /** Whether it is offered even if the merchant has not enabled it. */
  offered?: true
  /** The smallest total in US cents. */
  minimum_usd?: number
  /** Whether it supports subscriptions, which charge it later without the customer. */
  recurring?: true
  /** False if it supports only full refunds. */
  partial_refunds?: false
}

export interface Reference {
  currencies: CurrencyTable
  countries: Readonly<Record<string, Country>>
  taxRates: TaxTable
  testCards: readonly TestCard[]
  /** Reasons for failure by error_code. */
  failureCodes: Readonly<Record<string, FailureCode>>
  /** By the contract's PaymentMethodTypes. */
  paymentMethods: Readonly<Record<string, MethodFacts>>
  /** The fees that the service takes. */
  fees: FeeTable
}

let loaded: Reference | undefined

export function reference (): Reference {
  loaded ??= {
    currencies: packageJson('fixtures', 'reference', 'currencies.gen.json'),
    countries: packageJson('fixtures', 'reference', 'countries.gen.json'),
    taxRates: packageJson('fixtures', 'reference', 'tax-rates.gen.json'),
    testCards: packageJson('fixtures', 'reference', 'test-cards.json'),
    failureCodes: packageJson('fixtures', 'reference', 'failure-codes.json'),
    paymentMethods: packageJson('fixtures', 'reference', 'payment-methods.json'),
    fees: packageJson('fixtures', 'reference', 'fees.json')
  }
  return loaded
}
