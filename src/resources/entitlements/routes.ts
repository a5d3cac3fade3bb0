/** Handlers of the operations under /entitlements, except those on grants. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { mirrorOnProduct } from './attachments.js'
import type { DigitalFilesConfig } from './config.js'
import { addFile } from './files.js'
import {
  changedEntitlement, checkFileCanGo, checkUploadedFile, decideEntitlement, findEntitlement, findFilesEntitlement
} from './rules.js'
import { entitlementResponse } from './view.js'

export const entitlementHandlers = {
  'POST /entitlements': ({ body, context }) => {
    const entitlement = decideEntitlement(body, context)
    context.sandbox.entitlements.insert(entitlement)
    return entitlementResponse(entitlement, context)
  },

  'GET /entitlements': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    const items = context.sandbox.entitlements.list(filter, limit, offset)
    return { items: items.map(entitlement => entitlementResponse(entitlement, context)) }
  },

  'GET /entitlements/{id}': ({ path, context }) => entitlementResponse(findEntitlement(path.id, context), context),

  'PATCH /entitlements/{id}': ({ path, body, context }) => {
    const entitlement = changedEntitlement(findEntitlement(path.id, context), body, context)
    context.sandbox.entitlements.update(entitlement)
    mirrorOnProduct(entitlement, context)
    return entitlementResponse(entitlement, context)
  },

  'DELETE /entitlements/{id}': ({ path, context }) => {
    const { entitlements } = context.sandbox
    const entitlement = { ...findEntitlement(path.id, context), updated_at: context.now, deleted_at: context.now }
    entitlements.update(entitlement)
    mirrorOnProduct(entitlement, context)
    entitlements.detach(entitlement.entitlement_id)
    return undefined
  },

  'POST /entitlements/{id}/files': ({ path, body, context }) => {
    const { sandbox, now } = context
    const entitlement = findFilesEntitlement(path.id, context)
    const file = checkUploadedFile(entitlement, body)
    return { file_id: addFile(entitlement, file, sandbox.ids.chosen('df') ?? sandbox.ids.next('df', now), context) }
  },

  'DELETE /entitlements/{id}/files/{file_id}': ({ path, context }) => {
    const { sandbox, now } = context
    const entitlement = findFilesEntitlement(path.id, context)
    const { file_id: fileId } = path
    checkFileCanGo(entitlement, fileId, context)
    const changed = { ...entitlement, config: withoutFile(entitlement.config, fileId), updated_at: now }
    sandbox.entitlements.update(changed)
    mirrorOnProduct(changed, context)
    if (!sandbox.entitlements.showsFile(fileId)) sandbox.uploads.remove(fileId)
    return undefined
  }
} satisfies Handlers

function withoutFile (config: DigitalFilesConfig, fileId: string): DigitalFilesConfig {
  const without = (ids: string[]) => ids.filter(id => id !== fileId)
  return { ...config, digital_file_ids: without(config.digital_file_ids), legacy_file_ids: without(config.legacy_file_ids) }
}
