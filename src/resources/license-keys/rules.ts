/** The rules of licence keys: valid texts, status, and changes. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid, notFound } from '../../errors.js'
import { MUST_BE_A_TIME, formatTime, parseTime } from '../../rules/calendar.js'
import { checkLength } from '../../rules/text.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Instance, LicenseKey } from './store.js'

const TEXT_MAX = 255

/** Throws NOT_FOUND. */
export function findLicenseKey (licenseKeyId: string, { sandbox }: Context): LicenseKey {
  const key = sandbox.licenseKeys.find(licenseKeyId)
  if (key === undefined) throw notFound('license key', licenseKeyId, 'id')
  return key
}

/** Throws NOT_FOUND. */
export function findInstance (instanceId: string, { sandbox }: Context): Instance {
  const instance = sandbox.licenseKeys.findInstance(instanceId)
  if (instance === undefined) throw notFound('license key instance', instanceId, 'id')
  return instance
}

/** The status of a key. A disabled key stays `disabled` after its expiry. */
export function statusOf (
  { disabled, expires_at: expiresAt }: Pick<LicenseKey, 'disabled' | 'expires_at'>, now: number
): Schemas['LicenseKeyStatus'] {
  if (disabled) return 'disabled'
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active'
}

/** Trims the text of a key. Throws INVALID_REQUEST_PARAMETERS if it is empty or too long. */
export function keyText (given: string, path = 'key'): string {
  const text = given.trim()
  if (text === '') throw invalid(path, `${path} must not be empty`)
  checkLength(path, text, TEXT_MAX)
  return text
}

/** Throws CONFLICT if the key already exists. */
export function checkKeyIsFree (text: string, { sandbox }: Context): void {
  if (sandbox.licenseKeys.findByKey(text) === undefined) return
  throw new ApiError('CONFLICT', { path: 'key', because: 'another license key has this text: choose another text' })
}

export function checkActivationsLimit (limit: number | null | undefined, path = 'activations_limit'): void {
  if (limit == null || limit >= 1) return
  throw invalid(path, `${path} must be at least 1; omit it or send null for no limit`)
}

/** Trims the name of an instance. */
export function instanceName (given: string): string {
  const name = given.trim()
  if (name === '') throw invalid('name', 'name must not be empty')
  checkLength('name', name, TEXT_MAX)
  return name
}

/** Parses a time of the request to microseconds. Returns null if it is null or absent. */
export function expiryTime (text: string | null | undefined): number | null {
  if (text == null) return null
  const us = parseTime(text)
  if (us === null) throw invalid('expires_at', `expires_at ${MUST_BE_A_TIME}`)
  return us
}

/** Decides an imported key. Throws NOT_FOUND for an unknown customer or product, as the contract requires. */
export function decideImport (body: Schemas['CreateLicenseKeyRequest'], context: Context): LicenseKey {
  const { sandbox, now } = context
  const key = keyText(body.key)
  checkActivationsLimit(body.activations_limit)
  const expiresAt = expiryTime(body.expires_at)
  const customer = sandbox.customers.find(body.customer_id)
  if (customer === undefined) throw missing('Customer', body.customer_id, 'customer_id')
  const product = sandbox.products.find(body.product_id)
  if (product === undefined) throw missing('Product', body.product_id, 'product_id')
  checkKeyIsFree(key, context)
  return {
    license_key_id: sandbox.ids.chosen('lic') ?? sandbox.ids.next('lic', now),
    key,
    disabled: false,
    source: 'import',
    customer_id: customer.customer_id,
    product_id: product.product_id,
    brand_id: product.brand_id,
    payment_id: null,
    subscription_id: null,
    grant_id: null,
    activations_limit: body.activations_limit ?? null,
    instances_count: 0,
    expires_at: expiresAt,
    created_at: now
  }
}

function missing (what: string, id: string, path: string): ApiError {
  return new ApiError('NOT_FOUND', { path, because: `${what} ${id} does not exist` })
}

/**
 * Returns the key with a new limit and expiry, where null removes them. Its grant determines whether it is disabled. Throws
 * ACTIVATION_LIMIT_LESS_THAN_CURRENT_AMOUNT, or NO_EXPIRY_ON_SUBSCRIPTION_LICENSE_KEYS.
 */
export function changedLicenseKey (key: LicenseKey, body: Schemas['PatchLicenseKeyRequest']): LicenseKey {
  const { activations_limit: limit = key.activations_limit } = body
  checkActivationsLimit(limit)
  if (limit !== null && limit < key.instances_count) {
    throw new ApiError('ACTIVATION_LIMIT_LESS_THAN_CURRENT_AMOUNT', {
      path: 'activations_limit', because: `${key.instances_count} instances are active: deactivate some, or choose a higher limit`
    })
  }
  const expiresAt = body.expires_at === undefined ? key.expires_at : expiryTime(body.expires_at)
  if (body.expires_at != null && key.subscription_id !== null) {
    throw new ApiError('NO_EXPIRY_ON_SUBSCRIPTION_LICENSE_KEYS', {
      path: 'expires_at', because: `the key is valid as long as subscription ${key.subscription_id}: omit expires_at`
    })
  }
  return { ...key, activations_limit: limit, expires_at: expiresAt }
}

/** Finds the key that a customer has entered. Throws NOT_FOUND. */
export function findTypedKey (typed: string, { sandbox }: Context): LicenseKey {
  const key = sandbox.licenseKeys.findByKey(typed.trim())
  if (key !== undefined) return key
  throw new ApiError('NOT_FOUND', { path: 'license_key', because: 'there is no such license key; upper and lower case differ' })
}

/** Throws INACTIVE_LICENSE_KEY or LICENSE_KEY_LIMIT_REACHED. */
export function checkCanActivate (key: LicenseKey, { sandbox, now }: Context): void {
  const status = statusOf(key, now)
  if (status !== 'active') {
    const since = status === 'expired' && key.expires_at !== null ? ` since ${formatTime(key.expires_at)}` : ''
    throw new ApiError('INACTIVE_LICENSE_KEY', { path: 'license_key', because: `it is ${status}${since}` })
  }
  const { activations_limit: limit, instances_count: count } = key
  if (limit === null || count < limit) return
  throw new ApiError('LICENSE_KEY_LIMIT_REACHED', {
    status: sandbox.businessSettings.read()['licenses.limit_status'],
    path: 'license_key',
    because: `${count} of ${limit} activations are in use: deactivate an instance first`
  })
}

/** Removes an activation of a customer's key. Throws NOT_FOUND if the customer has no such activation. */
export function freeActivation (instanceId: string, customerId: string, { sandbox }: Context): void {
  const instance = sandbox.licenseKeys.findInstance(instanceId)
  const key = instance && sandbox.licenseKeys.find(instance.license_key_id)
  if (instance === undefined || key?.customer_id !== customerId) {
    throw new ApiError('NOT_FOUND', { path: 'instance_id', because: 'none of your keys is activated on this device' })
  }
  sandbox.licenseKeys.deactivate(instance)
}
