/** What is answered under /_emulator: what no real payment provider offers. None of it is part of the emulated API. */
import { contract, controlContract } from '../contract/load.js'
import type { OperationName } from '../contract/operations.js'
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
  /** What happens when a moved clock reaches its time. */
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

/**
 * Operations that run outside the transaction of their turn, which may run its changes twice: those that change nothing in the
 * database, and those that take several transactions.
 */
export const WITHOUT_TRANSACTION: ReadonlySet<string> = new Set<OperationName>([
  'POST /_emulator/clock',
  'POST /_emulator/due/{kind}/{subject_id}/retry',
  'POST /_emulator/load',
  'POST /_emulator/faults',
  'DELETE /_emulator/faults',
  'DELETE /_emulator/faults/{fault_id}',
  'POST /_emulator/deliveries/faults',
  'DELETE /_emulator/deliveries/faults',
  'POST /_emulator/sandboxes',
  'DELETE /_emulator/sandboxes/{name}',
  'POST /_emulator/snapshots',
  'DELETE /_emulator/snapshots/{name}',
  'DELETE /_emulator/requests',
  'POST /_emulator/verify'
])
