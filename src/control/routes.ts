/** The handlers of the control API under /_emulator, which is not part of the emulated API. */
import { contract, controlContract } from '../contract/load.js'
import type { ControlHandlers } from '../contract/handlers.js'
import { VERSION } from '../root.js'
import type { Jobs } from '../sandbox/jobs.js'
import type { Sandboxes } from '../sandbox/sandboxes.js'
import { clockControls } from './clock.js'
import { faultControls } from './faults.js'
import { fixtureControls } from './fixtures.js'
import { controls } from '../resources/all.js'
import { pay } from '../resources/payments/pay.js'
import { sandboxControls } from './sandboxes.js'
import { requestControls } from './requests.js'
import { webhookControls } from './webhooks.js'

export interface Controlled {
  /** The jobs that run when the clock is moved. */
  jobs: Jobs
  sandboxes: Sandboxes
}

export function controlHandlers ({ jobs, sandboxes }: Controlled) {
  return {
    ...clockControls,
    ...webhookControls,
    ...sandboxControls(sandboxes),
    ...faultControls,
    ...fixtureControls({ jobs, pay }),
    ...requestControls,
    ...controls,

    'GET /_emulator/openapi.json': (): Record<string, unknown> => ({ ...controlContract().document }),

    'GET /_emulator/health': () => ({
      status: 'ok' as const,
      version: VERSION,
      contract_version: contract().document.info.version,
      node_version: process.versions.node,
      uptime_ms: Math.round(process.uptime() * 1000)
    })
  } satisfies ControlHandlers
}
