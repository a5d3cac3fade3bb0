/** Mandatory parts of an address, by country. */
import t from 'tap'
import { requiredAddress } from '../../src/rules/address.js'

t.strictSame(requiredAddress('US', false), ['street', 'city', 'state', 'zipcode'])
t.strictSame(requiredAddress('DE', false), ['street', 'city', 'zipcode'], 'no state in a country without states')
t.strictSame(requiredAddress('AE', false), ['street', 'city'], 'no postal code in a country without them')
t.strictSame(requiredAddress('US', true), ['zipcode'])
t.strictSame(requiredAddress('AE', true), [])
