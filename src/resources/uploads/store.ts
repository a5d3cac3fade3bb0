/** The store of uploaded images and files, and of upload targets. */
import type { Database } from '../../store/database.js'
import type { UploadsRow } from '../../store/rows.gen.js'

/** The kinds of uploads with a target: images, and files of products. */
export type TargetKind = 'image' | 'file'

/** Files of entitlements are uploaded with an API request, without a target. */
export type UploadKind = TargetKind | 'digital_file'

/** An upload without its bytes. */
export type Upload = Omit<UploadsRow, 'seq' | 'kind' | 'is_direct' | 'content'> & { kind: UploadKind, is_direct: boolean }

export interface UploadsStore {
  /** Adds a target and removes those that have expired at `now`. */
  insertTarget (target: NewTarget, now: number): void
  /** Adds a file with its bytes. */
  insertFile (file: Pick<Upload, 'upload_id' | 'owner_id' | 'file_name' | 'content_type'>, content: Uint8Array): void
  remove (uploadId: string): void
  find (uploadId: string): Upload | undefined
  /** Finds an unused target, which may have expired. */
  findBySecret (secret: string): Upload | undefined
  /** Stores the bytes of a target, which can then no longer be used. */
  fill (uploadId: string, contentType: string, content: Buffer): void
  /** The bytes, or undefined if nothing was uploaded. */
  content (uploadId: string): Buffer | undefined
}

export type NewTarget = Omit<Upload, 'kind' | 'secret' | 'content_type' | 'size'> & { kind: TargetKind, secret: string }

const COLUMNS = 'upload_id, kind, owner_id, is_direct, file_name, secret, expires_at, content_type, size'

type Row = Omit<UploadsRow, 'seq' | 'content'>

export function uploadsStore (database: Database): UploadsStore {
  const insert = database.prepare(
    'INSERT INTO uploads (upload_id, kind, owner_id, is_direct, file_name, secret, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)')
  const insertFile = database.prepare(`INSERT INTO uploads
    (upload_id, kind, owner_id, is_direct, file_name, expires_at, content_type, size, content)
    VALUES (?, 'digital_file', ?, 0, ?, 0, ?, ?, ?)`)
  const remove = database.prepare('DELETE FROM uploads WHERE upload_id = ?')
  const dropExpired = database.prepare('DELETE FROM uploads WHERE secret IS NOT NULL AND expires_at <= ?')
  const find = database.prepare<[string], Row>(`SELECT ${COLUMNS} FROM uploads WHERE upload_id = ?`)
  const findBySecret = database.prepare<[string], Row>(`SELECT ${COLUMNS} FROM uploads WHERE secret = ?`)
  const fill = database.prepare(
    'UPDATE uploads SET content_type = ?, size = ?, content = ?, secret = NULL WHERE upload_id = ?')
  const content = database.prepare<[string], Buffer | null>('SELECT content FROM uploads WHERE upload_id = ?').pluck()

  return {
    insertTarget ({ upload_id: id, kind, owner_id: owner, is_direct: isDirect, file_name: name, secret, expires_at: end }, now) {
      dropExpired.run(now)
      insert.run(id, kind, owner, Number(isDirect), name, secret, end)
    },
    insertFile ({ upload_id: id, owner_id: owner, file_name: name, content_type: type }, content) {
      insertFile.run(id, owner, name, type, content.length, content)
    },
    remove: uploadId => { remove.run(uploadId) },
    find: uploadId => read(find.get(uploadId)),
    findBySecret: secret => read(findBySecret.get(secret)),
    fill: (uploadId, contentType, bytes) => { fill.run(contentType, bytes.length, bytes, uploadId) },
    content: uploadId => content.get(uploadId) ?? undefined
  }
}

function read (row: Row | undefined): Upload | undefined {
  return row && { ...row, kind: row.kind as UploadKind, is_direct: row.is_direct === 1 }
}
