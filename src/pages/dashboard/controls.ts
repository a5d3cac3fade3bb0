/** The section in which a person does to the sandbox what tests do by /_emulator: four pages, and what they share. */
import { addClock } from './clock.js'
import { addData } from './data.js'
import { addFaults } from './faults.js'
import type { Dashboard } from './router.js'
import { addSandboxes } from './sandboxes.js'

export function addControls (dashboard: Dashboard): void {
  for (const add of [addClock, addFaults, addData, addSandboxes]) add(dashboard)
}
