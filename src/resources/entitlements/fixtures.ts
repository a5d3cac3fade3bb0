/** Entitlements of a fixtures file, with their files. */
import { invalid } from '../../errors.js'
import type { FixturesItems } from '../../fixtures/document.js'
import { creationAndChange, type DataList, type DataPart, type FixturesParts } from '../../fixtures/part.js'
import type { Context } from '../../sandbox/sandbox.js'
import { addFile } from './files.js'
import { checkUploadedFile, decideEntitlement, findFilesEntitlement } from './rules.js'

const files: DataList<FixturesItems['EntitlementFile']> = {
  what: 'file',
  id: { field: 'file_id', isTaken: (id, { uploads }) => uploads.find(id) !== undefined },
  insert (item, context, entitlementId) {
    const entitlement = findFilesEntitlement(entitlementId, context)
    const file = { fileName: item.filename, contentType: item.content_type ?? '', bytes: bytesOf(item) }
    const id = item.file_id ?? newFileId(context)
    return addFile(entitlement, checkUploadedFile(entitlement, file), id, { ...context, now: entitlement.updated_at })
  }
}

function newFileId ({ sandbox, now }: Context): string {
  return sandbox.ids.next('df', now)
}

function bytesOf ({ filename, content, content_base64: encoded }: FixturesItems['EntitlementFile']): Uint8Array {
  if (encoded === undefined) return Buffer.from(content ?? `This is ${filename}, a file of the emulator.\n`)
  if (content !== undefined) throw invalid('content_base64', 'content_base64 replaces content: use one of them')
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.toString('base64').replaceAll('=', '') === encoded.replace(/[\s=]+/g, '')) return bytes
  throw invalid('content_base64', 'content_base64 must be valid Base64')
}

const entitlements: DataPart<FixturesItems['Entitlement']> = {
  what: 'entitlement',
  rank: 27,
  isInPackage: true,
  id: { field: 'id', isTaken: (id, { entitlements }) => entitlements.find(id) !== undefined },
  references: ['entitlement_id'],
  inside: { files },
  insert (item, context) {
    const decided = decideEntitlement(item, context)
    if ((item.files ?? []).length > 0 && decided.integration_type !== 'digital_files') {
      throw invalid('files', `files belong to digital_files entitlements, not to ${decided.integration_type}`)
    }
    const entitlement = {
      ...decided, entitlement_id: item.id ?? decided.entitlement_id, ...creationAndChange(item, context.now)
    }
    context.sandbox.entitlements.insert(entitlement)
    return entitlement.entitlement_id
  }
}

export const fixtures: FixturesParts = { entitlements }
