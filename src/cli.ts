#!/usr/bin/env node
/** What people run: `dodo-emulator start`, and commands that speak to a running emulator. */
import { writeFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { ask } from './commands/ask.js'
import { addRemoteCommands } from './commands/remote.js'
import { OPTIONS, readConfig, type Config, type OptionName } from './config.js'
import { SetupError, type Violation } from './errors.js'
import type { Prepare } from './fixtures/load.js'
import { maskedUrl } from './requests/secrets.js'
import { VERSION } from './root.js'
import { endGracefully, stopSignal } from './signals.js'

type Flags = Partial<Record<OptionName, string>>

interface ImportFlags {
  apiKey?: string
  baseUrl?: string
  environment: 'test_mode' | 'live_mode'
  out?: string
  customers?: 'all' | 'none'
  anonymize?: boolean
}

/** All but what only the other commands need. */
const START_OPTIONS = (Object.keys(OPTIONS) as OptionName[]).filter(name => name !== 'sandbox')

const program = new Command('dodo-emulator')
  .description('An unofficial local emulator of the Dodo Payments API')
  .version(VERSION)

withOptions(program.command('start', { isDefault: true }).description('start the emulator'), START_OPTIONS)
  .action((flags: Flags) => run(async () => start(configOf(flags))))

running(program.command('health').description('exit with 0 if a running emulator answers, else with 1'))
  .action((flags: Flags) => run(async () => health(configOf(flags))))

addRemoteCommands(program, { running, run, configOf, apiKeyOf, stopSignal })

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

/** A command that speaks to a running emulator: where that is, which of its sandboxes is meant, and the key it may ask for. */
function running (command: Command, more: OptionName[] = []): Command {
  return withOptions(command, ['port', 'host', 'sandbox', 'controlKey', ...more])
}

function configOf (flags: Flags): Config {
  return readConfig(flags, process.env)
}

/** A key for calls of the emulated API. */
function apiKeyOf ({ apiKeys }: Config): string {
  return [...apiKeys][0] ?? (process.env['DODO_PAYMENTS_API_KEY'] || 'test')
}

function withOptions (command: Command, names: OptionName[]): Command {
  for (const name of names) {
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
  const emulator = createEmulator(config, await preparation(config.fixtures))
  try {
    const { url, port, webhookSecret } = await emulator.listen()
    await endGracefully(emulator.close)
    if (config.portFile !== null) writeFileSync(config.portFile, `${port}\n`)
    greet(url, config, webhookSecret)
    for (const { key, payment_id: id } of emulator.played()) if (key !== null) console.log(`  ${key}: ${id}`)
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
    throw new SetupError('--base-url must be an http or https URL, such as http://127.0.0.1:4010')
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
    : `\n  DODO_PAYMENTS_WEBHOOK_KEY=${webhookSecret}   (events go to ${maskedUrl(config.webhookUrl ?? '')})`
  console.log(`dodo-emulator ${VERSION} listens on ${url} (data ${kept})

  DODO_PAYMENTS_BASE_URL=${url}
  DODO_PAYMENTS_API_KEY=${[...config.apiKeys][0] ?? 'test'}${config.apiKeys.size === 0 ? '   (any key will do)' : ''}${key}

Set them for your program and leave the client's environment option away.
${config.control ? `What it does, in a browser: ${url}/   ` : ''}The API's document: ${url}/docs`)
}

async function health (config: Config): Promise<void> {
  console.log(await ask(config, '/_emulator/health'))
}

await program.parseAsync()
