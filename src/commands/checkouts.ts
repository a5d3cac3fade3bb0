/** The command `checkouts`: lists checkout sessions with their outcome. */
import type { Command } from 'commander'
import type { components } from '../contract/control-types.gen.js'
import { limitOption, oneOf, option } from './arguments.js'
import { printLatest, type Latest } from './ask.js'
import type { TargetFlags } from './target.js'
import type { Tools } from './tools.js'

interface CheckoutsFlags extends TargetFlags, Latest {
  state?: string
}

export function addCheckouts (program: Command, { client, targetOf, show }: Tools): void {
  client(program, 'checkouts', 'list checkout sessions with their outcome')
    .addOption(option('--state <state>', 'open, submitted or expired', oneOf('open', 'submitted', 'expired')))
    .addOption(limitOption())
    .action(({ state, limit, ...flags }: CheckoutsFlags) => {
      const filter = { filters: { state }, names: { state: '--state' } }
      return printLatest(targetOf(flags), '/_emulator/checkouts', filter, { limit, show }, checkoutLine)
    })
}

/** `cks_…  submitted  pay_…  succeeded`, or with the checkout URL if there is no payment yet: `cks_…  open  http://…` */
function checkoutLine ({ session_id: id, state, ...checkout }: components['schemas']['Checkout']): string {
  const outcome = checkout.payment_id === null ? [checkout.checkout_url] : [checkout.payment_id, checkout.payment_status]
  return [id, state, ...outcome].join('  ')
}
