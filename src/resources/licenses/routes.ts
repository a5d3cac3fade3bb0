/**
 * Handlers of the operations under /licenses. Licensed software calls them without an API key, from desktop programs and from
 * pages of any origin.
 */
import type { Handlers } from '../../contract/handlers.js'
import { ApiError } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'
import { customerDetails } from '../customers/view.js'
import { checkCanActivate, findTypedKey, instanceName, statusOf } from '../license-keys/rules.js'
import type { Instance, LicenseKey } from '../license-keys/store.js'
import { instanceResponse } from '../license-keys/view.js'

export const licenseHandlers = {
  'POST /licenses/activate': ({ body, context }) => {
    const { sandbox, now } = context
    const name = instanceName(body.name)
    const key = findTypedKey(body.license_key, context)
    checkCanActivate(key, context)
    const instance = {
      instance_id: sandbox.ids.next('lki', now), license_key_id: key.license_key_id, name, created_at: now
    }
    sandbox.licenseKeys.activate(instance)
    return activation(instance, key, context)
  },

  'POST /licenses/deactivate': ({ body, context }) => {
    const { sandbox } = context
    const key = findTypedKey(body.license_key, context)
    const instance = sandbox.licenseKeys.findInstance(body.license_key_instance_id)
    if (instance?.license_key_id !== key.license_key_id) {
      throw new ApiError('LICENSE_KEY_NOT_FOUND', { path: 'license_key_instance_id' })
    }
    sandbox.licenseKeys.deactivate(instance)
    return undefined
  },

  'POST /licenses/validate': ({ body, context }) => {
    const { sandbox, now } = context
    const key = sandbox.licenseKeys.findByKey(body.license_key.trim())
    if (key === undefined || statusOf(key, now) !== 'active') return { valid: false }
    const { license_key_instance_id: instanceId } = body
    if (instanceId == null) return { valid: true }
    return { valid: sandbox.licenseKeys.findInstance(instanceId)?.license_key_id === key.license_key_id }
  }
} satisfies Handlers

function activation (instance: Instance, key: LicenseKey, context: Context) {
  const { sandbox } = context
  const customer = sandbox.customers.find(key.customer_id)
  if (customer === undefined) throw new Error(`license key ${key.license_key_id} has no customer`)
  return {
    ...instanceResponse(instance, context),
    customer: customerDetails(customer),
    product: { product_id: key.product_id, name: sandbox.products.find(key.product_id)?.name ?? null }
  }
}
