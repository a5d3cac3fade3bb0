/** Licence keys and their instances in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { formatOptionalTime, formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { statusOf } from './rules.js'
import type { Instance, LicenseKey } from './store.js'

export function licenseKeyResponse (key: LicenseKey, { sandbox, now }: Context): Required<Schemas['LicenseKeyResponse']> {
  return {
    id: key.license_key_id,
    business_id: sandbox.business.business_id,
    brand_id: key.brand_id,
    key: key.key,
    status: statusOf(key, now),
    source: key.source,
    customer_id: key.customer_id,
    product_id: key.product_id,
    payment_id: key.payment_id,
    subscription_id: key.subscription_id,
    activations_limit: key.activations_limit,
    instances_count: key.instances_count,
    expires_at: formatOptionalTime(key.expires_at),
    created_at: formatTime(key.created_at)
  }
}

export function instanceResponse (
  instance: Instance, { sandbox }: Context
): Required<Schemas['LicenseKeyInstanceResponse']> {
  return {
    id: instance.instance_id,
    business_id: sandbox.business.business_id,
    license_key_id: instance.license_key_id,
    name: instance.name,
    created_at: formatTime(instance.created_at)
  }
}
