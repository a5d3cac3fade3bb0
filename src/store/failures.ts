/** Tells failures of the storage from errors in statements and from values that break a constraint. */

const OF_THE_STORAGE = /^SQLITE_(?:FULL|IOERR|NOMEM|READONLY|BUSY|LOCKED|CORRUPT|CANTOPEN|NOTADB|PROTOCOL|INTERRUPT|NOLFS)/

/** Whether an error says that the database can't be used at the moment, whatever is done with it. */
export function isStorageFailure (error: unknown): boolean {
  return error instanceof Error && 'code' in error && OF_THE_STORAGE.test(String(error.code))
}
