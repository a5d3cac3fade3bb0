/** The command `usage`, which creates usage for a customer. */
import type { Command } from 'commander'
import { wholeNumber, nonEmpty } from '../config/values.js'
import { argument, identifier, jsonObject, option, timeText } from './arguments.js'
import { print } from './outcomes.js'
import type { TargetFlags } from './target.js'
import type { Tools } from './tools.js'

interface UsageFlags extends TargetFlags {
  count?: number
  sum?: string
  key?: string
  metadata?: object
  from?: string
  to?: string
}

const COUNT_MAX = 100_000
const METADATA = '{"region":"eu"}'

export function addUsage (program: Command, { client, targetOf }: Tools): void {
  client(program, 'usage', 'create usage for the meters of a customer, without sending every event')
    .addArgument(argument('<customer_id>', 'the customer', identifier))
    .addArgument(argument('<event_name>', 'the name of the events', nonEmpty))
    .addOption(option('--count <count>', 'number of events (default: 1)', wholeNumber(1, COUNT_MAX)))
    .addOption(option('--sum <decimal>', 'sum of the numbers of all events', nonEmpty))
    .addOption(option('--key <key>', 'metadata key of the numbers (default: that of the meters)', nonEmpty))
    .addOption(option('--metadata <json>', `further metadata, such as ${METADATA}`, jsonObject(METADATA)))
    .addOption(option('--from <time>', 'time of the first event (default: --to)', timeText))
    .addOption(option('--to <time>', 'end of the time of the events (default: now)', timeText))
    .action((customerId: string, eventName: string, { count, sum, key, metadata, from, to, ...flags }: UsageFlags) =>
      print(targetOf(flags), 'usage', {
        body: { customer_id: customerId, event_name: eventName, count, sum, key, metadata, from, to },
        names: {
          customer_id: '<customer_id>',
          event_name: '<event_name>',
          count: '--count',
          sum: '--sum',
          key: '--key',
          metadata: '--metadata',
          from: '--from',
          to: '--to'
        }
      }))
}
