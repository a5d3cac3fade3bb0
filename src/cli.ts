#!/usr/bin/env node
/** What people run: `dodo-emulator start`, and commands that speak to a running emulator. */
import { writeFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { ask } from './commands/ask.js'
import { fail, faults, type FailFlags } from './commands/faults.js'
import { events, listen, replay, trigger } from './commands/webhooks.js'
import { OPTIONS, readConfig, type Config, type OptionName } from './config.js'
import { SetupError, type Violation } from './errors.js'
import type { Prepare } from './fixtures/load.js'
import { VERSION } from './root.js'
import { parseDuration } from './rules/duration.js'

type Flags = Partial<Record<OptionName, string>>

type PayFlags = Partial<Record<'card' | 'outcome' | 'errorCode', string>>

interface EventFlags {
  type?: string
  payment?: string
  limit: string
  json?: boolean
}

interface ImportFlags {
  apiKey?: string
  baseUrl?: string
  environment: 'test_mode' | 'live_mode'
  out?: string
  customers?: 'all' | 'none'
  anonymize?: boolean
}

const program = new Command('dodo-emulator')
  .description('An unofficial local emulator of the Dodo Payments API')
  .version(VERSION)

withOptions(program.command('start', { isDefault: true }).description('start the emulator'), Object.keys(OPTIONS) as OptionName[])
  .action((flags: Flags) => run(async () => start(readConfig(flags, process.env))))

withOptions(program.command('health').description('exit with 0 if a running emulator answers, else with 1'), ['port', 'host'])
  .action((flags: Flags) => run(async () => health(readConfig(flags, process.env))))

withOptions(program.command('pay').description('do what the customer would do on the hosted page'), ['port', 'host'])
  .argument('<payment_id>')
  .option('--card <number>', 'pay with a test card')
  .option('--outcome <outcome>', 'succeeded, failed, processing, cancelled or requires_customer_action')
  .option('--error-code <code>', 'why it failed; with --outcome failed')
  .action((paymentId: string, { card, outcome, errorCode, ...flags }: Flags & PayFlags) =>
    run(() => control(flags, `payments/${encodeURIComponent(paymentId)}/pay`, { card, outcome, error_code: errorCode })))

const clock = program.command('clock').description("read or move the emulator's clock")

withOptions(clock.command('show', { isDefault: true }).description('say what time it is there'), ['port', 'host'])
  .action((flags: Flags) => run(() => control(flags, 'clock')))

withOptions(clock.command('advance').description('move it forward; what falls due on the way happens'), ['port', 'host'])
  .argument('<duration>', '500ms, 30s, 15m, 25h, 7d')
  .action((text: string, flags: Flags) => run(async () => control(flags, 'clock', { advance_ms: durationMs(text) })))

withOptions(clock.command('set').description('set it to a time'), ['port', 'host'])
  .argument('<time>', '2026-01-31T12:00:00Z')
  .action((now: string, flags: Flags) => run(() => control(flags, 'clock', { now })))

for (const [name, frozen] of [['freeze', true], ['release', false]] as const) {
  withOptions(clock.command(name).description(frozen ? 'let it stand still' : 'let it run again'), ['port', 'host'])
    .action((flags: Flags) => run(() => control(flags, 'clock', { frozen })))
}

const webhooks = program.command('webhooks').description('endpoints that hear of events')

withOptions(webhooks.command('listen').description('send events to a URL and print every try'), ['port', 'host', 'apiKeys'])
  .argument('<url>', 'http://localhost:3000/webhook')
  .option('--events <types>', 'only these, separated by commas')
  .action((url: string, { events: types, ...flags }: Flags & { events?: string }) => run(async () => {
    const config = readConfig(flags, process.env)
    const stop = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { stop.abort() })
    const [apiKey = process.env['DODO_PAYMENTS_API_KEY'] ?? 'test'] = config.apiKeys
    await listen(config, { url, apiKey, types: types?.split(',').map(type => type.trim()), stop: stop.signal })
  }))

withOptions(program.command('trigger').description('send a sample of an event'), ['port', 'host'])
  .argument('<type>', 'payment.failed')
  .option('--data <json>', "fields that take the place of the sample's")
  .action((type: string, { data, ...flags }: Flags & { data?: string }) =>
    run(async () => trigger(readConfig(flags, process.env), { type, data })))

const eventCommand = program.command('events').description('what has happened, and who was told')

withOptions(eventCommand.command('list', { isDefault: true }).description('print the latest events'), ['port', 'host'])
  .option('--type <type>', 'only this type, such as payment.failed')
  .option('--payment <payment_id>', 'only about this payment')
  .option('--limit <count>', 'so many', '20')
  .option('--json', 'with their bodies and deliveries')
  .action(({ type, payment, limit, json, ...flags }: Flags & EventFlags) =>
    run(async () => events(readConfig(flags, process.env), { type, payment, limit, json })))

withOptions(eventCommand.command('replay').description('deliver an event once more'), ['port', 'host'])
  .argument('<event_id>')
  .action((eventId: string, flags: Flags) => run(async () => replay(readConfig(flags, process.env), eventId)))

withOptions(program.command('fail').description('let calls of the API go wrong'), ['port', 'host'])
  .argument('[operation]', "'POST /payments', 'GET /payments/{payment_id}', 'POST *', or '*' for all", '*')
  .option('--status <status>', 'answer with this status, 400 to 599')
  .option('--code <code>', 'and with this code, such as INTERNAL_SERVER_ERROR')
  .option('--message <message>', 'and with this message')
  .option('--delay <duration>', 'wait first: 2s, or 100ms-3s for something between')
  .option('--reset <before|after>', 'reset the connection, before or after the call has done what it does')
  .option('--rate-limited', 'answer with 429 and the headers that go with it')
  .option('--preset <name>', 'flaky, slow, down, rate-limited, lost-replies or timeouts')
  .option('--times <count>', 'so often; unless given, until it is cleared')
  .option('--probability <probability>', 'only so many of the calls: 0.5 is half of them')
  .action((operation: string, flags: Flags & FailFlags) =>
    run(async () => fail(readConfig(flags, process.env), operation, flags)))

withOptions(program.command('faults').description('print what goes wrong on demand'), ['port', 'host'])
  .option('--clear', 'let everything go well again')
  .action((flags: Flags & { clear?: boolean }) => run(async () => faults(readConfig(flags, process.env), flags)))

withOptions(program.command('seed').description('add what a fixtures file holds to a running emulator'), ['port', 'host'])
  .argument('<file>', 'JSON or YAML')
  .action((file: string, flags: Flags) => run(async () => {
    const { seed } = await import('./commands/seed.js')
    await seed(readConfig(flags, process.env), file)
  }))

program.command('import').description('copy what a real account sells into a fixtures file; it only reads')
  .option('--api-key <key>', 'of the account; a read-only one will do [DODO_PAYMENTS_API_KEY]')
  .option('--base-url <url>', "where the account is, if not at the environment's own address")
  .addOption(new Option('--environment <name>', 'of the account').choices(['test_mode', 'live_mode']).default('test_mode'))
  .option('--out <file>', 'JSON, or YAML if it ends in .yaml; unless given, the standard output')
  .addOption(new Option('--customers <which>', 'all of them, or none [default: all in test_mode, none in live_mode]')
    .choices(['all', 'none']))
  .option('--anonymize', 'replace names and e-mail addresses, and leave out phone numbers and metadata, of customers')
  .action((flags: ImportFlags) => run(async () => importFixtures(flags)))

const fixtures = program.command('fixtures').description('files that say what an emulator starts from')

fixtures.command('check').description('say whether an emulator would start from these files')
  .argument('<files...>', 'JSON or YAML, added to each other in this order')
  .action((files: string[]) => run(async () => checkFixtures(files)))

/** Whatever a command takes, it sends the key of the control API, if there is one. */
function withOptions (command: Command, names: OptionName[]): Command {
  for (const name of new Set<OptionName>([...names, 'controlKey'])) {
    const { flag, env, value, fallback, about } = OPTIONS[name]
    const note = fallback === null || fallback === '' ? `[${env}]` : `[${env}, default: ${fallback}]`
    command.option(`--${flag} ${value}`, `${about} ${note}`)
  }
  return command
}

/** One clear line and a non-zero exit for what the person can mend; a stack only for what is our own fault. */
async function run (action: () => Promise<void>): Promise<void> {
  try {
    await action()
  } catch (error) {
    console.error(`dodo-emulator: ${explain(error as NodeJS.ErrnoException)}`)
    process.exitCode = 1
  }
}

function explain (error: NodeJS.ErrnoException & { address?: string, port?: number }): string {
  if (error instanceof SetupError) return error.message
  const where = `${error.address ?? ''}:${error.port ?? ''}`
  switch (error.code) {
    case 'EADDRINUSE': return `${where} is in use: stop what listens there, or choose another with --port (0 takes a free one)`
    case 'EACCES':
      return error.port === undefined ? error.message : `${where} needs more rights: choose a port above 1023 with --port`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND': return `the address ${where} does not belong to this computer: check --host`
    case 'ENOENT':
    case 'EISDIR':
    case 'EROFS': return error.message
    default: return error.stack ?? error.message
  }
}

async function start (config: Config): Promise<void> {
  const { createEmulator } = await import('./emulator.js')
  const { default: closeWithGrace } = await import('close-with-grace')
  const emulator = createEmulator(config, await preparation(config.fixtures))
  try {
    const { url, port, webhookSecret } = await emulator.listen()
    if (config.portFile !== null) writeFileSync(config.portFile, `${port}\n`)
    closeWithGrace({ delay: 10_000, logger: false }, async ({ err }) => {
      if (err !== undefined) console.error(err)
      await emulator.close()
    })
    greet(url, config, webhookSecret)
    for (const { key, payment_id: id } of emulator.played) if (key !== null) console.log(`  ${key}: ${id}`)
  } catch (error) {
    await emulator.close()
    throw error
  }
}

/** Loaded only when fixtures are given: nobody else waits for what reads and checks them. */
async function preparation (files: readonly string[] | null): Promise<Prepare | undefined> {
  if (files === null) return undefined
  const { fromFiles } = await import('./fixtures/load.js')
  return fromFiles(files)
}

/** Starts from the files as far as it can be done without a port, and says what is there then. */
async function checkFixtures (files: string[]): Promise<void> {
  const { createEmulator } = await import('./emulator.js')
  const config = { ...readConfig({}, process.env), database: ':memory:' }
  const emulator = createEmulator(config, await preparation(files))
  const { brands, addons, products, customers, discounts, payments, refunds } = emulator.sandbox.countRows()
  await emulator.close()
  const counts = Object.entries({ brands, addons, products, customers, discounts, payments, refunds })
  console.log(`${files.join(' and ')} can be used: ${counts.map(([name, count]) => `${count} ${name}`).join(', ')}`)
}

async function importFixtures ({ apiKey, baseUrl, environment, out, customers, anonymize = false }: ImportFlags): Promise<void> {
  const key = apiKey ?? process.env['DODO_PAYMENTS_API_KEY']
  if (key === undefined || key === '') throw new SetupError('give the API key with DODO_PAYMENTS_API_KEY or --api-key')
  if (baseUrl !== undefined && !/^https?:/.test(URL.canParse(baseUrl) ? new URL(baseUrl).protocol : '')) {
    throw new SetupError('--base-url must be an http or https URL, such as https://test.dodopayments.com')
  }
  const { importAccount } = await import('./commands/import.js')
  const which = customers ?? (environment === 'test_mode' ? 'all' : 'none')
  await importAccount({ account: { apiKey: key, baseUrl, environment }, out, customers: which === 'all', anonymize }, problemsOf)
}

/** Everything that would keep an emulator from starting with a document. */
async function problemsOf (document: object): Promise<readonly Violation[]> {
  const { createEmulator } = await import('./emulator.js')
  const { fromObject } = await import('./fixtures/load.js')
  const { FixturesError } = await import('./fixtures/report.js')
  try {
    await createEmulator(readConfig({ database: ':memory:' }, {}), fromObject(document)).close()
    return []
  } catch (error) {
    if (error instanceof FixturesError) return error.violations
    throw error
  }
}

function greet (url: string, config: Config, webhookSecret: string | null): void {
  const kept = config.database === ':memory:' ? 'in memory, gone when the emulator stops' : `kept in ${config.database}`
  const key = webhookSecret === null
    ? ''
    : `\n  DODO_PAYMENTS_WEBHOOK_KEY=${webhookSecret}   (events go to ${config.webhookUrl})`
  console.log(`dodo-emulator ${VERSION} listens on ${url} (data ${kept})

  DODO_PAYMENTS_BASE_URL=${url}
  DODO_PAYMENTS_API_KEY=${[...config.apiKeys][0] ?? 'test'}${config.apiKeys.size === 0 ? '   (any key will do)' : ''}${key}

Set them for your program and leave the client's environment option away. The API's document: ${url}/docs`)
}

async function health (config: Config): Promise<void> {
  console.log(await ask(config, '/_emulator/health'))
}

/** Sends a request to the control API of a running emulator and prints what it answers. */
async function control (flags: Flags, path: string, body?: object): Promise<void> {
  const text = await ask(readConfig(flags, process.env), `/_emulator/${path}`, body === undefined ? {} : { body })
  console.log(JSON.stringify(JSON.parse(text), null, 2))
}

function durationMs (text: string): number {
  const ms = parseDuration(text)
  if (ms === null) throw new SetupError(`${JSON.stringify(text)} is no duration, such as 30s, 15m or 25h`)
  return ms
}

await program.parseAsync()
