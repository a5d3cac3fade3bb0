/** The dashboard as a whole: every section adds its pages here. */
import type { FastifyInstance } from 'fastify'
import { addDashboard, type AddSection, type DashboardOptions } from './frame.js'
import { addCheckouts } from './checkouts.js'
import { addCustomers } from './customers.js'
import { addDiscounts } from './discounts.js'
import { addNewPayment } from './new-payment.js'
import { addOverview } from './overview.js'
import { addPayment } from './payment.js'
import { addPayments } from './payments.js'
import { addProducts } from './products.js'

const SECTIONS: readonly AddSection[] = [
  addOverview,
  addPayments,
  addPayment,
  addNewPayment,
  addCheckouts,
  addCustomers,
  addProducts,
  addDiscounts
]

export function addDashboardPages (app: FastifyInstance, options: DashboardOptions): void {
  addDashboard(app, options, SECTIONS)
}
