/**
 * The entitlements of a product: those of a request, and those that represent the deprecated fields of the product:
 * `license_key_enabled` creates a license_key entitlement, and `digital_product_delivery` one for files, unless the request
 * attaches an entitlement of that type.
 */
import type { Schemas } from '../../contract/operations.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Product } from '../products/store.js'
import type { DigitalFilesConfig, LicenseKeyConfig, TypedConfig } from './config.js'
import type { Entitlement } from './store.js'

type Given = Schemas['AttachProductEntitlementRequest'][] | null | undefined

/** The fields of a request that affect the attachments of a product. */
interface AttachmentRequest {
  /** Replaces the list. Absent or null keeps it. */
  entitlements?: Given
  license_key_enabled?: boolean | null
}

const OWN_TYPES = ['license_key', 'digital_files'] as const

type OwnType = typeof OWN_TYPES[number]

/**
 * Whether a product issues keys by its own fields after a request: as the request says or, if it does not, whether its list
 * contains the product's own entitlement.
 */
export function issuesOwnKeys (
  product: Product, { entitlements, license_key_enabled: enabled }: AttachmentRequest, context: Context
): boolean {
  if (enabled != null) return enabled
  if (entitlements == null || !product.license_key_enabled) return product.license_key_enabled
  const own = context.sandbox.entitlements.findOwn(product.product_id, 'license_key')
  return entitlements.some(({ entitlement_id: id }) => id === own?.entitlement_id)
}

/** Writes the attachments of a stored product. */
export function attachEntitlements (product: Product, given: Given, context: Context): void {
  const { entitlements } = context.sandbox
  const current = entitlements.ofProduct(product.product_id)
  const named = given == null ? current : given.flatMap(({ entitlement_id: id }) => entitlements.find(id) ?? [])
  const isOwn = (entitlement: Entitlement) => entitlement.own_product_id === product.product_id
  const foreign = named.filter(entitlement => !isOwn(entitlement))
  const own = OWN_TYPES.flatMap(type => {
    const typed = ownConfig(type, product)
    if (typed === null || foreign.some(({ integration_type: other }) => other === type)) return []
    return [writeOwn(typed, product, context)]
  })
  const ids = [...foreign, ...own].map(({ entitlement_id: id }) => id)
  const before = current.map(({ entitlement_id: id }) => id)
  if (ids.join() !== before.join()) entitlements.attach(product.product_id, ids)
}

/** The entitlements of a product. Creates those that represent its own fields if a fixtures file omitted them. */
export function entitlementsOf (product: Product, context: Context): readonly Entitlement[] {
  const { entitlements } = context.sandbox
  const attached = entitlements.ofProduct(product.product_id)
  const lacks = (type: OwnType) => !attached.some(({ integration_type: other }) => other === type)
  const isIncomplete = OWN_TYPES.some(type => ownConfig(type, product) !== null && lacks(type))
  if (isIncomplete) attachEntitlements(product, null, context)
  return isIncomplete ? entitlements.ofProduct(product.product_id) : attached
}

/** The config of the entitlement that represents fields of a product, or null if the fields are not in use. */
function ownConfig (type: OwnType, product: Product): TypedConfig & { integration_type: OwnType } | null {
  if (type === 'license_key') {
    return product.license_key_enabled ? { integration_type: type, config: licenseKeyConfig(product) } : null
  }
  const { digital_delivery: delivery } = product
  if (delivery === null) return null
  const config: DigitalFilesConfig = {
    digital_file_ids: [],
    legacy_file_ids: delivery.files,
    external_url: delivery.external_url,
    instructions: delivery.instructions
  }
  return { integration_type: type, config }
}

function licenseKeyConfig (product: Product): LicenseKeyConfig {
  return {
    activation_message: product.license_key_activation_message,
    activations_limit: product.license_key_activations_limit,
    duration_count: product.license_key_duration?.count ?? null,
    duration_interval: product.license_key_duration?.interval ?? null,
    fulfillment_mode: 'auto'
  }
}

/** Applies a change or the deletion of an entitlement to the fields of the product that it represents. */
export function mirrorOnProduct (entitlement: Entitlement, { sandbox, now }: Context): void {
  const { own_product_id: productId } = entitlement
  const product = productId === null ? undefined : sandbox.products.find(productId)
  if (product === undefined) return
  const isLive = entitlement.deleted_at === null
  if (entitlement.integration_type === 'license_key') {
    const { config } = entitlement
    sandbox.products.update({
      ...product,
      updated_at: now,
      license_key_enabled: isLive,
      license_key_activations_limit: config.activations_limit,
      license_key_activation_message: config.activation_message,
      license_key_duration: config.duration_count === null || config.duration_interval === null
        ? null
        : { count: config.duration_count, interval: config.duration_interval }
    })
  }
  if (entitlement.integration_type === 'digital_files') {
    const { legacy_file_ids: files, external_url: url, instructions } = entitlement.config
    const delivery = isLive ? { files, external_url: url, instructions } : null
    sandbox.products.update({ ...product, updated_at: now, digital_delivery: delivery })
  }
}

const OWN_NAMES: Record<OwnType, string> = { license_key: 'Licence key', digital_files: 'Files' }

function writeOwn (typed: TypedConfig & { integration_type: OwnType }, product: Product, { sandbox, now }: Context): Entitlement {
  const { product_id: productId } = product
  const known = sandbox.entitlements.findOwn(productId, typed.integration_type)
  const name = `${OWN_NAMES[typed.integration_type]}: ${product.name ?? productId}`
  const namesake = `ent_${productId.replace(/^pdt_/, '')}` // the same in every sandbox with the same fixtures
  if (known === undefined) {
    const made: Entitlement = {
      entitlement_id: sandbox.entitlements.find(namesake) === undefined ? namesake : sandbox.ids.next('ent', now),
      name,
      description: null,
      ...typed,
      metadata: {},
      own_product_id: productId,
      created_at: now,
      updated_at: now,
      deleted_at: null
    }
    sandbox.entitlements.insert(made)
    return made
  }
  const isSame = known.deleted_at === null && JSON.stringify(known.config) === JSON.stringify(typed.config)
  if (isSame) return known
  const changed: Entitlement = { ...known, ...typed, updated_at: now, deleted_at: null }
  sandbox.entitlements.update(changed)
  return changed
}
