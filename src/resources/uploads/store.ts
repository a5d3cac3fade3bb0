/** The images and files that a sandbox holds, and the targets that wait for some. */
import type { Database } from '../../store/database.js'
import type { UploadsRow } from '../../store/rows.gen.js'

/** What has a target to upload to: an image, or a file of a product. */
export type TargetKind = 'image' | 'file'

/** Files of entitlements come with a request of the API. */
export type UploadKind = TargetKind | 'digital_file'

/** An upload without its bytes, which may be many. */
export type Upload = Omit<UploadsRow, 'seq' | 'kind' | 'is_direct' | 'content'> & { kind: UploadKind, is_direct: boolean }

export interface UploadsStore {
  /** Adds a target, and drops those whose time has passed by `now`. */
  insertTarget (target: NewTarget, now: number): void
  /** Adds a file that came with its bytes. */
  insertFile (file: Pick<Upload, 'upload_id' | 'owner_id' | 'file_name' | 'content_type'>, content: Uint8Array): void
  remove (uploadId: string): void
  find (uploadId: string): Upload | undefined
  /** The target of a URL that was not used yet; its time may have passed. */
  findBySecret (secret: string): Upload | undefined
  /** Ends the target of an upload. */
  fill (uploadId: string, contentType: string, content: Buffer): void
  /** The bytes; undefined where nothing was uploaded. */
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
