/** The reference tables of fixtures/reference: facts of the world that every sandbox shares. Read once per process. */
import { packageJson } from './root.js'
import type { FailureCode, TestCard } from './rules/instruments.js'
import type { CurrencyTable } from './rules/money.js'
import type { TaxTable } from './rules/tax.js'

export interface Country {
  name: string
  /** The currency charged there by default; null where none is published. */
  currency: string | null
}

export interface Reference {
  currencies: CurrencyTable
  countries: Readonly<Record<string, Country>>
  taxRates: TaxTable
  testCards: readonly TestCard[]
  /** Why a payment can fail, by its error_code. */
  failureCodes: Readonly<Record<string, FailureCode>>
}

let loaded: Reference | undefined

export function reference (): Reference {
  loaded ??= {
    currencies: packageJson('fixtures', 'reference', 'currencies.gen.json'),
    countries: packageJson('fixtures', 'reference', 'countries.gen.json'),
    taxRates: packageJson('fixtures', 'reference', 'tax-rates.gen.json'),
    testCards: packageJson('fixtures', 'reference', 'test-cards.json'),
    failureCodes: packageJson('fixtures', 'reference', 'failure-codes.json')
  }
  return loaded
}
