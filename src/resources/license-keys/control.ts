/** The control operations of licence keys. */
import type { ControlHandlers } from '../../contract/handlers.js'
import { findLicenseKey } from './rules.js'
import { licenseKeyResponse } from './view.js'

export const licenseKeyControls = {
  'POST /_emulator/license_keys/{id}/expire': ({ path, context }) => {
    const key = { ...findLicenseKey(path.id, context), expires_at: context.now }
    context.sandbox.licenseKeys.update(key)
    return licenseKeyResponse(key, context)
  }
} satisfies ControlHandlers
