/**
 * Caches rows of a database that only this process writes to. Every payment reads the catalog, which rarely changes; caching it
 * saves a good part of a payment's time.
 *
 * A cache belongs to its database. `clearCaches` clears all caches of a database after a rollback or a restore.
 */
import type { Database } from './database.js'

export interface Cache<Value> {
  /** The cached value of a key, or the result of `read`, which is cached unless it is undefined. */
  get (key: string, read: () => Value | undefined): Value | undefined
  /** Removes one key. Call it before its row changes. */
  forget (key: string): void
  clear (): void
}

const ENTRIES_MAX = 10_000

/** The functions that clear the caches of each database. */
const caches = new WeakMap<Database, Array<() => void>>()

/** Creates a cache of up to 10,000 values by key. */
export function createCache<Value extends object> (database: Database): Cache<Readonly<Value>> {
  const values = new Map<string, Readonly<Value>>()
  const clear = () => { values.clear() }
  register(database, clear)
  return {
    get (key, read) {
      const known = values.get(key)
      if (known !== undefined) return known
      const value = read()
      if (value === undefined) return undefined
      if (values.size >= ENTRIES_MAX) values.clear()
      values.set(key, value)
      return value
    },
    forget: key => { values.delete(key) },
    clear
  }
}

/** Creates a cache of one value, such as a short list. `get` reads it once until `clear` is called. */
export function createSingle<Value extends object> (database: Database, read: () => Value): { get (): Value, clear (): void } {
  let value: Value | undefined
  const clear = () => { value = undefined }
  register(database, clear)
  return { get: () => (value ??= read()), clear }
}

/** Clears every cache of a database. */
export function clearCaches (database: Database): void {
  for (const clear of caches.get(database) ?? []) clear()
}

function register (database: Database, clear: () => void): void {
  const registered = caches.get(database)
  if (registered === undefined) caches.set(database, [clear])
  else registered.push(clear)
}
