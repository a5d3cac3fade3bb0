/** The section for what tests do by /_emulator: the clock, faults on calls, data, and sandboxes. */
import { clockPages } from './clock.js'
import { dataFiles, dataPages } from './data.js'
import { faultPages } from './faults.js'
import { ICONS } from './icons.js'
import { sandboxPages } from './sandboxes.js'
import type { DashboardSection } from './section.js'

export const controlsSection: DashboardSection = {
  name: 'controls',
  title: 'Controls',
  icon: ICONS.controls,
  position: 100,
  pages: { ...clockPages, ...faultPages, ...dataPages, ...sandboxPages },
  files: dataFiles
}
