/** Handlers of the operations under /checkout. */
import type { Schemas } from '../../contract/operations.js'
import type { Handlers } from '../../contract/handlers.js'

export const checkout = {
  'GET /checkout/supported_countries': ({ context: { sandbox: { reference, settings } } }) => {
    const codes = Object.keys(reference.countries).filter(code => !settings.deniedCountries.has(code)).sort()
    return codes as Array<Schemas['CountryCodeAlpha2']> // a test compares the table with the contract's enum
  }
} satisfies Handlers
