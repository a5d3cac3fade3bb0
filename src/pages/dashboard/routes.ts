/** The dashboard as a whole: every section adds its pages here. */
import type { FastifyInstance } from 'fastify'
import { addDashboard, type AddSection, type DashboardOptions } from './frame.js'
import { addOverview } from './overview.js'
import { addPayment } from './payment.js'
import { addPayments } from './payments.js'
import { addProducts } from './products.js'
import { addRequests } from './requests.js'
import { addWebhooks } from './webhooks.js'

const SECTIONS: readonly AddSection[] = [
  addOverview,
  addPayments,
  addPayment,
  addProducts,
  addWebhooks,
  addRequests
]

export function addDashboardPages (app: FastifyInstance, options: DashboardOptions): void {
  addDashboard(app, options, SECTIONS)
}
