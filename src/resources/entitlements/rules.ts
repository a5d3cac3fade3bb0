/** The rules of entitlements and their attachment to products. Writes nothing. */
import type { Schemas, UploadedFile } from '../../contract/operations.js'
import { ApiError, doesNotExist, invalid, notFound } from '../../errors.js'
import { firstRepeated } from '../../rules/lists.js'
import { checkMetadata } from '../../rules/metadata.js'
import { DESCRIPTION_MAX, checkLength } from '../../rules/text.js'
import type { Context } from '../../sandbox/sandbox.js'
import { readConfig, type IntegrationType, type TypedConfig } from './config.js'
import type { Entitlement } from './store.js'

const NAME_MAX = 255
const PER_PRODUCT_MAX = 50

/** Throws NOT_FOUND, also for a deleted entitlement. */
export function findEntitlement (entitlementId: string, { sandbox }: Context): Entitlement {
  const entitlement = sandbox.entitlements.find(entitlementId)
  if (entitlement === undefined || entitlement.deleted_at !== null) throw notFound('entitlement', entitlementId, 'id')
  return entitlement
}

export function decideEntitlement (body: Schemas['CreateEntitlementRequest'], context: Context): Entitlement {
  const { sandbox, now } = context
  checkTexts(body)
  const typed = typedConfig(body.integration_type, body.integration_config, null)
  checkFiles(typed, context)
  return {
    entitlement_id: sandbox.ids.chosen('ent') ?? sandbox.ids.next('ent', now),
    name: body.name.trim(),
    description: body.description ?? null,
    ...typed,
    metadata: body.metadata ?? {},
    own_product_id: null,
    created_at: now,
    updated_at: now,
    deleted_at: null
  }
}

/** Returns the changed entitlement. Fields that are absent or null stay as they are; the config is replaced as a whole. */
export function changedEntitlement (
  entitlement: Entitlement, body: Schemas['PatchEntitlementRequest'], context: Context
): Entitlement {
  checkTexts(body)
  const { integration_type: type, config } = entitlement
  const typed = body.integration_config == null
    ? { integration_type: type, config } as TypedConfig
    : typedConfig(type, body.integration_config, config)
  checkFiles(typed, context)
  return {
    ...entitlement,
    ...typed,
    name: body.name?.trim() ?? entitlement.name,
    description: body.description ?? entitlement.description,
    metadata: body.metadata ?? entitlement.metadata,
    updated_at: context.now
  }
}

function checkTexts ({ name, description, metadata }: Schemas['PatchEntitlementRequest']): void {
  if (name?.trim() === '') throw invalid('name', 'name must not be empty')
  checkLength('name', name, NAME_MAX)
  checkLength('description', description, DESCRIPTION_MAX)
  checkMetadata(metadata ?? {})
}

function typedConfig (
  type: IntegrationType, given: Schemas['IntegrationConfig'], before: Entitlement['config'] | null
): TypedConfig {
  // The type and the config come from the same entitlement, so they match.
  return { integration_type: type, config: readConfig(type, given, before as never) } as TypedConfig
}

/** Throws INVALID_REQUEST_PARAMETERS for a file that was not uploaded. */
function checkFiles (typed: TypedConfig, { sandbox }: Context): void {
  if (typed.integration_type !== 'digital_files') return
  const { digital_file_ids: ids, legacy_file_ids: legacy } = typed.config
  for (const [index, id] of ids.entries()) {
    if (sandbox.uploads.find(id)?.kind === 'digital_file') continue
    throw doesNotExist('File', id, `integration_config.digital_file_ids[${index}]`)
  }
  for (const [index, id] of legacy.entries()) {
    const file = sandbox.uploads.find(id)
    if (file?.kind === 'file' && file.secret === null) continue
    throw doesNotExist('File', id, `integration_config.legacy_file_ids[${index}]`)
  }
}

/** Checks the entitlements that a request attaches to a product. */
export function checkAttachments (
  given: Schemas['AttachProductEntitlementRequest'][] | null | undefined, context: Context
): void {
  if (given == null) return
  if (given.length > PER_PRODUCT_MAX) {
    throw invalid('entitlements', `entitlements must have at most ${PER_PRODUCT_MAX} entries, not ${given.length}`)
  }
  const ids = given.map(({ entitlement_id: id }) => id)
  const twice = firstRepeated(ids)
  if (twice >= 0) throw invalid(`entitlements[${twice}].entitlement_id`, `${ids[twice]} appears twice in entitlements`)
  for (const [index, id] of ids.entries()) {
    const entitlement = context.sandbox.entitlements.find(id)
    if (entitlement === undefined || entitlement.deleted_at !== null) {
      throw doesNotExist('Entitlement', id, `entitlements[${index}].entitlement_id`)
    }
  }
}

const FILE_NAME_MAX = 255
const FILES_MAX = 100

/** The size limit of an entitlement's files in bytes. The real service accepts 500 MiB. */
export const FILE_MAX_BYTES = 50 * 1024 * 1024

export type FilesEntitlement = Entitlement & { integration_type: 'digital_files' }

/** Finds a digital_files entitlement. Throws NOT_FOUND, or INVALID_REQUEST_PARAMETERS if it is of another type. */
export function findFilesEntitlement (entitlementId: string, context: Context): FilesEntitlement {
  const entitlement = findEntitlement(entitlementId, context)
  if (entitlement.integration_type === 'digital_files') return entitlement
  throw invalid('id', `Entitlement ${entitlementId} is of type ${entitlement.integration_type}: only digital_files has files`)
}

/** Returns the file of a request. Throws if it is missing, empty or too large, or if its name is too long. */
export function checkUploadedFile ({ config }: FilesEntitlement, file: UploadedFile | undefined): UploadedFile {
  if (file === undefined) {
    throw new ApiError('INVALID_REQUEST_BODY', {
      because: 'send the file as multipart/form-data, in a part named file: with the official client, { body: formData }'
    })
  }
  if (file.bytes.length === 0) throw new ApiError('INVALID_REQUEST_BODY', { because: 'the file is empty: send its bytes' })
  if (file.bytes.length > FILE_MAX_BYTES) {
    throw new ApiError('REQUEST_BODY_TOO_LARGE', { because: 'files can have up to 50 MiB; 500 MiB in the real service' })
  }
  checkLength('filename', file.fileName, FILE_NAME_MAX)
  if (config.digital_file_ids.length >= FILES_MAX) throw invalid('id', `An entitlement has at most ${FILES_MAX} files`)
  return file
}

/** Throws NOT_FOUND if the entitlement does not have the file, and FILE_IN_USE if a customer has it. */
export function checkFileCanGo ({ entitlement_id: id, config }: FilesEntitlement, fileId: string, { sandbox }: Context): void {
  if (![...config.digital_file_ids, ...config.legacy_file_ids].includes(fileId)) {
    throw new ApiError('NOT_FOUND', { path: 'file_id', because: `entitlement ${id} has no file ${fileId}` })
  }
  if (!sandbox.grants.showsFile(fileId)) return
  throw new ApiError('FILE_IN_USE', { path: 'file_id', because: 'revoke the grants that contain it first' })
}
