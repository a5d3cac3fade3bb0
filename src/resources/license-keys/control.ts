/** The control operations of licence keys. */
import type { ControlHandlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { setKeyDisabled } from '../grants/lifecycle.js'
import { findLicenseKey } from './rules.js'
import { licenseKeyResponse } from './view.js'

export const licenseKeyControls = {
  'GET /_emulator/license_keys': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    const keys = context.sandbox.licenseKeys.list(filter, context.now, limit, offset)
    return { items: keys.map(key => licenseKeyResponse(key, context)) }
  },

  'POST /_emulator/license_keys/{id}/expire': ({ path, context }) => {
    const key = { ...findLicenseKey(path.id, context), expires_at: context.now }
    context.sandbox.licenseKeys.update(key)
    return licenseKeyResponse(key, context)
  },

  'POST /_emulator/license_keys/{id}/disable': ({ path, context }) => {
    setKeyDisabled(findLicenseKey(path.id, context), true, context)
    return licenseKeyResponse(findLicenseKey(path.id, context), context)
  },

  'POST /_emulator/license_keys/{id}/enable': ({ path, context }) => {
    setKeyDisabled(findLicenseKey(path.id, context), false, context)
    return licenseKeyResponse(findLicenseKey(path.id, context), context)
  }
} satisfies ControlHandlers
