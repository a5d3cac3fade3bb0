/** Describes storage failures to API callers. The descriptions contain no local paths. */

/** A failure that SQLite does not report: the file is gone, damaged, or could not be opened. */
export class StorageError extends Error {
  /** For example `the disk is full`. */
  readonly reason: string

  /** `about` precedes the reason in the message, which is for logs. */
  constructor (reason: string, { about, cause }: { about?: string, cause?: unknown } = {}) {
    super(about === undefined ? reason : `${about}: ${reason}`, { cause })
    this.reason = reason
  }
}

/** By SQLite's primary error code. Any other code is a bug of the emulator. */
const REASONS: Record<string, string> = {
  FULL: 'the disk is full',
  READONLY: 'the file is read-only',
  PERM: 'the file is read-only',
  CANTOPEN: "the file can't be opened",
  IOERR: "the file can't be read or written",
  CORRUPT: 'the file is damaged',
  NOTADB: 'the file is not an SQLite database',
  BUSY: 'another process is using it',
  LOCKED: 'another process is using it',
  NOMEM: 'there is not enough memory',
  NOLFS: 'the file is too large for the file system',
  PROTOCOL: 'another process is using it',
  INTERRUPT: 'it was interrupted'
}

/** By Node.js error code, for the files next to a database and its folder. */
const SYSTEM_REASONS: Record<string, string> = {
  EMFILE: 'this process may not open more files',
  ENFILE: 'this computer may not open more files',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied'
}

/** The reason of a storage failure, such as `the disk is full`; null for any other error. */
export function storageReason (error: unknown): string | null {
  if (error instanceof StorageError) return error.reason
  if (!(error instanceof Error)) return null
  const code = String((error as NodeJS.ErrnoException).code ?? '')
  const [library, primary = ''] = code.split('_')
  return (library === 'SQLITE' ? REASONS[primary] : SYSTEM_REASONS[code]) ?? null
}

/** Whether an error means that the database can't be used at the moment. */
export function isStorageFailure (error: unknown): boolean {
  return storageReason(error) !== null
}
