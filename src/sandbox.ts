/** One isolated world: a database with its stores, a clock, ids and settings. Sandboxes share nothing but reference tables. */
import { sandboxClock, type Clock, type SandboxClock } from './clock.js'
import type { Ids } from './ids.js'
import type { Reference } from './reference.js'
import { outboxStore, type Outbox } from './delivery/store.js'
import { addonsStore, type AddonsStore } from './resources/addons/store.js'
import { brandsStore, type BrandsStore } from './resources/brands/store.js'
import { customersStore, type CustomersStore } from './resources/customers/store.js'
import { discountsStore, type DiscountsStore } from './resources/discounts/store.js'
import { paymentMethodsStore, type PaymentMethodsStore } from './resources/payment-methods/store.js'
import { paymentsStore, type PaymentsStore } from './resources/payments/store.js'
import { portalSessionsStore, type PortalSessionsStore } from './resources/portal-sessions/store.js'
import { refundsStore, type RefundsStore } from './resources/refunds/store.js'
import { productsStore, type ProductsStore } from './resources/products/store.js'
import { webhooksStore, type WebhooksStore } from './resources/webhooks/store.js'
import { walletsStore, type WalletsStore } from './resources/wallets/store.js'
import { uploadsStore, type UploadsStore } from './resources/uploads/store.js'
import { businessStore } from './store/business.js'
import { countRows, openDatabase, type Database } from './store/database.js'
import type { BusinessRow } from './store/rows.gen.js'
import { clockStore } from './store/clock.js'
import { dueJobs, type DueJobs } from './store/due.js'
import { createTurn, type Turn } from './store/turn.js'
import { seed, type Fixtures } from './fixtures.js'

export interface Settings {
  /** How long a payment link can be paid, in microseconds. */
  linkLifetimeUs: number
  /** Whether tax is calculated at all. */
  tax: boolean
  /** How long a payment that settles later stays processing, in microseconds. */
  settlementDelayUs: number
  /** How long a refund stays pending, in microseconds. */
  refundDelayUs: number
  /** How long after its creation a payment can be refunded, in microseconds. */
  refundWindowUs: number
  /** How long each try to deliver a webhook waits after the failure before it, in microseconds. */
  retryScheduleUs: readonly number[]
  /** What the business can give back, in minor units of its wallet's currency; null without a limit. */
  walletBalance: number | null
  /** Billing countries (alpha-2) that are refused. */
  deniedCountries: ReadonlySet<string>
  /** Charge currencies that are refused. */
  deniedCurrencies: ReadonlySet<string>
}

export interface Stores {
  brands: BrandsStore
  addons: AddonsStore
  products: ProductsStore
  uploads: UploadsStore
  customers: CustomersStore
  paymentMethods: PaymentMethodsStore
  portalSessions: PortalSessionsStore
  wallets: WalletsStore
  discounts: DiscountsStore
  payments: PaymentsStore
  refunds: RefundsStore
  webhooks: WebhooksStore
}

export interface Sandbox extends Stores {
  business: BusinessRow
  settings: Settings
  reference: Reference
  clock: SandboxClock
  ids: Ids
  due: DueJobs
  /** What webhook endpoints are still to be told, and were. */
  outbox: Outbox
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
  /** The clock that the sandbox's own follows. */
  clock: Clock
  ids: Ids
  /** What a new database starts from. */
  fixtures: () => Fixtures
  /** What happens in a new sandbox before it is used, in the transaction that makes it. */
  begin?: ((sandbox: Sandbox) => void) | undefined
}

/** Opens a sandbox; a new database is filled from the fixtures. Throws a SetupError. */
export function openSandbox (options: SandboxOptions): Sandbox {
  const { database: file, fixtures, begin } = options
  return sandboxOf(openDatabase(file, empty => {
    seed(fixtures(), storesOf(empty), businessStore(empty))
    begin?.(sandboxOf(empty, options))
  }), options)
}

function sandboxOf (database: Database, { settings, reference, clock: system, ids }: SandboxOptions): Sandbox {
  const stores = storesOf(database)
  const clocks = clockStore(database)
  const clock = sandboxClock(system, clocks.read(), clocks.write)
  return {
    ...stores,
    business: businessStore(database).read(),
    settings,
    reference,
    clock,
    ids,
    due: dueJobs(database),
    outbox: outboxStore(database),
    turn: createTurn(database, () => {
      stores.products.forget()
      stores.customers.forget()
      stores.discounts.forget()
      stores.webhooks.forget()
      clock.restore(clocks.read())
    }),
    countRows: () => countRows(database),
    close: () => { database.close() }
  }
}

function storesOf (database: Database): Stores {
  return {
    brands: brandsStore(database),
    addons: addonsStore(database),
    products: productsStore(database),
    uploads: uploadsStore(database),
    customers: customersStore(database),
    paymentMethods: paymentMethodsStore(database),
    portalSessions: portalSessionsStore(database),
    wallets: walletsStore(database),
    discounts: discountsStore(database),
    payments: paymentsStore(database),
    refunds: refundsStore(database),
    webhooks: webhooksStore(database)
  }
}
