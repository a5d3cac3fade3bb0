/** Licence keys and their instances: the declaration of the resource. */
import type { Payloads } from '../../sandbox/sender.js'
import type { Resource } from '../resource.js'
import { licenseKeyControls as controls } from './control.js'
import { fixtures } from './fixtures.js'
import { licenseKeyHandlers as handlers } from './routes.js'
import { licenseKeyResponse } from './view.js'

const payloads: Payloads = {
  LicenseKey (licenseKeyId, context) {
    const key = context.sandbox.licenseKeys.find(licenseKeyId)
    return key && licenseKeyResponse(key, context)
  }
}

export const licenseKeys = { handlers, controls, payloads, fixtures } satisfies Resource
