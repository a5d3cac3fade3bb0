/** The store of addons, which are sold with subscriptions. */
import type { Schemas } from '../../contract/operations.js'
import type { Database } from '../../store/database.js'
import type { AddonsRow } from '../../store/rows.gen.js'

export type Addon = Omit<AddonsRow, 'seq' | 'currency' | 'tax_category'> & {
  currency: Schemas['Currency']
  tax_category: Schemas['TaxCategory']
}

export interface AddonsStore {
  find (addonId: string): Addon | undefined
  insert (addon: Addon): void
  /** Writes every field except the id and `created_at`. */
  update (addon: Addon): void
  /** Newest first. */
  list (limit: number, offset: number): Addon[]
}

const CHANGEABLE = ['name', 'description', 'price', 'currency', 'tax_category', 'image_id', 'updated_at'] as const
const COLUMNS = [...CHANGEABLE, 'addon_id', 'created_at'] as const

export function addonsStore (database: Database): AddonsStore {
  const columns = COLUMNS.join(', ')
  const find = database.prepare<[string], Addon>(`SELECT ${columns} FROM addons WHERE addon_id = ?`)
  const insert = database.prepare(`INSERT INTO addons (${columns}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const update = database.prepare(
    `UPDATE addons SET ${CHANGEABLE.map(column => `${column} = ?`).join(', ')} WHERE addon_id = ?`)
  const list = database.prepare<[number, number], Addon>(
    `SELECT ${columns} FROM addons ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?`)
  return {
    find: addonId => find.get(addonId),
    insert: addon => { insert.run(...COLUMNS.map(column => addon[column])) },
    update: addon => { update.run(...CHANGEABLE.map(column => addon[column]), addon.addon_id) },
    list: (limit, offset) => list.all(limit, offset)
  }
}
