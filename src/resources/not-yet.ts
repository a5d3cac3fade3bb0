/**
 * Placeholder values for fields that the emulator does not emulate yet, by the operation that will provide them. Once that
 * operation has a handler, a test fails until its entry is removed and the views fill in the fields.
 */
import type { OperationName } from '../contract/operations.js'

export const NOT_YET = {
  'GET /subscriptions/{subscription_id}/usage-history': {
    /** In a subscription, and in an item of a preview. */
    meters: [] as never[],
    /** In a subscription. */
    meter_credit_entitlement_cart: [] as never[]
  }
} satisfies { [Name in OperationName]?: Record<string, unknown> }
