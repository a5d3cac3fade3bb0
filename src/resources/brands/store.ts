/** The store of the business's brands. */
import type { Schemas } from '../../contract/operations.js'
import { createCache } from '../../store/cache.js'
import type { Database } from '../../store/database.js'
import type { BrandsRow } from '../../store/rows.gen.js'

export type Brand = Omit<BrandsRow, 'seq' | 'enabled' | 'verification_enabled' | 'verification_status'> & {
  enabled: boolean
  verification_enabled: boolean
  verification_status: Schemas['BrandVerificationStatus']
}

export interface BrandsStore {
  find (brandId: string): Brand | undefined
  insert (brand: Brand): void
  /** Writes every field except the id. */
  update (brand: Brand): void
  /** Newest first. */
  list (includeArchived: boolean): Brand[]
}

const CHANGEABLE = ['name', 'description', 'statement_descriptor', 'support_email', 'url', 'image_id', 'enabled',
  'verification_enabled', 'verification_status', 'reason_for_hold', 'archived_at'] as const
const COLUMNS = [...CHANGEABLE, 'brand_id'] as const

type Row = Omit<BrandsRow, 'seq'>

export function brandsStore (database: Database): BrandsStore {
  const columns = COLUMNS.join(', ')
  const find = database.prepare<[string], Row>(`SELECT ${columns} FROM brands WHERE brand_id = ?`)
  const known = createCache<Brand>(database) // every e-mail shows the name of its brand
  const insert = database.prepare(`INSERT INTO brands (${columns}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const update = database.prepare(
    `UPDATE brands SET ${CHANGEABLE.map(column => `${column} = ?`).join(', ')} WHERE brand_id = ?`)
  const list = database.prepare<[number], Row>(
    `SELECT ${columns} FROM brands WHERE ? OR archived_at IS NULL ORDER BY seq DESC`)

  return {
    find: brandId => known.get(brandId, () => {
      const row = find.get(brandId)
      return row && read(row)
    }),
    insert: brand => { insert.run(...values(COLUMNS, brand)) },
    update (brand) {
      known.forget(brand.brand_id)
      update.run(...values(CHANGEABLE, brand), brand.brand_id)
    },
    list: includeArchived => list.all(Number(includeArchived)).map(read)
  }
}

function read (row: Row): Brand {
  return {
    ...row,
    enabled: row.enabled === 1,
    verification_enabled: row.verification_enabled === 1,
    verification_status: row.verification_status as Brand['verification_status']
  }
}

function values (columns: readonly (typeof COLUMNS)[number][], brand: Brand): unknown[] {
  return columns.map(column => {
    const value = brand[column]
    return typeof value === 'boolean' ? Number(value) : value
  })
}
