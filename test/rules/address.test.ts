/** Which parts of an address are mandatory where. */
import t from 'tap'
import { requiredAddress } from '../../src/rules/address.js'

t.strictSame(requiredAddress('US', false), ['street', 'city', 'state', 'zipcode'])
t.strictSame(requiredAddress('DE', false), ['street', 'city', 'zipcode'], 'no state where addresses have none')
t.strictSame(requiredAddress('AE', false), ['street', 'city'], 'no postal code where there are none')
t.strictSame(requiredAddress('US', true), ['zipcode'])
t.strictSame(requiredAddress('AE', true), [])
