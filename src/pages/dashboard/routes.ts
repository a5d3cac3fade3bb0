/** Registers the dashboard with its own sections and those that the resources declare. */
import type { FastifyInstance } from 'fastify'
import { sections as ofResources } from '../../resources/all.js'
import { controlsSection } from './controls.js'
import { overviewSection } from './overview.js'
import { requestsSection } from './requests.js'
import { addDashboard, type DashboardOptions } from './router.js'
import { searchSection } from './search.js'
import type { DashboardSection } from './section.js'

/** In the order of the navigation. */
const SECTIONS: readonly DashboardSection[] =
  [overviewSection(ofResources), ...ofResources, requestsSection, controlsSection, searchSection]
    .sort((a, b) => a.position - b.position)

export function addDashboardPages (app: FastifyInstance, options: DashboardOptions): void {
  addDashboard(app, options, SECTIONS)
}
