/** The control operations on grants and licence keys as functions for tests. */
import type { components } from '../contract/control-types.gen.js'
import type { Query, Schemas } from '../contract/operations.js'
import type { Ask } from './controls.js'
import { allItems } from './events.js'

type ControlSchemas = components['schemas']

export type Grant = Required<Schemas['EntitlementGrantResponse']>
export type LicenseKey = Required<Schemas['LicenseKeyResponse']>
export type GrantFilter = Omit<Query<'GET /_emulator/grants'>, 'page_size' | 'page_number'>
export type LicenseKeyFilter = Omit<Query<'GET /_emulator/license_keys'>, 'page_size' | 'page_number'>

export interface GrantControls {
  /** The grants of all customers, oldest first: `grants({ customer_id, integration_type: 'license_key' })`. */
  grants (filter?: GrantFilter): Promise<Grant[]>
  /** Connects the customer's account, as on the accept page. Resolves to the grant. */
  acceptGrant (grantId: string, how?: ControlSchemas['AcceptGrant']): Promise<Grant>
  /** Delivers a grant that is Pending or Failed. A licence grant gets `key`, or a random key. Resolves to the grant. */
  deliverGrant (grantId: string, how?: ControlSchemas['DeliverGrant']): Promise<Grant>
  /** Fails a Pending grant: `failGrant(id, { error_code: 'github_permission_denied' })`. Resolves to the grant. */
  failGrant (grantId: string, why?: ControlSchemas['FailGrant']): Promise<Grant>
  /** Revokes a grant, by default with the reason `platform_external`. Resolves to the grant. */
  revokeGrant (grantId: string, why?: ControlSchemas['RevokeGrant']): Promise<Grant>
  /** Restores a Revoked grant to the initial state of its type. Resolves to the grant. */
  restoreGrant (grantId: string): Promise<Grant>
  /** The licence keys of all customers, oldest first: `licenseKeys({ search: 'AAAA' })`. */
  licenseKeys (filter?: LicenseKeyFilter): Promise<LicenseKey[]>
  /** Expires a licence key now, without moving the clock. Resolves to the key. */
  expireLicenseKey (id: string): Promise<LicenseKey>
  /** Disables a licence key, which revokes its grant. Resolves to the key. */
  disableLicenseKey (id: string): Promise<LicenseKey>
  /** Enables a disabled licence key. Resolves to the key. */
  enableLicenseKey (id: string): Promise<LicenseKey>
}

export function grantControls (ask: Ask): GrantControls {
  const act = (action: 'accept' | 'deliver' | 'fail' | 'revoke') => (id: string, body?: object) =>
    ask(`POST /_emulator/grants/{grant_id}/${action}`, {
      path: { grant_id: id }, ...(body === undefined ? {} : { body })
    }) as Promise<Grant>
  const onKey = (action: 'expire' | 'disable' | 'enable') => (id: string) =>
    ask(`POST /_emulator/license_keys/{id}/${action}`, { path: { id } }) as Promise<LicenseKey>
  return {
    grants: filter => allItems(
      page => ask('GET /_emulator/grants', { query: { ...filter, ...page } }) as Promise<{ items: Grant[] }>, ({ id }) => id),
    acceptGrant: act('accept'),
    deliverGrant: act('deliver'),
    failGrant: act('fail'),
    revokeGrant: act('revoke'),
    restoreGrant: id => ask('POST /_emulator/grants/{grant_id}/restore', { path: { grant_id: id } }) as Promise<Grant>,
    licenseKeys: filter => allItems(
      page => ask('GET /_emulator/license_keys', { query: { ...filter, ...page } }) as Promise<{ items: LicenseKey[] }>,
      ({ id }) => id),
    expireLicenseKey: onKey('expire'),
    disableLicenseKey: onKey('disable'),
    enableLicenseKey: onKey('enable')
  }
}
