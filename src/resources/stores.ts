/**
 * The store of each resource, by its property name on a sandbox. To add a store, add one line. Do not import handlers: they use
 * the type below, so it would depend on itself.
 */
import type { Database } from '../store/database.js'
import type { Totals } from '../store/undo.js'
import { addonsStore } from './addons/store.js'
import { blocklistStore } from './blocklist/store.js'
import { brandsStore } from './brands/store.js'
import { checkoutsStore } from './checkouts/store.js'
import { creditEntitlementsStore } from './credit-entitlements/store.js'
import { creditsStore } from './credits/store.js'
import { customersStore } from './customers/store.js'
import { discountsStore } from './discounts/store.js'
import { disputesStore } from './disputes/store.js'
import { dunningStore } from './dunning/store.js'
import { emailsStore } from './emails/store.js'
import { entitlementsStore } from './entitlements/store.js'
import { eventsStore } from './events/store.js'
import { grantsStore } from './grants/store.js'
import { ledgerStore } from './ledger/store.js'
import { licenseKeysStore } from './license-keys/store.js'
import { metersStore } from './meters/store.js'
import { moderationStore } from './moderation/store.js'
import { paymentMethodsStore } from './payment-methods/store.js'
import { paymentsStore } from './payments/store.js'
import { payoutsStore } from './payouts/store.js'
import { portalSessionsStore } from './portal-sessions/store.js'
import { productCollectionsStore } from './product-collections/store.js'
import { productsStore } from './products/store.js'
import { refundsStore } from './refunds/store.js'
import { businessSettingsStore } from './settings/store.js'
import { subscriptionsStore } from './subscriptions/store.js'
import { uploadsStore } from './uploads/store.js'
import { usageStore } from './usage/store.js'
import { walletsStore } from './wallets/store.js'
import { webhooksStore } from './webhooks/store.js'

export const STORES = {
  addons: addonsStore,
  blocklist: blocklistStore,
  brands: brandsStore,
  businessSettings: businessSettingsStore,
  checkouts: checkoutsStore,
  creditEntitlements: creditEntitlementsStore,
  credits: creditsStore,
  customers: customersStore,
  discounts: discountsStore,
  disputes: disputesStore,
  dunning: dunningStore,
  emails: emailsStore,
  entitlements: entitlementsStore,
  events: eventsStore,
  grants: grantsStore,
  ledger: ledgerStore,
  licenseKeys: licenseKeysStore,
  meters: metersStore,
  moderation: moderationStore,
  paymentMethods: paymentMethodsStore,
  payments: paymentsStore,
  payouts: payoutsStore,
  portalSessions: portalSessionsStore,
  productCollections: productCollectionsStore,
  products: productsStore,
  refunds: refundsStore,
  subscriptions: subscriptionsStore,
  uploads: uploadsStore,
  usage: usageStore,
  wallets: walletsStore,
  webhooks: webhooksStore
}

/** The totals in tables of these stores. Add each one that counts rows which a load of fixtures adds. */
export const TOTALS: Totals = {
  subtracted: {
    discounts: ['times_used'],
    ledger_wallets: ['balance'],
    license_keys: ['instances_count'],
    moderation_screens: ['screens']
  },
  counted: ['ledger_blocks', 'ledger_peaks', 'payment_days', 'payment_index', 'payments_indexed']
}

export type Stores = { [Name in keyof typeof STORES]: ReturnType<(typeof STORES)[Name]> }

/** The type that a store's `find` returns: `Stored<'payments'>` is a payment. */
export type Stored<Name extends keyof Stores> =
  Stores[Name] extends { find: (...given: never[]) => infer Found } ? NonNullable<Found> : never

const databases = new WeakMap<object, Database>()

/** The prototype of all sandboxes. */
const LATE_STORES = Object.defineProperties({}, Object.fromEntries(Object.entries(STORES).map(([name, create]) => [name, {
  get (this: object) {
    const database = databases.get(this)
    if (database === undefined) throw new Error(`${name} belongs to a sandbox`)
    const value = create(database)
    Object.defineProperty(this, name, { value })
    return value
  }
}])))

/** Gives a sandbox its stores. Each is created when it is first used, because most sandboxes use a few of them. */
export function withStores<Parts extends object> (parts: Parts, database: Database): Parts & Stores {
  databases.set(parts, database)
  return Object.setPrototypeOf(parts, LATE_STORES) as Parts & Stores
}
