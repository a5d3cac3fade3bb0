/** The commands `grants`, which act on grants as a customer, a platform or the merchant, and `license-keys`. */
import type { Command } from 'commander'
import type { Schemas } from '../contract/operations.js'
import { nonEmpty } from '../config/values.js'
import { GRANT_STATUSES, INTEGRATION_TYPES, REVOCATION_REASONS } from '../rules/entitlements.js'
import { argument, identifier, limitOption, oneOf, option } from './arguments.js'
import { printLatest, type Latest } from './ask.js'
import { print } from './outcomes.js'
import type { TargetFlags } from './target.js'
import type { Tools } from './tools.js'

type Grant = Required<Schemas['EntitlementGrantResponse']>
type LicenseKey = Required<Schemas['LicenseKeyResponse']>

interface GrantsFlags extends TargetFlags, Latest {
  status?: string
  type?: string
  customer?: string
  payment?: string
  subscription?: string
}

interface ActionFlags extends TargetFlags {
  account?: string
  key?: string
  errorCode?: string
  errorMessage?: string
  reason?: string
}

const FILTER_NAMES = {
  status: '--status',
  integration_type: '--type',
  customer_id: '--customer',
  payment_id: '--payment',
  subscription_id: '--subscription'
}
const NAMES = {
  account: '--account',
  key: '--key',
  error_code: '--error-code',
  error_message: '--error-message',
  reason: '--reason'
}

export function addGrants (_program: Command, { client, group, byDefault, targetOf, show }: Tools): void {
  const grants = group('grants', 'what customers received: licence keys, files, features and access to platforms')

  byDefault(client(grants, 'list', 'list the latest grants')
    .addOption(option('--status <status>', 'Pending, Delivered, Failed or Revoked', oneOf(...GRANT_STATUSES)))
    .addOption(option('--type <type>', 'type of the entitlement, such as license_key or github', oneOf(...INTEGRATION_TYPES)))
    .addOption(option('--customer <customer_id>', 'only of this customer', identifier))
    .addOption(option('--payment <payment_id>', 'only of this payment', identifier))
    .addOption(option('--subscription <subscription_id>', 'only of this subscription', identifier))
    .addOption(limitOption())
    .action(({ status, type, customer, payment, subscription, limit, ...flags }: GrantsFlags) => {
      const ids = { customer_id: customer, payment_id: payment, subscription_id: subscription }
      const filters = { ...ids, status, integration_type: type }
      return printLatest(targetOf(flags), '/_emulator/grants', { filters, names: FILTER_NAMES }, { limit, show }, grantLine)
    }))

  const action = (name: string, about: string) =>
    client(grants, name, about).addArgument(argument('<grant_id>', 'the grant', identifier))
  const act = (name: string, read: (flags: ActionFlags) => object) => (id: string, flags: ActionFlags) =>
    print(targetOf(flags), `grants/${encodeURIComponent(id)}/${name}`, { body: read(flags), names: NAMES })

  action('accept', "connect the customer's account, as on the accept page")
    .addOption(option('--account <name>', 'name of the account (default: customer)', nonEmpty))
    .action(act('accept', ({ account }) => ({ account })))
  action('deliver', 'deliver a grant that is Pending or Failed')
    .addOption(option('--key <text>', 'text of the licence key (default: a random key)', nonEmpty))
    .action(act('deliver', ({ key }) => ({ key })))
  action('fail', 'fail a Pending grant')
    .addOption(option('--error-code <code>', 'reason (default: platform_error)', nonEmpty))
    .addOption(option('--error-message <text>', 'message for the customer', nonEmpty))
    .action(act('fail', ({ errorCode, errorMessage }) => ({ error_code: errorCode, error_message: errorMessage })))
  action('revoke', 'revoke a grant')
    .addOption(option('--reason <reason>', `${REVOCATION_REASONS.join(', ')} (default: platform_external)`,
      oneOf(...REVOCATION_REASONS)))
    .action(act('revoke', ({ reason }) => ({ reason })))
  action('restore', 'restore a Revoked grant')
    .action((id: string, flags: TargetFlags) =>
      print(targetOf(flags), `grants/${encodeURIComponent(id)}/restore`, { method: 'POST' }))
}

/** `entg_…  github  cus_…  Pending`, and the reason of a failure or a revocation. */
function grantLine (grant: Grant): string {
  const { id, integration_type: type, customer_id: customerId, status, error_code: code, revocation_reason: reason } = grant
  const why = code ?? reason
  return [id, type, customerId, status, ...(why === null ? [] : [why])].join('  ')
}

interface KeysFlags extends TargetFlags, Latest {
  search?: string
  status?: string
  customer?: string
}

export function addLicenseKeys (_program: Command, { client, group, byDefault, targetOf, show }: Tools): void {
  const keys = group('license-keys', 'licence keys of customers')

  byDefault(client(keys, 'list', 'list the latest licence keys')
    .addOption(option('--search <text>', 'only keys that contain this text', nonEmpty))
    .addOption(option('--status <status>', 'active, expired or disabled', oneOf('active', 'expired', 'disabled')))
    .addOption(option('--customer <customer_id>', 'only of this customer', identifier))
    .addOption(limitOption())
    .action(({ search, status, customer, limit, ...flags }: KeysFlags) => {
      const filters = { search, status, customer_id: customer }
      const names = { search: '--search', status: '--status', customer_id: '--customer' }
      return printLatest(targetOf(flags), '/_emulator/license_keys', { filters, names }, { limit, show }, keyLine)
    }))

  for (const [name, about] of [
    ['expire', 'expire a licence key now, without moving the clock'],
    ['disable', 'disable a licence key, which revokes its grant'],
    ['enable', 'enable a disabled licence key']
  ] as const) {
    client(keys, name, about)
      .addArgument(argument('<license_key_id>', 'the licence key (lic_…)', identifier))
      .action((id: string, flags: TargetFlags) =>
        print(targetOf(flags), `license_keys/${encodeURIComponent(id)}/${name}`, { method: 'POST' }))
  }
}

/** `lic_…  1b4e28ba-…  active  cus_…  1 of 3` */
function keyLine (key: LicenseKey): string {
  const { id, key: text, status, customer_id: customerId, instances_count: count, activations_limit: limit } = key
  return [id, text, status, customerId, limit === null ? String(count) : `${count} of ${limit}`].join('  ')
}
