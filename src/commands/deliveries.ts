/** The command `deliveries`: what was sent to the endpoints, sending it once more, and letting it go wrong. */
import type { Config } from '../config.js'
import type { components } from '../control/types.gen.js'
import { SetupError } from '../errors.js'
import { parseDuration } from '../rules/duration.js'
import { ask, askJson, printLatest, type Latest } from './ask.js'

type Schemas = components['schemas']
type Delivery = Schemas['Delivery']

export interface DeliveriesOptions extends Latest {
  event?: string | undefined
  payment?: string | undefined
  state?: string | undefined
}

const PATH = '/_emulator/deliveries'

/** Prints the latest, the newest last. */
export async function deliveries (config: Config, { event, payment, state, ...latest }: DeliveriesOptions): Promise<void> {
  await printLatest(config, PATH, { event_id: event, payment_id: payment, state }, latest, deliveryLine)
}

/** `dlv_…  payment.succeeded  whk_…  failed  8 tries, the last: 500` */
function deliveryLine ({ delivery_id: id, event_type: type, webhook_id: endpoint, state, attempts }: Delivery): string {
  const last = attempts.at(-1)
  const outcome = last === undefined ? [] : [`the last: ${last.response_status ?? last.error}`]
  const tries = [`${attempts.length} ${attempts.length === 1 ? 'try' : 'tries'}`, ...outcome].join(', ')
  return [id, type, endpoint, state, tries].join('  ')
}

/** Tries a delivery once more, at once, and prints it as it is when nothing is under way. */
export async function retry (config: Config, deliveryId: string): Promise<void> {
  const path = `${PATH}/${encodeURIComponent(deliveryId)}`
  await ask(config, `${path}/retry`, { method: 'POST' })
  await ask(config, '/_emulator/idle')
  console.log(deliveryLine(await askJson<Delivery>(config, path)))
}

/** As typed. */
export interface DeliveryFaultFlags {
  times: string
  delay?: string
  webhook?: string
  type?: string
}

/** Lets the next tries go wrong, and prints everything that is to go wrong. What is wrong with the values, the emulator says. */
export async function failDeliveries (
  config: Config, kind: string, { times, delay, webhook, type }: DeliveryFaultFlags
): Promise<void> {
  const body = {
    kind,
    count: readCount(times),
    ...(delay === undefined ? {} : { delay_ms: delayMs(delay) }),
    ...(webhook === undefined ? {} : { webhook_id: webhook }),
    ...(type === undefined ? {} : { event_type: type })
  }
  printFaults(await ask(config, `${PATH}/faults`, { body }))
}

export async function listDeliveryFaults (config: Config): Promise<void> {
  printFaults(await ask(config, `${PATH}/faults`))
}

export async function clearDeliveryFaults (config: Config): Promise<void> {
  printFaults(await ask(config, `${PATH}/faults`, { method: 'DELETE' }))
}

function printFaults (text: string): void {
  const { items }: Schemas['DeliveryFaultList'] = JSON.parse(text)
  if (items.length === 0) console.log('nothing goes wrong on demand')
  for (const fault of items) console.log(Object.entries(fault).map(([name, value]) => `${name} ${value}`).join('  '))
}

function readCount (text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text)
  throw new SetupError(`--times must be a whole number, not ${JSON.stringify(text)}`)
}

function delayMs (text: string): number {
  const ms = parseDuration(text)
  if (ms === null) throw new SetupError(`--delay must be a duration such as 2s, not ${JSON.stringify(text)}`)
  return ms
}
