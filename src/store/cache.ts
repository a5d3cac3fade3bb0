/**
 * Caches rows of a database that only this process writes to. Every payment reads the catalog, which rarely changes; caching it
 * saves a good part of a payment's time.
 *
 * A cache belongs to its database, and is cleared after a rollback. Indexes stay correct then, and are cleared after a restore.
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

/** The functions that clear the caches, or indexes, of each database. */
type Registry = WeakMap<Database, Array<() => void>>

const caches: Registry = new WeakMap()
const indexes: Registry = new WeakMap()

/** Creates a cache of up to 10,000 values by key. */
export function createCache<Value extends object> (database: Database): Cache<Readonly<Value>> {
  const values = new Map<string, Readonly<Value>>()
  const clear = () => { values.clear() }
  register(caches, database, clear)
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

interface Single<Value> {
  get (): Value
  clear (): void
}

/** Creates a cache of one value, such as a short list. `get` reads it once until `clear` is called. */
export function createSingle<Value extends object> (database: Database, read: () => Value): Single<Value> {
  return single(caches, database, read)
}

/** Creates a cache of one value that takes long to read. Rows that were rolled back may be left in it. */
export function createIndex<Value extends object> (database: Database, read: () => Value): Single<Value> {
  return single(indexes, database, read)
}

function single<Value extends object> (registry: Registry, database: Database, read: () => Value): Single<Value> {
  let value: Value | undefined
  const clear = () => { value = undefined }
  register(registry, database, clear)
  return { get: () => (value ??= read()), clear }
}

/** Clears every cache of a database. */
export function clearCaches (database: Database): void {
  clearAll(caches, database)
}

/** Clears every index of a database. */
export function clearIndexes (database: Database): void {
  clearAll(indexes, database)
}

export interface CacheClearer {
  /** A transaction begins. */
  began (): void
  /** Rows were rolled back, or changed without their stores. */
  changed (): void
  /** The transaction has replaced all rows. */
  replaced (): void
}

/** Clears caches, and indexes too when all rows were replaced or that is rolled back. */
export function cacheClearer (database: Database): CacheClearer {
  let isReplacing = false

  function changed (): void {
    clearCaches(database)
    if (isReplacing) clearIndexes(database)
  }

  return {
    began () { isReplacing = false },
    changed,
    replaced () {
      isReplacing = true
      changed()
    }
  }
}

function clearAll (registry: Registry, database: Database): void {
  for (const clear of registry.get(database) ?? []) clear()
}

function register (registry: Registry, database: Database, clear: () => void): void {
  const registered = registry.get(database)
  if (registered === undefined) registry.set(database, [clear])
  else registered.push(clear)
}
