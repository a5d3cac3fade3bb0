/** The handlers of the control API under /_emulator, which is not part of the emulated API. */
import { controlContract } from '../contract/load.js'
import type { ControlHandlers } from '../contract/handlers.js'
import { VERSION } from '../root.js'
import type { Sandboxes } from '../sandbox/sandboxes.js'
import { clockControls } from './clock.js'
import { faultControls } from './faults.js'
import { fixtureControls } from './fixtures.js'
import { controls } from '../resources/all.js'
import { sandboxControls } from './sandboxes.js'
import { requestControls } from './requests.js'
import { webhookControls } from './webhooks.js'

export interface Controlled {
  sandboxes: Sandboxes
}

export function controlHandlers ({ sandboxes }: Controlled) {
  return {
    ...clockControls,
    ...webhookControls,
    ...sandboxControls(sandboxes),
    ...faultControls,
    ...fixtureControls,
    ...requestControls,
    ...controls,

    'GET /_emulator/openapi.json': (): Record<string, unknown> => ({ ...controlContract().document }),

    'GET /_emulator/health': ({ context }) => ({
      status: 'ok' as const,
      version: VERSION,
      contract_version: context.sandbox.contract,
      node_version: process.versions.node,
      links_url: context.baseUrl,
      uptime_ms: Math.round(process.uptime() * 1000)
    })
  } satisfies ControlHandlers
}
