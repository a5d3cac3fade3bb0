/** All resources. Joins the parts of their declarations: handlers, jobs, payloads. To add a resource, add it to the list. */
import type { Payloads } from '../sandbox/sender.js'
import type { ControlHandlers, Handlers } from '../contract/handlers.js'
import type { FixturesPart } from '../fixtures/part.js'
import type { Jobs } from '../sandbox/jobs.js'
import { addons } from './addons/index.js'
import { blocklist } from './blocklist/index.js'
import { brands } from './brands/index.js'
import { checkout } from './checkout/index.js'
import { checkouts } from './checkouts/index.js'
import { creditEntitlements } from './credit-entitlements/index.js'
import { credits } from './credits/index.js'
import { customers } from './customers/index.js'
import { discounts } from './discounts/index.js'
import { disputes } from './disputes/index.js'
import type { Effects } from '../sandbox/effects.js'
import { dunning } from './dunning/index.js'
import { emails } from './emails/index.js'
import { entitlements } from './entitlements/index.js'
import { events } from './events/index.js'
import { grants } from './grants/index.js'
import { invoices } from './invoices/index.js'
import { ledger } from './ledger/index.js'
import { licenseKeys } from './license-keys/index.js'
import { licenses } from './licenses/index.js'
import { meters } from './meters/index.js'
import { moderation } from './moderation/index.js'
import { paymentMethods } from './payment-methods/index.js'
import { paymentRetries } from './payment-retries/index.js'
import { payments } from './payments/index.js'
import { payouts } from './payouts/index.js'
import { portalSessions } from './portal-sessions/index.js'
import { productCollections } from './product-collections/index.js'
import { products } from './products/index.js'
import { refunds } from './refunds/index.js'
import { settings } from './settings/index.js'
import { subscriptions } from './subscriptions/index.js'
import { usage } from './usage/index.js'
import { wallets } from './wallets/index.js'
import { webhooks } from './webhooks/index.js'
import type { Resource } from './resource.js'

export const RESOURCES: readonly Resource[] = [
  addons,
  blocklist,
  brands,
  checkout,
  checkouts,
  creditEntitlements,
  credits,
  customers,
  discounts,
  disputes,
  dunning,
  emails,
  entitlements,
  events,
  grants,
  invoices,
  ledger,
  licenseKeys,
  licenses,
  meters,
  moderation,
  paymentMethods,
  paymentRetries,
  payments,
  payouts,
  portalSessions,
  productCollections,
  products,
  refunds,
  settings,
  subscriptions,
  usage,
  wallets,
  webhooks
]

/** Every handler of the contract. Operations without a handler return 501. */
export const handlers = joined<Handlers>('handlers')

/** The operations under /_emulator that belong to a resource. */
export const controls = joined<ControlHandlers>('controls')

/** The handlers of scheduled jobs, by kind of job. */
export const jobs = joined<Jobs>('jobs')

/** The functions that load an event's data for delivery, by payload type. */
export const payloads = joined<Payloads>('payloads')

/** The effects of all resources: each one calls every resource that declares it. */
export const effects: Effects = {
  paymentSucceeded (...happened) { for (const { effects } of RESOURCES) effects?.paymentSucceeded?.(...happened) },
  chargeFailed (...happened) { for (const { effects } of RESOURCES) effects?.chargeFailed?.(...happened) },
  checkoutAbandoned (...happened) { for (const { effects } of RESOURCES) effects?.checkoutAbandoned?.(...happened) },
  refundSucceeded (...happened) { for (const { effects } of RESOURCES) effects?.refundSucceeded?.(...happened) },
  refundCreated (...happened) { for (const { effects } of RESOURCES) effects?.refundCreated?.(...happened) },
  refundFailed (...happened) { for (const { effects } of RESOURCES) effects?.refundFailed?.(...happened) },
  settingsChanged (...happened) { for (const { effects } of RESOURCES) effects?.settingsChanged?.(...happened) },
  disputeChanged (...happened) { for (const { effects } of RESOURCES) effects?.disputeChanged?.(...happened) },
  subscriptionChanged (...happened) { for (const { effects } of RESOURCES) effects?.subscriptionChanged?.(...happened) },
  periodStarted (...happened) { for (const { effects } of RESOURCES) effects?.periodStarted?.(...happened) },
  overagePaid (...happened) { for (const { effects } of RESOURCES) effects?.overagePaid?.(...happened) },
  dunningContinued (...happened) { for (const { effects } of RESOURCES) effects?.dunningContinued?.(...happened) },
  renewalComing (...happened) { for (const { effects } of RESOURCES) effects?.renewalComing?.(...happened) },
  grantChanged (...happened) { for (const { effects } of RESOURCES) effects?.grantChanged?.(...happened) },
  usageRecorded (...happened) { for (const { effects } of RESOURCES) effects?.usageRecorded?.(...happened) },
  usageCycleClosing (...happened) { for (const { effects } of RESOURCES) effects?.usageCycleClosing?.(...happened) },
  portalLinkRequested (...happened) { for (const { effects } of RESOURCES) effects?.portalLinkRequested?.(...happened) }
}

/** The lists of fixtures files, in the order of their ranks. */
export const fixturesParts: ReadonlyArray<readonly [key: string, part: FixturesPart]> =
  Object.entries(joined<Record<string, FixturesPart>>('fixtures')).sort(([, one], [, other]) => one.rank - other.rank)

/** Joins one part of all declarations. Throws if two resources declare the same key. */
function joined<Part extends object> (part: keyof Resource): Part {
  const entries = RESOURCES.flatMap(resource => Object.entries(resource[part] ?? {}))
  const keys = entries.map(([key]) => key)
  const twice = keys.find((key, index) => keys.indexOf(key) !== index)
  if (twice !== undefined) throw new Error(`two resources declare ${twice} among their ${part}`)
  return Object.fromEntries(entries) as Part
}
