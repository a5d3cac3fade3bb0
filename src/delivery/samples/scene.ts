/**
 * The objects that a sample refers to: a customer, a payment, a subscription. They are created for each sample, so that its ids
 * are consistent with each other and match no stored object.
 */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'

export interface Scene {
  businessId: string
  brandId: string
  currency: Schemas['Currency']
  customer: Required<Schemas['CustomerLimitedDetailsResponse']>
  billing: Required<Schemas['BillingAddress']>
  paymentId: string
  subscriptionId: string
  productId: string
  /** The beginning of links. */
  baseUrl: string
  /** Returns a new id. */
  id (prefix: string): string
  uuid (): string
  /** A time relative to the event, in seconds. Negative values are before it. */
  time (seconds: number): string
  /** The error_message of an error_code. */
  failure (code: string): string
}

export const HOUR = 3600
export const DAY = 24 * HOUR

const US_PER_SECOND = 1_000_000

export function scene ({ sandbox, baseUrl, now }: Context): Scene {
  const { ids, business, reference } = sandbox
  const id = (prefix: string) => ids.next(prefix, now)
  return {
    businessId: business.business_id,
    brandId: business.business_id, // the primary brand
    currency: business.currency as Schemas['Currency'],
    customer: {
      customer_id: id('cus'),
      name: 'Sample Customer',
      email: 'customer@example.com',
      phone_number: null,
      metadata: {}
    },
    // Not ASCII, so that a receiver that verifies text instead of bytes fails.
    billing: { street: 'Beispielstraße 1', city: 'Köln', state: null, zipcode: '50667', country: 'DE' },
    paymentId: id('pay'),
    subscriptionId: id('sub'),
    productId: id('pdt'),
    baseUrl,
    id,
    uuid: () => ids.uuid(),
    time: seconds => formatTime(now + seconds * US_PER_SECOND),
    failure: code => reference.failureCodes[code]?.message ?? code
  }
}
