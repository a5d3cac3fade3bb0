/** The control operation on usage as a function for tests. */
import type { components } from '../contract/control-types.gen.js'
import type { Ask } from './controls.js'

type ControlSchemas = components['schemas']

export type Used = ControlSchemas['Used']

export interface UsageControls {
  /**
   * Creates usage for a customer: `use({ customer_id, event_name: 'api.call', count: 2500 })`, or events whose numbers add up
   * to a `sum`. `from` and `to` set their times. Resolves to the usage of the customer's current cycles.
   */
  use (usage: ControlSchemas['Use']): Promise<Used>
}

export function usageControls (ask: Ask): UsageControls {
  return { use: body => ask('POST /_emulator/usage', { body }) }
}
