/** Stores the business of a sandbox. Each sandbox has exactly one. */
import type { Database } from './database.js'
import type { BusinessRow } from './rows.gen.js'

export interface BusinessStore {
  read (): BusinessRow
  insert (business: BusinessRow): void
  /** Sets the salt that link ids are scrambled with (rules/links). */
  setLinkSalt (salt: number): void
}

export function businessStore (database: Database): BusinessStore {
  const read = database.prepare<[], BusinessRow>('SELECT * FROM business')
  const insert = database.prepare('INSERT INTO business (business_id, name, currency, link_salt, country) VALUES (?, ?, ?, ?, ?)')
  const setLinkSalt = database.prepare('UPDATE business SET link_salt = ?')
  return {
    read () {
      const business = read.get()
      if (business === undefined) throw new Error('the database holds no business')
      return business
    },
    insert: ({ business_id: id, name, currency, link_salt: salt, country }) => { insert.run(id, name, currency, salt, country) },
    setLinkSalt: salt => { setLinkSalt.run(salt) }
  }
}
