/** The store of products, with their localized prices and short links. */
import type { Schemas } from '../../contract/operations.js'
import type { Database, Statement } from '../../store/database.js'
import { fromJson } from '../../store/json.js'
import { createCache } from '../../store/cache.js'
import type { LocalizedPricesRow, ProductsRow, ShortLinksRow } from '../../store/rows.gen.js'
import { storedPrice, type CompletePrice } from './prices.js'

type Row = Omit<ProductsRow, 'seq'>

type ReadDifferently = 'price' | 'is_recurring' | 'archived' | 'addons' | 'pricing_mode' | 'digital_delivery' |
  'license_key_enabled' | 'license_key_duration' | 'metadata'

export type Product = Omit<Row, ReadDifferently> & {
  price: CompletePrice
  is_recurring: boolean
  archived: boolean
  addons: string[] | null
  pricing_mode: Schemas['PricingMode'] | null
  digital_delivery: DigitalDelivery | null
  license_key_enabled: boolean
  license_key_duration: Schemas['LicenseKeyDuration'] | null
  metadata: Schemas['Metadata']
}

/** The delivery of a digital product. Files are referred to by id. */
export interface DigitalDelivery {
  files: string[]
  external_url: string | null
  instructions: string | null
}

const NOTHING_MORE = {
  image_id: null,
  addons: null,
  pricing_mode: null,
  digital_delivery: null,
  license_key_enabled: false,
  license_key_activations_limit: null,
  license_key_duration: null,
  license_key_activation_message: null
} satisfies Partial<Product>

/** The columns that a new product may omit. */
type Extras = keyof typeof NOTHING_MORE

export type NewProduct = Omit<Product, Extras> & Partial<Pick<Product, Extras>>

/** The price of a product in one currency or one country. */
export type LocalizedPrice = Omit<LocalizedPricesRow, 'seq' | 'mode' | 'currency' | 'country_code'> & {
  mode: Schemas['PricingMode']
  currency: Schemas['Currency']
  country_code: Schemas['CountryCodeAlpha2'] | null
}

export type ShortLink = Omit<ShortLinksRow, 'seq' | 'parameters'> & { parameters: Record<string, string> }

export interface ProductFilter {
  archived: boolean
  recurring?: boolean
  brand_id?: string
}

export interface ProductsStore {
  find (productId: string): Product | undefined
  insert (product: NewProduct): void
  /** Writes every field except the id and `created_at`. */
  update (product: Product): void
  /** Newest first. */
  list (filter: ProductFilter, limit: number, offset: number): Product[]
  /** Products with a text in their name, ignoring case, newest first. */
  named (text: string, limit: number): Product[]
  /** The number of a brand's products, including archived ones. */
  countOfBrand (brandId: string): number
  /** Moves all products of a brand to another, including archived ones. */
  moveToBrand (fromBrandId: string, toBrandId: string, updatedAt: number): void
  /** A product's localized prices that are not archived, oldest first. Cached, because each payment reads them. */
  localizedPrices (productId: string): readonly LocalizedPrice[]
  /** A localized price of the product, archived or not. */
  findLocalizedPrice (productId: string, localizedPriceId: string): LocalizedPrice | undefined
  /** Whether any product has a localized price with this id. */
  hasLocalizedPrice (localizedPriceId: string): boolean
  insertLocalizedPrice (price: LocalizedPrice): void
  updateLocalizedPrice (price: LocalizedPrice): void
  findShortLink (slug: string): ShortLink | undefined
  insertShortLink (link: ShortLink): void
  /** Newest first. */
  listShortLinks (filter: { product_id?: string }, limit: number, offset: number): ShortLink[]
}

const CHANGEABLE = ['brand_id', 'name', 'description', 'price', 'tax_category', 'is_recurring', 'archived', 'metadata',
  'updated_at', 'image_id', 'addons', 'pricing_mode', 'digital_delivery', 'license_key_enabled', 'license_key_activations_limit',
  'license_key_duration', 'license_key_activation_message'] as const
const COLUMNS = [...CHANGEABLE, 'product_id', 'created_at'] as const
const PRICE_COLUMNS = ['localized_price_id', 'product_id', 'mode', 'currency', 'country_code', 'amount', 'created_at',
  'updated_at', 'archived_at'] as const
const LINK_COLUMNS = 'slug, product_id, parameters, created_at'

const CONDITIONS: Record<keyof ProductFilter, string> = {
  archived: 'archived = ?',
  recurring: 'is_recurring = ?',
  brand_id: 'brand_id = ?'
}

const marks = (columns: readonly string[]) => columns.map(() => '?').join(', ')

export function productsStore (database: Database): ProductsStore {
  const find = database.prepare<[string], Row>(`SELECT ${COLUMNS.join(', ')} FROM products WHERE product_id = ?`)
  const insert = database.prepare(`INSERT INTO products (${COLUMNS.join(', ')}) VALUES (${marks(COLUMNS)})`)
  const update = database.prepare(
    `UPDATE products SET ${CHANGEABLE.map(column => `${column} = ?`).join(', ')} WHERE product_id = ?`)
  const named = database.prepare<[string, number], Row>(`SELECT ${COLUMNS.join(', ')} FROM products
    WHERE instr(lower(name), lower(?)) > 0 ORDER BY created_at DESC, seq DESC LIMIT ?`)
  const countOfBrand = database.prepare<[string], number>('SELECT count(*) FROM products WHERE brand_id = ?').pluck()
  const moveToBrand = database.prepare('UPDATE products SET brand_id = ?, updated_at = ? WHERE brand_id = ?')
  const lists = new Map<string, Statement<unknown[], Row>>()
  const known = createCache<Product>(database)
  const prices = localizedPrices(database)
  const links = shortLinks(database)

  return {
    find: productId => known.get(productId, () => {
      const row = find.get(productId)
      return row && read(row)
    }),
    insert (product) {
      known.forget(product.product_id)
      insert.run(...values(COLUMNS, { ...NOTHING_MORE, ...product }))
    },
    update (product) {
      known.forget(product.product_id)
      update.run(...values(CHANGEABLE, product), product.product_id)
    },
    list (filter, limit, offset) {
      const names = (Object.keys(CONDITIONS) as Array<keyof ProductFilter>).filter(name => filter[name] !== undefined)
      const sql = `SELECT ${COLUMNS.join(', ')} FROM products WHERE ${names.map(name => CONDITIONS[name]).join(' AND ')}
        ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?`
      const statement = lists.get(sql) ?? database.prepare<unknown[], Row>(sql)
      lists.set(sql, statement)
      return statement.all(...names.map(name => bound(filter[name])), limit, offset).map(read)
    },
    named: (text, limit) => named.all(text, limit).map(read),
    countOfBrand: brandId => countOfBrand.get(brandId) ?? 0,
    moveToBrand (fromBrandId, toBrandId, updatedAt) {
      known.clear()
      moveToBrand.run(toBrandId, updatedAt, fromBrandId)
    },
    ...prices,
    ...links
  }
}

function localizedPrices (database: Database) {
  const columns = PRICE_COLUMNS.join(', ')
  const current = database.prepare<[string], LocalizedPrice>(
    `SELECT ${columns} FROM localized_prices WHERE product_id = ? AND archived_at IS NULL ORDER BY seq`)
  const find = database.prepare<[string, string], LocalizedPrice>(
    `SELECT ${columns} FROM localized_prices WHERE product_id = ? AND localized_price_id = ?`)
  const has = database.prepare<[string]>('SELECT 1 FROM localized_prices WHERE localized_price_id = ?')
  const insert = database.prepare(`INSERT INTO localized_prices (${columns}) VALUES (${marks(PRICE_COLUMNS)})`)
  const update = database.prepare(
    'UPDATE localized_prices SET amount = ?, updated_at = ?, archived_at = ? WHERE localized_price_id = ?')
  const known = createCache<LocalizedPrice[]>(database)

  return {
    localizedPrices: productId => known.get(productId, () => current.all(productId)) ?? [],
    findLocalizedPrice: (productId, localizedPriceId) => find.get(productId, localizedPriceId),
    hasLocalizedPrice: localizedPriceId => has.get(localizedPriceId) !== undefined,
    insertLocalizedPrice (price) {
      known.forget(price.product_id)
      insert.run(...PRICE_COLUMNS.map(column => price[column]))
    },
    updateLocalizedPrice (price) {
      known.forget(price.product_id)
      update.run(price.amount, price.updated_at, price.archived_at, price.localized_price_id)
    }
  } satisfies Partial<ProductsStore>
}

function shortLinks (database: Database) {
  const find = database.prepare<[string], ShortLinksRow>(`SELECT ${LINK_COLUMNS} FROM short_links WHERE slug = ?`)
  const insert = database.prepare(`INSERT INTO short_links (${LINK_COLUMNS}) VALUES (?, ?, ?, ?)`)
  const order = 'ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?'
  const all = database.prepare<[number, number], ShortLinksRow>(`SELECT ${LINK_COLUMNS} FROM short_links ${order}`)
  const ofProduct = database.prepare<[string, number, number], ShortLinksRow>(
    `SELECT ${LINK_COLUMNS} FROM short_links WHERE product_id = ? ${order}`)
  const readLink = (row: ShortLinksRow): ShortLink => ({ ...row, parameters: JSON.parse(row.parameters) })

  return {
    findShortLink (slug) {
      const row = find.get(slug)
      return row && readLink(row)
    },
    insertShortLink: ({ slug, product_id: productId, parameters, created_at: createdAt }) => {
      insert.run(slug, productId, JSON.stringify(parameters), createdAt)
    },
    listShortLinks ({ product_id: productId }, limit, offset) {
      return (productId === undefined ? all.all(limit, offset) : ofProduct.all(productId, limit, offset)).map(readLink)
    }
  } satisfies Partial<ProductsStore>
}

function read (row: Row): Product {
  return {
    ...row,
    price: storedPrice(JSON.parse(row.price) as Schemas['Price']),
    is_recurring: row.is_recurring === 1,
    archived: row.archived === 1,
    addons: fromJson(row.addons),
    pricing_mode: row.pricing_mode as Product['pricing_mode'],
    digital_delivery: fromJson(row.digital_delivery),
    license_key_enabled: row.license_key_enabled === 1,
    license_key_duration: fromJson(row.license_key_duration),
    metadata: JSON.parse(row.metadata)
  }
}

function values (columns: readonly (typeof COLUMNS)[number][], product: Product): unknown[] {
  return columns.map(column => bound(product[column]))
}

/** Converts a value for SQLite: booleans to numbers, objects to JSON. */
function bound (value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}
