/** Handlers of the operations under /license_keys and /license_key_instances. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { emit } from '../../delivery/emit.js'
import { setKeyDisabled } from '../grants/lifecycle.js'
import { changedLicenseKey, decideImport, findInstance, findLicenseKey, instanceName } from './rules.js'
import { instanceResponse, licenseKeyResponse } from './view.js'

export const licenseKeyHandlers = {
  'POST /license_keys': ({ body, context }) => {
    const key = decideImport(body, context)
    context.sandbox.licenseKeys.insert(key)
    emit('license_key.created', key.license_key_id, key, context)
    return licenseKeyResponse(key, context)
  },

  'GET /license_keys': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    const keys = context.sandbox.licenseKeys.list(filter, context.now, limit, offset)
    return { items: keys.map(key => licenseKeyResponse(key, context)) }
  },

  'GET /license_keys/{id}': ({ path, context }) => licenseKeyResponse(findLicenseKey(path.id, context), context),

  'PATCH /license_keys/{id}': ({ path, body, context }) => {
    const key = changedLicenseKey(findLicenseKey(path.id, context), body)
    if (body.disabled != null) setKeyDisabled(key, body.disabled, context)
    const { disabled } = findLicenseKey(path.id, context)
    context.sandbox.licenseKeys.update({ ...key, disabled })
    return licenseKeyResponse({ ...key, disabled }, context)
  },

  'GET /license_key_instances': ({ query, context }) => {
    const { page_size: size, page_number: number, license_key_id: keyId, grant_id: grantId } = query
    const { limit, offset } = paging({
      ...(size == null ? {} : { page_size: size }), ...(number == null ? {} : { page_number: number })
    })
    const filter = { ...(keyId == null ? {} : { license_key_id: keyId }), ...(grantId == null ? {} : { grant_id: grantId }) }
    const instances = context.sandbox.licenseKeys.listInstances(filter, limit, offset)
    return { items: instances.map(instance => instanceResponse(instance, context)) }
  },

  'GET /license_key_instances/{id}': ({ path, context }) => instanceResponse(findInstance(path.id, context), context),

  'PATCH /license_key_instances/{id}': ({ path, body, context }) => {
    const instance = findInstance(path.id, context)
    const name = instanceName(body.name)
    context.sandbox.licenseKeys.renameInstance(instance.instance_id, name)
    return instanceResponse({ ...instance, name }, context)
  }
} satisfies Handlers
