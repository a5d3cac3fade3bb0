/**
 * Reads an account with the official client: all objects that a fixtures file can contain, in the API's shapes. Sends only
 * GETs.
 */
import type { Client } from './client.js'

/** The objects of an account with all fields of the API, oldest first. */
export interface Account {
  brands: object[]
  credit_entitlements: object[]
  addons: object[]
  meters: object[]
  products: object[]
  collections: object[]
  customers: object[]
  discounts: object[]
}

export interface ReadOptions {
  customers: boolean
  /** Called with progress messages for the user. */
  progress (line: string): void
  /** Called with messages about data that a fixtures file can't contain. */
  note (line: string): void
  /** Called often, with the progress since the last message. */
  step (text: string): void
}

const PAGE = { page_size: 100, page_number: 0 } // explicit, because without a page number the client skips the second page

/** The number of parallel requests, well below the rate limits. */
const PARALLEL = 5

/** Rejects with the client's error. */
export async function readAccount (client: Client, options: ReadOptions): Promise<Account> {
  const { progress } = options
  const { items: brands } = await client.brands.list({ include_archived: true })
  if (!Array.isArray(brands)) throw new Error(NOT_THE_API)
  progress(`${brands.length} brands`)
  const addons = await all(client.addons.list(PAGE), 'id')
  progress(`${addons.length} addons`)
  const meters = await all(client.meters.list(PAGE), 'id')
  progress(`${meters.length} meters`)
  const credits = await all(client.creditEntitlements.list(PAGE), 'id')
  progress(`${credits.length} credit entitlements`)
  const products = await readProducts(client, new Set(credits.map(({ id }) => id)), options)
  const archivedIds = products.filter(({ archived }) => archived === true).map(({ product_id: id }) => id)
  const collections = await readCollections(client, new Set(archivedIds), options)
  const customers = options.customers ? await all(client.customers.list(PAGE), 'customer_id') : []
  progress(options.customers ? `${customers.length} customers` : 'no customers')
  const discounts = await readDiscounts(client, options)
  return {
    brands: brands.toReversed(),
    addons: addons.toReversed(),
    meters: meters.toReversed(),
    credit_entitlements: credits.toReversed(),
    products,
    collections,
    customers: customers.toReversed(),
    discounts
  }
}

const NOT_THE_API = 'the reply is not a list of the Dodo Payments API'

/**
 * Reads all items of a list, each once. Objects that are created meanwhile shift the pages, so an item may appear on two pages.
 * Throws for a list that repeats the same page endlessly.
 */
async function all<Item extends object> (pages: AsyncIterable<Item>, idName: keyof Item & string): Promise<Item[]> {
  const items = new Map<unknown, Item>()
  let seenAgain = 0
  for await (const item of pages) {
    const id: unknown = (item as Item | null)?.[idName]
    if (typeof id !== 'string') throw new Error(NOT_THE_API)
    if (items.has(id) && ++seenAgain === PAGE.page_size) throw new Error('the list does not end: it repeats the same page')
    items.set(id, item)
  }
  return [...items.values()]
}

/** Requests each item, a few in parallel, and keeps the order. */
async function each<Item, Result> (
  items: readonly Item[], ask: (item: Item) => Promise<Result>, step: ReadOptions['step']
): Promise<Result[]> {
  const results: Result[] = []
  for (let start = 0; start < items.length; start += PARALLEL) {
    results.push(...await Promise.all(items.slice(start, start + PARALLEL).map(ask)))
    step(`${results.length} of ${items.length}`)
  }
  return results
}

async function productIds (client: Client, archived: boolean): Promise<Array<{ id: string, archived: boolean }>> {
  const products = await all(client.products.list({ ...PAGE, archived }), 'product_id')
  return products.map(({ product_id: id }) => ({ id, archived }))
}

/** Retrieves each product, because the list lacks the brand and the addons. Credits are kept if their entitlement exists. */
async function readProducts (
  client: Client, creditIds: ReadonlySet<string>, { progress, note, step }: ReadOptions
): Promise<Array<{ product_id: string, archived?: boolean }>> {
  const listed = [...await productIds(client, false), ...await productIds(client, true)]
  progress(`${listed.length} products, one by one`)
  const products = await each(listed, async ({ id, archived }) => {
    const { entitlements, credit_entitlements: granted, digital_product_delivery: delivery, ...product } =
      await client.products.retrieve(id)
    const credits = (granted ?? []).filter(({ credit_entitlement_id: creditId }) => creditIds.has(creditId))
    if ((entitlements ?? []).length > 0) note(`product ${id}: without its entitlements`)
    if (credits.length < (granted ?? []).length) note(`product ${id}: without credits whose entitlement is deleted`)
    if ((delivery?.files ?? []).length > 0) note(`product ${id}: without its files`)
    const prices = product.pricing_mode == null ? [] : (await client.products.localizedPrices.list(id)).items
    return {
      ...product,
      name: product.name ?? id,
      ...(credits.length > 0 ? { credit_entitlements: credits } : {}),
      ...(delivery == null ? {} : { digital_product_delivery: { ...delivery, files: null } }),
      ...(archived ? { archived } : {}),
      ...(prices.length > 0 ? { localized_prices: prices } : {})
    }
  }, step)
  return products.toReversed().toSorted((a, b) => a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : 0)
}

/** Retrieves each product collection, because the list lacks the groups. Archived products are left out. */
async function readCollections (
  client: Client, archivedProductIds: ReadonlySet<string>, { progress, note, step }: ReadOptions
): Promise<object[]> {
  const listed = async (archived: boolean) =>
    (await all(client.productCollections.list({ ...PAGE, archived }), 'id')).map(({ id }) => ({ id, archived }))
  const found = [...await listed(false), ...await listed(true)]
  progress(`${found.length} product collections, one by one`)
  const collections = await each(found, async ({ id, archived }) => {
    const collection = await client.productCollections.retrieve(id)
    const groups = collection.groups.map(group => ({
      ...group, products: group.products.filter(({ product_id: productId }) => !archivedProductIds.has(productId))
    }))
    const isComplete = groups.every(({ products }, index) => products.length === collection.groups[index]?.products.length)
    if (!isComplete) note(`product collection ${id}: without its archived products`)
    return { ...collection, groups, ...(archived ? { archived } : {}) }
  }, step)
  return collections.toReversed()
}

interface CustomerPage {
  items: Array<{ customer_id: string }>
}

async function readDiscounts (client: Client, { progress, note, customers, step }: ReadOptions): Promise<object[]> {
  const discounts = await all(client.discounts.list(PAGE), 'discount_id')
  progress(`${discounts.length} discounts`)
  const read = await each(discounts, async discount => {
    const { customer_eligibility: eligibility } = discount as { customer_eligibility?: string }
    if (eligibility !== 'specific') return discount
    if (!customers) {
      note(`discount ${discount.code}: without the customers who may use it`)
      return discount
    }
    const ids: string[] = []
    for (let number = 0, size = PAGE.page_size; size === PAGE.page_size; number++) {
      const query = { page_size: PAGE.page_size, page_number: number }
      const path = `/discounts/${encodeURIComponent(discount.discount_id)}/customers`
      const { items } = await client.get<CustomerPage>(path, { query }) // the client has no method for it
      ids.push(...items.map(({ customer_id: id }) => id))
      size = items.length
    }
    return { ...discount, customer_ids: ids.toReversed() }
  }, step)
  return read.toReversed()
}
