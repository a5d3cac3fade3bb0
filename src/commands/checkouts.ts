/** The command `checkouts`: the checkout sessions that there are, and what became of each. */
import type { Config } from '../config.js'
import type { components } from '../control/types.gen.js'
import { printLatest, type Latest } from './ask.js'

export interface CheckoutsOptions extends Latest {
  state?: string | undefined
}

/** Prints the latest, the newest last. */
export async function checkouts (config: Config, { state, ...latest }: CheckoutsOptions): Promise<void> {
  await printLatest(config, '/_emulator/checkouts', { state }, latest, checkoutLine)
}

/** `cks_…  submitted  pay_…  succeeded`, or where a customer still has to go: `cks_…  open  http://…` */
function checkoutLine ({ session_id: id, state, ...checkout }: components['schemas']['Checkout']): string {
  const outcome = checkout.payment_id === null ? [checkout.checkout_url] : [checkout.payment_id, checkout.payment_status]
  return [id, state, ...outcome].join('  ')
}
