/**
 * What was read from the database and can't have changed since, because this process is the only one that writes to it. A
 * catalog is
 * read with every payment and hardly ever written; remembering it spares each payment a good part of its time.
 */

export interface Memo<Value> {
  /** The remembered value of a key, or what `read` gives. That something does not exist is not remembered. */
  get (key: string, read: () => Value | undefined): Value | undefined
  /** Forgets one key, whose row is about to change. */
  forget (key: string): void
  clear (): void
}

const ENTRIES_MAX = 10_000

export function createMemo<Value extends object> (): Memo<Readonly<Value>> {
  const values = new Map<string, Readonly<Value>>()
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
    clear: () => { values.clear() }
  }
}
