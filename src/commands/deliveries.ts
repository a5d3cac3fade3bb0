/** The command `deliveries`: lists deliveries to webhook endpoints, retries them, and makes them fail. */
import type { Command } from 'commander'
import type { components } from '../contract/control-types.gen.js'
import { wholeNumber } from '../config/values.js'
import { argument, durationUpTo, eventType, identifier, limitOption, oneOf, option } from './arguments.js'
import { ask, askJson, printLatest, type Latest } from './ask.js'
import type { Show } from './output.js'
import type { Target, TargetFlags } from './target.js'
import type { Tools } from './tools.js'

type Schemas = components['schemas']
type Delivery = Schemas['Delivery']

interface DeliveriesFlags extends TargetFlags, Latest {
  event?: string
  payment?: string
  state?: string
}

interface FaultFlags extends TargetFlags {
  times: number
  delay?: number
  webhook?: string
  type?: string
}

const PATH = '/_emulator/deliveries'

export function addDeliveries (_program: Command, { client, group, byDefault, targetOf, show }: Tools): void {
  const deliveries = group('deliveries', 'deliveries to webhook endpoints and their attempts')

  byDefault(client(deliveries, 'list', 'list the latest deliveries')
    .addOption(option('--event <event_id>', 'only of this event', identifier))
    .addOption(option('--payment <payment_id>', 'only of this payment', identifier))
    .addOption(option('--state <state>', 'waiting, succeeded, failed, cancelled or dropped',
      oneOf('waiting', 'succeeded', 'failed', 'cancelled', 'dropped')))
    .addOption(limitOption())
    .action(({ event, payment, state, limit, ...flags }: DeliveriesFlags) => {
      const filters = { event_id: event, payment_id: payment, state }
      const names = { event_id: '--event', payment_id: '--payment', state: '--state' }
      return printLatest(targetOf(flags), PATH, { filters, names }, { limit, show }, deliveryLine)
    }))

  client(deliveries, 'retry', 'retry a delivery now, even if it succeeded')
    .addArgument(argument('<delivery_id>', 'the delivery', identifier))
    .action((deliveryId: string, flags: TargetFlags) => retry(targetOf(flags), deliveryId, show))

  client(deliveries, 'fail', 'make the next deliveries fail')
    .addArgument(argument('<kind>', 'duplicate, shuffle, delay, drop, wrong_secret or stale_timestamp',
      oneOf('duplicate', 'shuffle', 'delay', 'drop', 'wrong_secret', 'stale_timestamp')))
    .addOption(option('--times <count>', 'for this many attempts', wholeNumber(1, 10_000)).default(1))
    .addOption(option('--delay <duration>', 'length of the delay; with the kind delay', durationUpTo('24h', 1)))
    .addOption(option('--webhook <webhook_id>', 'only to this endpoint', identifier))
    .addOption(option('--type <type>', 'only events of this type', eventType))
    .action((kind: string, { times, delay, webhook, type, ...flags }: FaultFlags) =>
      failDeliveries(targetOf(flags), { kind, count: times, delay_ms: delay, webhook_id: webhook, event_type: type }, show))

  client(deliveries, 'faults', 'list the faults of the next deliveries')
    .option('--clear', 'remove all of them')
    .action(async ({ clear, ...flags }: TargetFlags & { clear?: boolean }) => {
      showFaults(await askJson(targetOf(flags), `${PATH}/faults`, clear === true ? { method: 'DELETE' } : {}), show)
    })
}

/** `dlv_…  payment.succeeded  whk_…  failed  8 attempts, the last: 500` */
export function deliveryLine ({ delivery_id: id, event_type: type, webhook_id: endpoint, state, attempts }: Delivery): string {
  const last = attempts.at(-1)
  const outcome = last === undefined ? [] : [`the last: ${last.response_status ?? last.error}`]
  const count = [`${attempts.length} ${attempts.length === 1 ? 'attempt' : 'attempts'}`, ...outcome].join(', ')
  return [id, type, endpoint, state, count].join('  ')
}

/** Retries a delivery, and prints it when the sandbox is idle. */
async function retry (target: Target, deliveryId: string, show: Show): Promise<void> {
  const path = `${PATH}/${encodeURIComponent(deliveryId)}`
  await ask(target, `${path}/retry`, { method: 'POST' })
  await ask(target, '/_emulator/idle')
  show(await askJson<Delivery>(target, path), deliveryLine)
}

const FAULT_NAMES = {
  kind: '<kind>', count: '--times', delay_ms: '--delay', webhook_id: '--webhook', event_type: '--type'
}

/** Adds a fault and prints all faults. */
async function failDeliveries (target: Target, body: Record<string, unknown>, show: Show): Promise<void> {
  showFaults(await askJson(target, `${PATH}/faults`, { body, names: FAULT_NAMES }), show)
}

function showFaults ({ items }: Schemas['DeliveryFaultList'], show: Show): void {
  const lineOf = (fault: object) => Object.entries(fault).map(([name, value]) => `${name} ${value}`).join('  ')
  show(items, items => items.length === 0 ? 'no faults' : items.map(lineOf))
}
