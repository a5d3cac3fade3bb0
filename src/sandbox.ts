/** One isolated world: a database with its stores, a clock, ids and settings. Sandboxes share nothing but reference tables. */
import type { Clock } from './clock.js'
import type { Ids } from './ids.js'
import type { Reference } from './reference.js'
import { customersStore, type CustomersStore } from './resources/customers/store.js'
import { discountsStore, type DiscountsStore } from './resources/discounts/store.js'
import { paymentMethodsStore, type PaymentMethodsStore } from './resources/payment-methods/store.js'
import { paymentsStore, type PaymentsStore } from './resources/payments/store.js'
import { productsStore, type ProductsStore } from './resources/products/store.js'
import { businessStore } from './store/business.js'
import { countRows, openDatabase } from './store/database.js'
import type { BusinessRow } from './store/rows.gen.js'
import { createTurn, type Turn } from './store/turn.js'
import { seed, type Fixtures } from './fixtures.js'

export interface Settings {
  /** How long a payment link can be paid, in microseconds. */
  linkLifetimeUs: number
  /** Whether tax is calculated at all. */
  tax: boolean
  /** Billing countries (alpha-2) that are refused. */
  deniedCountries: ReadonlySet<string>
  /** Charge currencies that are refused. */
  deniedCurrencies: ReadonlySet<string>
}

export interface Stores {
  products: ProductsStore
  customers: CustomersStore
  paymentMethods: PaymentMethodsStore
  discounts: DiscountsStore
  payments: PaymentsStore
}

export interface Sandbox extends Stores {
  business: BusinessRow
  settings: Settings
  reference: Reference
  clock: Clock
  ids: Ids
  turn: Turn
  /** How many rows each table holds. */
  countRows (): Record<string, number>
  close (): void
}

/** What a handler may know besides its request. */
export interface Context {
  sandbox: Sandbox
  /** The time of the request, in microseconds since 1970. */
  now: number
  /** What links begin with: `http://127.0.0.1:4010`. */
  origin: string
}

export interface SandboxOptions {
  /** A file, or `:memory:`. */
  database: string
  settings: Settings
  reference: Reference
  clock: Clock
  ids: Ids
  /** What a new database starts from. */
  fixtures: () => Fixtures
}

/** Opens a sandbox; a new database is filled from the fixtures. Throws a SetupError. */
export function openSandbox ({ database: file, settings, reference, clock, ids, fixtures }: SandboxOptions): Sandbox {
  const { database, isNew } = openDatabase(file)
  const stores: Stores = {
    products: productsStore(database),
    customers: customersStore(database),
    paymentMethods: paymentMethodsStore(database),
    discounts: discountsStore(database),
    payments: paymentsStore(database)
  }
  const business = businessStore(database)
  if (isNew) database.transaction(() => seed(fixtures(), stores, business))()
  return {
    ...stores,
    business: business.read(),
    settings,
    reference,
    clock,
    ids,
    turn: createTurn(database, () => {
      stores.products.forget()
      stores.customers.forget()
      stores.discounts.forget()
    }),
    countRows: () => countRows(database),
    close: () => { database.close() }
  }
}
