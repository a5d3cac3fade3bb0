/** The control operations on subscriptions as functions for tests. */
import type { Schemas } from '../contract/operations.js'
import type { components } from '../contract/control-types.gen.js'
import type { Ask } from './controls.js'

type ControlSchemas = components['schemas']

/** The settings of the business for subscriptions. */
export type BusinessSettings = ControlSchemas['BusinessSettings']
export type DeclinedCharges = ControlSchemas['DeclinedCharges']
export type Subscription = Required<Schemas['SubscriptionResponse']>

export interface SubscriptionControls {
  /** Renews a subscription now, without moving the clock. Resolves to the subscription. */
  renew (subscriptionId: string): Promise<Subscription>
  /** Declines the next charges of a subscription: `declineNext(id, { times: 2, error_code: 'INSUFFICIENT_FUNDS' })`. */
  declineNext (subscriptionId: string, how?: ControlSchemas['DeclineNext']): Promise<DeclinedCharges>
  /** The settings of the business, after these changes: `settings({ payment_retries: true })`. */
  settings (changes?: ControlSchemas['ChangeBusinessSettings']): Promise<BusinessSettings>
}

export function subscriptionControls (ask: Ask): SubscriptionControls {
  return {
    renew: id =>
      ask('POST /_emulator/subscriptions/{subscription_id}/renew', { path: { subscription_id: id } }) as Promise<Subscription>,
    declineNext: (id, body = {}) =>
      ask('POST /_emulator/subscriptions/{subscription_id}/decline-next', { path: { subscription_id: id }, body }),
    settings: changes => changes === undefined
      ? ask('GET /_emulator/settings')
      : ask('PATCH /_emulator/settings', { body: changes })
  }
}
