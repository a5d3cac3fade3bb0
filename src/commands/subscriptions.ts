/** The commands `subscriptions`, which renews them or declines their charges, and `settings` of the business. */
import type { Command } from 'commander'
import { argument, errorCode, identifier, jsonObject, option } from './arguments.js'
import { wholeNumber } from '../config/values.js'
import { print } from './outcomes.js'
import type { TargetFlags } from './target.js'
import type { Tools } from './tools.js'

interface DeclineFlags extends TargetFlags {
  times?: number
  errorCode?: string
}

const TIMES_MAX = 100

export function addSubscriptions (_program: Command, { client, group, targetOf }: Tools): void {
  const subscriptions = group('subscriptions', 'renew subscriptions and decline their charges')
  const onSubscription = (name: string, about: string) =>
    client(subscriptions, name, about).addArgument(argument('<subscription_id>', 'the subscription', identifier))
  const pathOf = (id: string, action: string) => `subscriptions/${encodeURIComponent(id)}/${action}`

  onSubscription('renew', 'renew a subscription now, without moving the clock')
    .action((id: string, flags: TargetFlags) => print(targetOf(flags), pathOf(id, 'renew'), { method: 'POST' }))

  onSubscription('decline-next', 'decline the next charges of a subscription')
    .addOption(option('--times <count>', 'number of charges; 0 declines none (default: 1)', wholeNumber(0, TIMES_MAX)))
    .addOption(option('--error-code <code>', 'reason, such as INSUFFICIENT_FUNDS (default: GENERIC_DECLINE)', errorCode))
    .action((id: string, { times, errorCode, ...flags }: DeclineFlags) => print(targetOf(flags), pathOf(id, 'decline-next'), {
      body: { times, error_code: errorCode }, names: { times: '--times', error_code: '--error-code' }
    }))
}

const CHANGES = '{"payment_retries":true}'

export function addSettings (program: Command, { client, targetOf }: Tools): void {
  client(program, 'settings', 'print the settings of the business, or change some')
    .addOption(option('--set <json>', `settings to change, such as ${CHANGES}`, jsonObject(CHANGES)))
    .action(({ set, ...flags }: TargetFlags & { set?: object }) => print(targetOf(flags), 'settings',
      set === undefined ? {} : { method: 'PATCH', body: set, names: { '*': '--set' } }))
}
