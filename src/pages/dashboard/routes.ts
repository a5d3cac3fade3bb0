/** The dashboard with its own sections and those of the resources. `entrance.ts` loads it on demand. */
import { sections as ofResources } from '../../resources/dashboards.js'
import { controlsSection } from './controls.js'
import { overviewSection } from './overview.js'
import { requestsSection } from './requests.js'
import { createDashboard, type Dashboard, type DashboardOptions } from './router.js'
import { searchSection } from './search.js'
import type { DashboardSection } from './section.js'

/** In the order of the navigation. */
const SECTIONS: readonly DashboardSection[] =
  [overviewSection(ofResources), ...ofResources, requestsSection, controlsSection, searchSection]
    .sort((a, b) => a.position - b.position)

export const dashboardOf = (options: DashboardOptions): Dashboard => createDashboard(options, SECTIONS)
