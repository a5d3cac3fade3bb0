/** Creates the key of a grant: automatically with the grant, or with a key from the merchant or the control API. */
import { emit } from '../../delivery/emit.js'
import { billingDate } from '../../rules/billing-calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { LicenseKeyConfig } from '../entitlements/config.js'
import type { LicenseKey } from './store.js'

/** The owner of a key. */
export type KeyOwner =
  Pick<LicenseKey, 'customer_id' | 'product_id' | 'brand_id' | 'payment_id' | 'subscription_id'> & { grant_id: string }

/** The fields that the merchant can provide. The entitlement determines the others. */
export interface GivenKey {
  key: string
  activations_limit?: number | null
  expires_at?: number | null
}

/**
 * Writes a key and its event. The key of a subscription has no expiry, because it ends with the subscription.
 */
export function issueKey (owner: KeyOwner, config: LicenseKeyConfig, given: GivenKey | null, context: Context): void {
  const { sandbox, now } = context
  const expiresAt = given?.expires_at ?? endOf(config, now)
  const key: LicenseKey = {
    license_key_id: sandbox.ids.next('lic', now),
    key: given?.key ?? sandbox.ids.uuid(),
    disabled: false,
    source: given === null ? 'auto' : 'manual',
    customer_id: owner.customer_id,
    product_id: owner.product_id,
    brand_id: owner.brand_id,
    payment_id: owner.payment_id,
    subscription_id: owner.subscription_id,
    grant_id: owner.grant_id,
    activations_limit: given?.activations_limit ?? config.activations_limit,
    instances_count: 0,
    expires_at: owner.subscription_id === null ? expiresAt : null,
    created_at: now
  }
  sandbox.licenseKeys.insert(key)
  emit('license_key.created', key.license_key_id, key, context)
}

function endOf ({ duration_count: count, duration_interval: interval }: LicenseKeyConfig, now: number): number | null {
  return count === null || interval === null ? null : billingDate(now, { count, interval }, 1)
}
