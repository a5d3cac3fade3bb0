/**
 * The lifecycle of a grant after its creation. The licence key of a grant is disabled while the grant is revoked. Every function
 * runs in a transaction and sends the events of its transition.
 */
import { emitAll } from '../../delivery/emit.js'
import { ApiError, invalid } from '../../errors.js'
import type { RevocationReason } from '../../rules/entitlements.js'
import type { Context } from '../../sandbox/sandbox.js'
import { issueKey, type GivenKey } from '../license-keys/issue.js'
import type { LicenseKey } from '../license-keys/store.js'
import { grantStates, needsAccount, type GrantAction } from './states.js'
import type { Grant, GrantStatus } from './store.js'

export const DELIVER_JOB = 'grant.deliver'

/** How long an accept page is valid. */
const ACCEPT_LIFETIME_US = 7 * 86_400_000_000

/** Delivers a grant that needs no action. Does nothing if it has been delivered or revoked since. */
export function deliverWhenDue (grantId: string, context: Context): void {
  const grant = context.sandbox.grants.find(grantId)
  if (grant?.status === 'Pending') deliver(grant, context)
}

export interface DeliverOptions {
  /** The key of a licence grant. Generated if absent. */
  key?: GivenKey
  /** The account that the customer has connected. */
  account?: string
}

/** Delivers a grant. Throws if it cannot be delivered. */
export function deliver (grant: Grant, context: Context, { key, account }: DeliverOptions = {}): void {
  grantStates.check('deliver', grant, context)
  if (grant.integration_type === 'license_key') {
    issueKey(grant, grant.config, key ?? { key: context.sandbox.ids.uuid() }, context)
  }
  const changes = { error_code: null, error_message: null, delivered_at: context.now, account: account ?? grant.account }
  change('deliver', 'Delivered', withCurrentFiles(grant, context), changes, context)
}

/** Whether the customer can ask for the delivery again: it failed, and needs neither an account nor the merchant. */
export function canRetry (grant: Grant): boolean {
  return grant.status === 'Failed' && !needsAccount(grant) && grant.integration_type !== 'license_key'
}

/** Delivers a failed grant of a customer again. Throws NOT_FOUND if the customer has no such grant. */
export function retryDelivery (grantId: string, customerId: string, context: Context): void {
  const grant = context.sandbox.grants.find(grantId)
  if (grant === undefined || grant.customer_id !== customerId || !canRetry(grant)) {
    throw new ApiError('NOT_FOUND', { path: 'grant_id', because: 'none of your deliveries has failed' })
  }
  deliver(grant, context)
}

/** Accepts a grant as the customer does on the accept page. Throws if it cannot be accepted. */
export function accept (grant: Grant, account: string, context: Context): void {
  grantStates.check('accept', grant, context)
  const changes = { error_code: null, error_message: null, delivered_at: context.now, account }
  change('accept', 'Delivered', grant, changes, context)
}

/** Copies the entitlement's current files to the grant. Later changes of the entitlement do not affect it. */
function withCurrentFiles (grant: Grant, { sandbox }: Context): Grant {
  const entitlement = sandbox.entitlements.find(grant.entitlement_id)
  if (grant.integration_type !== 'digital_files' || entitlement?.integration_type !== 'digital_files') return grant
  return { ...grant, config: entitlement.config }
}

/** Throws if the grant is not Pending. */
export function fail (grant: Grant, error: { code: string, message: string }, context: Context): void {
  grantStates.check('fail', grant, context)
  context.sandbox.due.remove(grant.grant_id)
  change('fail', 'Failed', grant, { error_code: error.code, error_message: error.message }, context)
}

/** Revokes a grant. A revoked grant stays unchanged. */
export function revoke (grant: Grant, reason: RevocationReason, context: Context): void {
  if (!grantStates.can('revoke', grant, context)) return
  context.sandbox.due.remove(grant.grant_id)
  setDisabled(grant, true, context)
  change('revoke', 'Revoked', grant, { revocation_reason: reason, revoked_at: context.now }, context)
}

/** Restores a grant to the initial state of its type. Throws if it is not revoked. */
export function restore (grant: Grant, context: Context): void {
  grantStates.check('restore', grant, context)
  const isDelivered = hasKey(grant, context) || startOf(grant) === 'Delivered'
  setDisabled(grant, false, context)
  const changes = {
    revocation_reason: null,
    revoked_at: null,
    oauth_token: newAcceptToken(grant, context),
    oauth_expires_at: firstAcceptEnd(grant, context),
    error_code: null,
    error_message: null
  }
  if (isDelivered) return change('restore', 'Delivered', grant, { ...changes, delivered_at: context.now }, context)
  change('restore', 'Pending', grant, { ...changes, delivered_at: null }, context)
  deliverLater(grant, context)
}

/**
 * Disables or enables a licence key together with its grant. Throws INVALID_REQUEST_PARAMETERS, before the first write, if the
 * grant was revoked for another reason.
 */
export function setKeyDisabled (key: LicenseKey, disabled: boolean, context: Context): void {
  const { sandbox } = context
  const grant = key.grant_id === null ? undefined : sandbox.grants.find(key.grant_id)
  if (grant === undefined) return sandbox.licenseKeys.update({ ...key, disabled })
  if (disabled) return revoke(grant, 'license_key_disabled', context)
  if (grant.status !== 'Revoked') return
  if (grant.revocation_reason !== 'license_key_disabled') {
    throw invalid('disabled', `License key ${key.license_key_id} can't be enabled: its grant ${grant.grant_id} was revoked ` +
      `(${grant.revocation_reason})`)
  }
  restore(grant, context)
}

/** The initial state of a grant of this type. */
export function startOf (grant: Pick<Grant, 'integration_type' | 'config'>): 'Pending' | 'Delivered' {
  const { integration_type: type, config } = grant
  if (type === 'feature_flag') return 'Delivered'
  return type === 'license_key' && 'fulfillment_mode' in config && config.fulfillment_mode === 'auto' ? 'Delivered' : 'Pending'
}

/** Schedules the delivery of a grant whose type needs no action. */
export function deliverLater (grant: Grant, context: Context): void {
  const { sandbox, now } = context
  if (needsAccount(grant) || grant.integration_type === 'license_key') return
  const { 'grants.delay_ms': delayMs } = sandbox.businessSettings.read()
  const delayUs = delayMs === null ? sandbox.settings.grantDelayUs : delayMs * 1000
  if (delayUs === 0) deliverWhenDue(grant.grant_id, context)
  else sandbox.due.add(now + delayUs, DELIVER_JOB, grant.grant_id)
}

/** The end of a new accept page, or null if its time starts when the customer opens it. */
export function firstAcceptEnd (grant: Pick<Grant, 'integration_type'>, { sandbox, now }: Context): number | null {
  const isOpen = needsAccount(grant) && sandbox.businessSettings.read()['grants.oauth_url'] === 'at_creation'
  return isOpen ? now + ACCEPT_LIFETIME_US : null
}

/** Opens the accept page. From then on the page is valid for a week, and the API returns its URL. */
export function openAccept (grant: Grant, { sandbox, now }: Context): void {
  if (grant.oauth_expires_at !== null) return
  sandbox.grants.update({ ...grant, oauth_expires_at: now + ACCEPT_LIFETIME_US, updated_at: now })
}

/** Renews an expired link and returns its token. Throws if the grant cannot be accepted. */
export function renewAccept (grant: Grant, context: Context): string {
  const { sandbox, now } = context
  grantStates.check('accept', grant, context)
  const token = newAcceptToken(grant, context)
  sandbox.grants.update({ ...grant, oauth_token: token, oauth_expires_at: now + ACCEPT_LIFETIME_US, updated_at: now })
  return token ?? ''
}

/** A new token for an accept page, or null for a type without one. */
export function newAcceptToken (grant: Pick<Grant, 'integration_type'>, { sandbox }: Context): string | null {
  return needsAccount(grant) ? sandbox.ids.secret() + sandbox.ids.secret() : null
}

function hasKey ({ grant_id: id }: Grant, { sandbox }: Context): boolean {
  return sandbox.licenseKeys.ofGrant(id) !== undefined
}

function setDisabled ({ grant_id: id }: Grant, disabled: boolean, { sandbox }: Context): void {
  const key = sandbox.licenseKeys.ofGrant(id)
  if (key !== undefined && key.disabled !== disabled) sandbox.licenseKeys.update({ ...key, disabled })
}

function change (action: GrantAction, status: GrantStatus, grant: Grant, changes: Partial<Grant>, context: Context): void {
  const { events } = grantStates.transition(action, grant, context, status)
  // The changes contain neither the type nor the config, so they still match.
  const changed = { ...grant, ...changes, status, updated_at: context.now } as Grant
  context.sandbox.grants.update(changed)
  emitAll(events, grant.grant_id, grant, context)
  context.sandbox.effects.grantChanged(changed, grant.status, context)
}
