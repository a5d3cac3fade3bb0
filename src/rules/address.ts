/** Which parts of a billing address a country's customers are asked for. Pure: countries are alpha-2 codes. */

export const ADDRESS_FIELDS = ['street', 'city', 'state', 'zipcode'] as const

export type AddressField = typeof ADDRESS_FIELDS[number]

/** Countries and territories where no postal code is in use. */
const WITHOUT_POSTAL_CODES = new Set((
  'AE AG AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM DJ DM ER FJ GD GH GM GQ GY HK KI KM KN KP ML MO MR MW NR NU QA RW SB SC ' +
  'SL SR ST SY TD TF TG TK TL TO TV UG VU YE ZW').split(' '))

/** Countries where an address is not complete without its state or province. */
const WITH_STATES = new Set(['AU', 'BR', 'CA', 'IN', 'MX', 'US'])

/** The parts that must be there besides the country; with `isMinimal` a postal code is enough. */
export function requiredAddress (country: string, isMinimal: boolean): AddressField[] {
  return ADDRESS_FIELDS.filter(field => {
    if (field === 'zipcode') return !WITHOUT_POSTAL_CODES.has(country)
    return !isMinimal && (field !== 'state' || WITH_STATES.has(country))
  })
}
