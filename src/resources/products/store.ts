/** The products that a sandbox sells. */
import type { Schemas } from '../../contract/operations.js'
import type { Database } from '../../store/database.js'
import { createMemo } from '../../store/memo.js'
import type { ProductsRow } from '../../store/rows.gen.js'

export type Product = Omit<ProductsRow, 'seq' | 'price' | 'is_recurring' | 'archived'> & {
  price: Schemas['Price']
  is_recurring: boolean
  archived: boolean
}

export interface ProductsStore {
  find (productId: string): Product | undefined
  insert (product: Product): void
  /** Forgets what was remembered: rows were taken back. */
  forget (): void
}

const COLUMNS = 'product_id, brand_id, name, description, price, tax_category, is_recurring, archived, metadata, ' +
  'created_at, updated_at'

export function productsStore (database: Database): ProductsStore {
  const find = database.prepare<[string], Omit<ProductsRow, 'seq'>>(`SELECT ${COLUMNS} FROM products WHERE product_id = ?`)
  const insert = database.prepare(`INSERT INTO products (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)

  const known = createMemo<Product>()

  function read (row: Omit<ProductsRow, 'seq'>): Product {
    return { ...row, price: JSON.parse(row.price), is_recurring: row.is_recurring === 1, archived: row.archived === 1 }
  }

  return {
    find: productId => known.get(productId, () => {
      const row = find.get(productId)
      return row && read(row)
    }),
    forget: known.clear,
    insert (product) {
      known.clear()
      insert.run(product.product_id, product.brand_id, product.name, product.description, JSON.stringify(product.price),
        product.tax_category, Number(product.is_recurring), Number(product.archived), product.metadata,
        product.created_at, product.updated_at)
    }
  }
}
