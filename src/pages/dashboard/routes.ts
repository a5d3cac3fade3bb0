/** The dashboard as a whole: every section adds its pages here. */
import type { FastifyInstance } from 'fastify'
import { addCheckouts } from './checkouts.js'
import { addCustomers } from './customers.js'
import { addDiscounts } from './discounts.js'
import { addControls } from './controls.js'
import { addDashboard, type AddSection, type DashboardOptions } from './router.js'
import { addNewPayment } from './new-payment.js'
import { addOverview } from './overview.js'
import { addPayment } from './payment.js'
import { addPayments } from './payments.js'
import { addProducts } from './products.js'
import { addRequests } from './requests.js'
import { addWebhooks } from './webhooks.js'

const SECTIONS: readonly AddSection[] = [
  addOverview,
  addNewPayment,
  addPayments,
  addPayment,
  addCheckouts,
  addCustomers,
  addProducts,
  addDiscounts,
  addWebhooks,
  addRequests,
  addControls
]

export function addDashboardPages (app: FastifyInstance, options: DashboardOptions): void {
  addDashboard(app, options, SECTIONS)
}
