/** The parts of a billing address that are required in each country. Pure; countries are ISO 3166 alpha-2 codes. */

export const ADDRESS_FIELDS = ['street', 'city', 'state', 'zipcode'] as const

export type AddressField = typeof ADDRESS_FIELDS[number]

/** Countries and territories without postal codes. */
const WITHOUT_POSTAL_CODES = new Set((
  'AE AG AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM DJ DM ER FJ GD GH GM GQ GY HK KI KM KN KP ML MO MR MW NR NU QA RW SB SC ' +
  'SL SR ST SY TD TF TG TK TL TO TV UG VU YE ZW').split(' '))

/** Countries where an address needs a state or province. */
const WITH_STATES = new Set(['AU', 'BR', 'CA', 'IN', 'MX', 'US'])

/** The parts that are required besides the country. With `isMinimal` only the postal code is. */
export function requiredAddress (country: string, isMinimal: boolean): AddressField[] {
  return ADDRESS_FIELDS.filter(field => {
    if (field === 'zipcode') return !WITHOUT_POSTAL_CODES.has(country)
    return !isMinimal && (field !== 'state' || WITH_STATES.has(country))
  })
}
