/** The commands that speak to a running emulator: what they are called, what they take, and who does it. */
import type { Command } from 'commander'
import type { Config, OptionName } from '../config.js'
import { SetupError } from '../errors.js'
import { parseDuration } from '../rules/duration.js'
import { ask, type Question } from './ask.js'
import { checkouts, type CheckoutsOptions } from './checkouts.js'
import {
  clearDeliveryFaults, deliveries, failDeliveries, listDeliveryFaults, retry, type DeliveriesOptions,
  type DeliveryFaultFlags
} from './deliveries.js'
import { fail, faults, type FailFlags } from './faults.js'
import { DETAILS_ABOUT, abandon, expire, pay, type PayFlags } from './outcomes.js'
import { clearRequests, followRequests, requests, type RequestsOptions } from './requests.js'
import { explain, verify, type VerifyFlags } from './verify.js'
import {
  createSandbox, deleteSandbox, deleteSnapshot, exportSnapshot, listSandboxes, listSnapshots, reset, restoreSnapshot, takeSnapshot
} from './sandboxes.js'
import { dropDue, due, moveClock, retryDue, type DueOptions } from './time.js'
import { events, listen, replay, trigger, type EventsOptions } from './webhooks.js'

type Flags = Partial<Record<OptionName, string>>

interface RequestFlags extends RequestsOptions {
  follow?: boolean
  clear?: boolean
}

/** What the command line gives its commands. */
export interface Tools {
  /** Gives a command the options that say which emulator it speaks to. */
  running (command: Command, more?: OptionName[]): Command
  /** Does it, and tells what the person can mend in one line. */
  run (action: () => Promise<void>): Promise<void>
  configOf (flags: Flags): Config
  apiKeyOf (config: Config): string
  stopSignal (): AbortSignal
}

export function addRemoteCommands (program: Command, tools: Tools): void {
  addOutcomes(program, tools)
  addTime(program, tools)
  addWebhooks(program, tools)
  addDeliveries(program, tools)
  addFaults(program, tools)
  addRequests(program, tools)
  addSandboxes(program, tools)
}

function addOutcomes (program: Command, { running, run, configOf }: Tools): void {
  running(program.command('pay').description('pay a checkout session or a payment, as the customer would on the hosted page'))
    .argument('<id>', 'cks_… or pay_…')
    .option('--card <number>', 'pay with a test card')
    .option('--outcome <outcome>', 'succeeded (unless given), failed, processing, cancelled or requires_customer_action')
    .option('--error-code <code>', 'why it failed; with --outcome failed')
    .option('--details <json>', DETAILS_ABOUT)
    .action((id: string, flags: Flags & PayFlags) => run(async () => pay(configOf(flags), id, flags)))

  running(program.command('expire').description('expire a checkout session or the link of a payment now'))
    .argument('<id>', 'cks_… or pay_…')
    .action((id: string, flags: Flags) => run(async () => expire(configOf(flags), id)))

  running(program.command('abandon').description('leave a checkout unfinished, which abandoned_checkout.detected reports'))
    .argument('<id>', 'cks_… or pay_…')
    .option('--details <json>', DETAILS_ABOUT)
    .action((id: string, { details, ...flags }: Flags & PayFlags) => run(async () => abandon(configOf(flags), id, details)))

  running(program.command('settle').description('decide what becomes of a refund that has not ended yet'))
    .argument('<refund_id>')
    .argument('[status]', 'succeeded, failed or review', 'succeeded')
    .action((refundId: string, status: string, flags: Flags) =>
      run(() => control(configOf(flags), `refunds/${encodeURIComponent(refundId)}/settle`, { body: { status } })))

  running(program.command('checkouts').description('print the latest checkout sessions'))
    .option('--state <state>', 'only open, submitted or expired ones')
    .option('--limit <count>', 'so many', '20')
    .option('--json', 'with what each was asked for')
    .action(({ state, limit, json, ...flags }: Flags & CheckoutsOptions) =>
      run(async () => checkouts(configOf(flags), { state, limit, json })))

  running(program.command('idle').description('wait until nothing is due or under way'))
    .option('--timeout <duration>', 'give up after this', '10s')
    .action(({ timeout, ...flags }: Flags & { timeout: string }) =>
      run(async () => {
        const waitsMs = durationMs(timeout)
        await control(configOf(flags), `idle?timeout_ms=${waitsMs}`, { waitsMs })
      }))
}

function addTime (program: Command, { running, run, configOf }: Tools): void {
  const clock = program.command('clock').description("read or move the emulator's clock")

  running(clock.command('show', { isDefault: true }).description('say what time it is there'))
    .action((flags: Flags) => run(() => control(configOf(flags), 'clock')))

  running(clock.command('advance').description('move it forward; what falls due on the way happens'))
    .argument('<duration>', '500ms, 30s, 15m, 25h, 7d')
    .action((text: string, flags: Flags) =>
      run(async () => moveClock(configOf(flags), { advance_ms: durationMs(text) })))

  running(clock.command('set').description('set it to a time'))
    .argument('<time>', '2026-01-31T12:00:00Z')
    .action((now: string, flags: Flags) => run(async () => moveClock(configOf(flags), { now })))

  for (const [name, frozen] of [['freeze', true], ['release', false]] as const) {
    running(clock.command(name).description(frozen ? 'let it stand still' : 'let it run again'))
      .action((flags: Flags) => run(async () => moveClock(configOf(flags), { frozen })))
  }

  const dueCommand = program.command('due').description('what falls due next by the clock, and what has failed')

  running(dueCommand.command('list', { isDefault: true }).description('print it'))
    .option('--kind <kind>', 'only this kind, such as refund.settle')
    .option('--subject <id>', 'only of this payment or refund')
    .option('--limit <count>', 'so many', '20')
    .option('--json', 'with how many there are')
    .action(({ kind, subject, limit, json, ...flags }: Flags & DueOptions) =>
      run(async () => due(configOf(flags), { kind, subject, limit, json })))

  running(dueCommand.command('retry').description('perform what has failed once more')).argument('<kind>').argument('<id>')
    .action((kind: string, id: string, flags: Flags) => run(async () => retryDue(configOf(flags), kind, id)))

  running(dueCommand.command('drop').description('drop what has failed')).argument('<kind>').argument('<id>')
    .action((kind: string, id: string, flags: Flags) => run(async () => dropDue(configOf(flags), kind, id)))
}

function addWebhooks (program: Command, { running, run, configOf, apiKeyOf, stopSignal }: Tools): void {
  const webhooks = program.command('webhooks').description('endpoints that hear of events')

  running(webhooks.command('listen').description('send events to a URL and print every try'), ['apiKeys'])
    .argument('<url>', 'http://localhost:3000/webhook')
    .option('--events <types>', 'only these, separated by commas')
    .action((url: string, { events: types, ...flags }: Flags & { events?: string }) => run(async () => {
      const config = configOf(flags)
      const only = types?.split(',').map(type => type.trim())
      await listen(config, { url, apiKey: apiKeyOf(config), types: only, stop: stopSignal() })
    }))

  running(program.command('trigger').description('send a sample of an event'))
    .argument('<type>', 'payment.failed')
    .option('--data <json>', "fields that take the place of the sample's")
    .action((type: string, { data, ...flags }: Flags & { data?: string }) =>
      run(async () => trigger(configOf(flags), { type, data })))

  const eventCommand = program.command('events').description('what has happened, and who was told')

  running(eventCommand.command('list', { isDefault: true }).description('print the latest events'))
    .option('--type <type>', 'only this type, such as payment.failed')
    .option('--payment <payment_id>', 'only about this payment')
    .option('--limit <count>', 'so many', '20')
    .option('--json', 'with their bodies and deliveries')
    .action(({ type, payment, limit, json, ...flags }: Flags & EventsOptions) =>
      run(async () => events(configOf(flags), { type, payment, limit, json })))

  running(eventCommand.command('replay').description('deliver an event once more'))
    .argument('<event_id>')
    .action((eventId: string, flags: Flags) => run(async () => replay(configOf(flags), eventId)))
}

function addDeliveries (program: Command, { running, run, configOf }: Tools): void {
  const deliveryCommand = program.command('deliveries').description('what was sent to the endpoints, with every try')

  running(deliveryCommand.command('list', { isDefault: true }).description('print the latest'))
    .option('--event <event_id>', 'only of this event')
    .option('--payment <payment_id>', 'only about this payment')
    .option('--state <state>', 'only waiting, succeeded, failed, cancelled or dropped ones')
    .option('--limit <count>', 'so many', '20')
    .option('--json', 'with the bodies and answers of every try')
    .action(({ event, payment, state, limit, json, ...flags }: Flags & DeliveriesOptions) =>
      run(async () => deliveries(configOf(flags), { event, payment, state, limit, json })))

  running(deliveryCommand.command('retry').description('try one once more, however it has ended'))
    .argument('<delivery_id>')
    .action((deliveryId: string, flags: Flags) => run(async () => retry(configOf(flags), deliveryId)))

  running(deliveryCommand.command('fail').description('let the next deliveries go wrong'))
    .argument('<kind>', 'duplicate, shuffle, delay, drop, wrong_secret or stale_timestamp')
    .option('--times <count>', 'for so many tries', '1')
    .option('--delay <duration>', 'how much later; with delay')
    .option('--webhook <webhook_id>', 'only to this endpoint')
    .option('--type <type>', 'only events of this type')
    .action((kind: string, flags: Flags & DeliveryFaultFlags) => run(async () => failDeliveries(configOf(flags), kind, flags)))

  running(deliveryCommand.command('faults').description('print what is to go wrong with deliveries'))
    .option('--clear', 'let everything go well again')
    .action(({ clear, ...flags }: Flags & { clear?: boolean }) =>
      run(async () => clear === true ? clearDeliveryFaults(configOf(flags)) : listDeliveryFaults(configOf(flags))))
}

function addFaults (program: Command, { running, run, configOf }: Tools): void {
  running(program.command('fail').description('let calls of the API go wrong'))
    .argument('[operation]', "'POST /payments', 'GET /payments/{payment_id}', 'POST *', or '*' for all", '*')
    .option('--status <status>', 'answer with this status, 400 to 599')
    .option('--code <code>', 'and with this code, such as INTERNAL_SERVER_ERROR')
    .option('--message <message>', 'and with this message')
    .option('--header <name: value>', 'and with this header; may be given again', (text, all: string[] = []) => [...all, text])
    .option('--after', 'only after the call has done what it does; with an error or a delay')
    .option('--delay <duration>', 'wait first: 2s, 100ms-3s for something between, p50=200ms,p99=4s, or 0s,0s,5s in turn')
    .option('--reset <before|after>', 'reset the connection, before or after the call has done what it does')
    .option('--truncate', 'end the body in the middle')
    .option('--slow <interval>', 'let the body come bit by bit, so long apart: 100ms')
    .option('--bytes <count>', 'so many at a time; with --slow')
    .option('--rate-limited', 'answer with 429 and the headers that go with it')
    .option('--retry-after <seconds>', 'when to come back; with --rate-limited')
    .option('--preset <name>', 'flaky, slow, down, rate-limited, lost-replies or timeouts')
    .option('--times <count>', 'so often; unless given, until it is cleared')
    .option('--probability <probability>', 'only so many of the calls: 0.5 is half of them')
    .action((operation: string, flags: Flags & FailFlags) =>
      run(async () => fail(configOf(flags), operation, flags)))

  running(program.command('faults').description('print what goes wrong on demand'))
    .option('--clear [fault_id]', 'let everything go well again, or end this one')
    .action((flags: Flags & { clear?: boolean | string }) => run(async () => faults(configOf(flags), flags)))

  running(program.command('seed').description('add what a fixtures file holds to a running emulator'))
    .argument('<file>', 'JSON or YAML')
    .action((file: string, flags: Flags) => run(async () => {
      const { seed } = await import('./seed.js')
      await seed(configOf(flags), file)
    }))
}

function addRequests (program: Command, { running, run, configOf, stopSignal }: Tools): void {
  running(program.command('requests').description('what was called, and why it was refused'))
    .option('--status <status>', 'only this status, or class of them such as 4xx')
    .option('--operation <operation>', "only this one, such as 'POST /payments'")
    .option('--payment <payment_id>', 'only about this payment')
    .option('--limit <count>', 'so many', '20')
    .option('--follow', 'go on with every new call until Ctrl-C')
    .option('--json', 'with headers and bodies')
    .option('--clear', 'forget the calls so far')
    .action(({ status, operation, payment, limit, follow, clear, json, ...flags }: Flags & RequestFlags) => run(async () => {
      const config = configOf(flags)
      if (clear === true) return clearRequests(config)
      if (follow !== true) return requests(config, { status, operation, payment, limit, json })
      await followRequests(config, { status, operation, payment, json, stop: stopSignal() })
    }))

  running(program.command('verify').description('exit with 0 if the expected calls were made, else with 1 and the nearest ones'))
    .option('--operation <operation>', "'POST /payments'")
    .option('--method <method>', 'POST')
    .option('--path <path>', '/payments/pay_1')
    .option('--status <status>', '422, or 4xx')
    .option('--body <json>', 'a pattern: {"metadata":{"order":{"$any":true}}}')
    .option('--headers <json>', 'patterns by name')
    .option('--since <id or time>', 'only what came after')
    .option('--count <count>', 'exactly so many; unless given, at least one')
    .action((flags: Flags & VerifyFlags) => run(async () => verify(configOf(flags), flags)))

  running(program.command('explain').description('tell how the total of a payment came about'))
    .argument('<payment_id>')
    .action((paymentId: string, flags: Flags) => run(async () => explain(configOf(flags), paymentId)))
}

function addSandboxes (program: Command, { running, run, configOf }: Tools): void {
  running(program.command('reset').description('make the sandbox what it was when it was new'))
    .action((flags: Flags) => run(async () => reset(configOf(flags))))

  const snapshot = program.command('snapshot').description('remember the sandbox as it is, and go back')
  const onSnapshot = (name: string, about: string, act: (config: Config, snapshot: string) => Promise<void>) => {
    running(snapshot.command(name).description(about)).argument('<name>')
      .action((snapshotName: string, flags: Flags) => run(async () => act(configOf(flags), snapshotName)))
  }
  running(snapshot.command('list', { isDefault: true }).description('print the snapshots'))
    .action((flags: Flags) => run(async () => listSnapshots(configOf(flags))))
  onSnapshot('take', 'remember the sandbox as it is now', takeSnapshot)
  onSnapshot('restore', 'make the sandbox what it was then', restoreSnapshot)
  onSnapshot('delete', 'forget a snapshot', deleteSnapshot)
  running(snapshot.command('export').description('write a snapshot to a file, for --from-snapshot'))
    .argument('<name>').argument('<file>')
    .action((name: string, file: string, flags: Flags) => run(async () => exportSnapshot(configOf(flags), name, file)))

  const sandboxes = program.command('sandboxes').description('the isolated worlds of an emulator')
  running(sandboxes.command('list', { isDefault: true }).description('print them'))
    .action((flags: Flags) => run(async () => listSandboxes(configOf(flags))))
  running(sandboxes.command('create').description('make one; the first call with its key does so too')).argument('<name>')
    .action((name: string, flags: Flags) => run(async () => createSandbox(configOf(flags), name)))
  running(sandboxes.command('delete').description('delete one with all its data')).argument('<name>')
    .action((name: string, flags: Flags) => run(async () => deleteSandbox(configOf(flags), name)))
}

/** Sends a request to the control API of a running emulator and prints what it answers. */
async function control (config: Config, path: string, question: Question = {}): Promise<void> {
  const text = await ask(config, `/_emulator/${path}`, question)
  console.log(JSON.stringify(JSON.parse(text), null, 2))
}

function durationMs (text: string): number {
  const ms = parseDuration(text)
  if (ms === null) throw new SetupError(`${JSON.stringify(text)} is no duration, such as 30s, 15m or 25h`)
  return ms
}
