/**
 * What replies hold in place of what the emulator does not emulate yet, by the operation whose arrival ends that. Once the
 * operation has a handler, a test fails until its entry here is gone and the views fill in the fields.
 */
import type { OperationName } from '../contract/operations.js'

export const NOT_YET = {
  'GET /disputes': {
    /** Of a payment. */
    disputes: [] as never[],
    /** Of a payment in a list. */
    dispute_status: null
  },
  'POST /credit-entitlements': {
    /** Of a product, and of an item of a preview. */
    credit_entitlements: [] as never[],
    /** Of a subscription. */
    credit_entitlement_cart: [] as never[]
  },
  'POST /meters': {
    /** Of a subscription, and of an item of a preview. */
    meters: [] as never[],
    /** Of a subscription. */
    meter_credit_entitlement_cart: [] as never[]
  },
  'POST /product-collections': {
    /** Of a product. */
    product_collection_id: null,
    /** Of a brand that is archived. */
    collections_moved: 0
  }
} satisfies { [Name in OperationName]?: Record<string, unknown> }
