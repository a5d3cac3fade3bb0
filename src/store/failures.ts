/** What keeps a database from being read or written, in words for a caller, who learns no path of this computer. */

/** A failure that SQLite does not tell: a file that is gone, that was found to be damaged, or that could not be opened. */
export class StorageError extends Error {
  /** As in `the disk is full`. */
  readonly reason: string

  /** `about` names what is concerned, without a path. */
  constructor (reason: string, { about, cause }: { about?: string, cause?: unknown } = {}) {
    super(about === undefined ? reason : `${about}: ${reason}`, { cause })
    this.reason = reason
  }
}

/** By SQLite's primary error code. What is missing here is a fault of the emulator. */
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

/** Codes of Node.js, from files beside a database and its folder. */
const SYSTEM_REASONS: Record<string, string> = {
  EMFILE: 'this process may not open more files',
  ENFILE: 'this computer may not open more files',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied'
}

/** Why a database can't be used, as in `the disk is full`; null for an error of another kind. */
export function storageReason (error: unknown): string | null {
  if (error instanceof StorageError) return error.reason
  if (!(error instanceof Error)) return null
  const code = String((error as NodeJS.ErrnoException).code ?? '')
  const [library, primary = ''] = code.split('_')
  return (library === 'SQLITE' ? REASONS[primary] : SYSTEM_REASONS[code]) ?? null
}

/** Whether an error says that the database can't be used at the moment, whatever is done with it. */
export function isStorageFailure (error: unknown): boolean {
  return storageReason(error) !== null
}
