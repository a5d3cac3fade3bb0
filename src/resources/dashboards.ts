/**
 * The dashboard sections of the resources. The dashboard is loaded when its first page is requested, so the declarations of the
 * resources must not import their sections. To add a section, add it to the list.
 */
import { checkoutsSection } from './checkouts/dashboard.js'
import { creditEntitlementsSection } from './credit-entitlements/dashboard/index.js'
import { customersSection } from './customers/dashboard.js'
import { discountsSection } from './discounts/dashboard/discounts.js'
import { disputesSection } from './disputes/dashboard.js'
import { emailsSection } from './emails/dashboard.js'
import { entitlementsSection } from './entitlements/dashboard/index.js'
import { eventsSection } from './events/dashboard.js'
import { grantsSection } from './grants/dashboard/index.js'
import { ledgerSection } from './ledger/dashboard.js'
import { licenseKeysSection } from './license-keys/dashboard/index.js'
import { metersSection } from './meters/dashboard/index.js'
import { paymentsSection } from './payments/dashboard/index.js'
import { payoutsSection } from './payouts/dashboard.js'
import { collectionsSection } from './product-collections/dashboard.js'
import { productsSection } from './products/dashboard/products.js'
import { refundsSection } from './refunds/dashboard.js'
import { subscriptionsSection } from './subscriptions/dashboard/index.js'
import { webhooksSection } from './webhooks/dashboard/index.js'
import type { DashboardSection } from '../pages/dashboard/section.js'

/** In the order of the navigation. */
export const sections: readonly DashboardSection[] = [
  checkoutsSection,
  creditEntitlementsSection,
  customersSection,
  discountsSection,
  disputesSection,
  emailsSection,
  entitlementsSection,
  eventsSection,
  grantsSection,
  ledgerSection,
  licenseKeysSection,
  metersSection,
  paymentsSection,
  payoutsSection,
  collectionsSection,
  productsSection,
  refundsSection,
  subscriptionsSection,
  webhooksSection
].sort((one, other) => one.position - other.position)
