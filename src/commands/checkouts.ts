/** The command `checkouts`: the checkout sessions that there are, and what became of each. */
import type { Config } from '../config.js'
import type { components } from '../control/types.gen.js'
import { ask } from './ask.js'

type Schemas = components['schemas']

export interface CheckoutsOptions {
  state: string | undefined
  limit: string
  json: boolean | undefined
}

/** Prints the latest, the newest last. */
export async function checkouts (config: Config, { state, limit, json }: CheckoutsOptions): Promise<void> {
  const query = new URLSearchParams({ page_size: limit, ...(state === undefined ? {} : { state }) })
  const { items }: Schemas['CheckoutList'] = JSON.parse(await ask(config, `/_emulator/checkouts?${query}`))
  if (json === true) console.log(JSON.stringify(items, null, 2))
  else for (const checkout of items.reverse()) console.log(checkoutLine(checkout))
}

/** `cks_…  submitted  pay_…  succeeded`, or where a customer still has to go: `cks_…  open  http://…` */
function checkoutLine ({ session_id: id, state, ...checkout }: Schemas['Checkout']): string {
  const outcome = checkout.payment_id === null ? [checkout.checkout_url] : [checkout.payment_id, checkout.payment_status]
  return [id, state, ...outcome].join('  ')
}
