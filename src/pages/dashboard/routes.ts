/** The dashboard as a whole: every section adds its pages here. */
import type { FastifyInstance } from 'fastify'
import { addDashboard, type AddSection, type DashboardOptions } from './frame.js'
import { addOverview } from './overview.js'
import { addRequests } from './requests.js'
import { addWebhooks } from './webhooks.js'
import { addProducts } from './products.js'

const SECTIONS: readonly AddSection[] = [
  addOverview,
  addProducts,
  addWebhooks,
  addRequests
]

export function addDashboardPages (app: FastifyInstance, options: DashboardOptions): void {
  addDashboard(app, options, SECTIONS)
}
