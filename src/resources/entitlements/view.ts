/** Entitlements in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { downloadableFile } from '../uploads/downloads.js'
import type { DigitalFilesConfig } from './config.js'
import type { Entitlement } from './store.js'

export function entitlementResponse (
  entitlement: Entitlement, context: Context
): Required<Schemas['EntitlementResponse']> {
  return {
    ...common(entitlement, context),
    business_id: context.sandbox.business.business_id,
    is_active: entitlement.deleted_at === null,
    metadata: entitlement.metadata,
    created_at: formatTime(entitlement.created_at),
    updated_at: formatTime(entitlement.updated_at)
  }
}

/** An entitlement in a product. */
export function entitlementSummary (
  entitlement: Entitlement, context: Context
): Required<Schemas['ProductEntitlementSummary']> {
  return common(entitlement, context)
}

function common (entitlement: Entitlement, context: Context) {
  return {
    id: entitlement.entitlement_id,
    integration_type: entitlement.integration_type,
    name: entitlement.name,
    description: entitlement.description,
    integration_config: configResponse(entitlement, context)
  }
}

function configResponse (entitlement: Entitlement, context: Context): Schemas['IntegrationConfigResponse'] {
  if (entitlement.integration_type !== 'digital_files') return entitlement.config
  return { digital_files: deliveredFiles(entitlement.config, '', context) }
}

/** The files of a config with new download URLs for a grant. `grantId` is empty for the merchant. */
export function deliveredFiles (
  config: DigitalFilesConfig, grantId: string, context: Context
): Required<Schemas['DigitalProductDelivery']> {
  const ids = [...config.digital_file_ids, ...config.legacy_file_ids]
  return {
    files: ids.map(fileId => downloadableFile(fileId, grantId, context)),
    external_url: config.external_url,
    instructions: config.instructions
  }
}
