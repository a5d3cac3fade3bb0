/** Adds a file to an entitlement. */
import type { UploadedFile } from '../../contract/operations.js'
import { mediaType } from '../../rules/media.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { FilesEntitlement } from './rules.js'

/** Stores a checked file and attaches it. Returns its id. */
export function addFile (
  entitlement: FilesEntitlement, { fileName, contentType, bytes }: UploadedFile, fileId: string, { sandbox, now }: Context
): string {
  const { entitlement_id: ownerId, config } = entitlement
  const type = mediaType(contentType === '' ? undefined : contentType, Buffer.from(bytes))
  sandbox.uploads.insertFile({ upload_id: fileId, owner_id: ownerId, file_name: fileName || fileId, content_type: type }, bytes)
  const ids = [...config.digital_file_ids, fileId]
  sandbox.entitlements.update({ ...entitlement, config: { ...config, digital_file_ids: ids }, updated_at: now })
  return fileId
}
