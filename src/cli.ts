#!/usr/bin/env node
/** What people run: `dodo-emulator start`, and commands that speak to a running emulator: `health`, `pay`, `clock`. */
import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { OPTIONS, readConfig, type Config, type OptionName } from './config.js'
import { SetupError } from './errors.js'
import { VERSION } from './root.js'
import { parseDuration } from './rules/duration.js'

type Flags = Partial<Record<OptionName, string>>

type PayFlags = Partial<Record<'card' | 'outcome' | 'errorCode', string>>

const ANSWER_TIMEOUT_MS = 5000

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
  const { default: closeWithGrace } = await import('close-with-grace')
  const emulator = createEmulator(config)
  try {
    const { url, port } = await emulator.listen()
    if (config.portFile !== null) writeFileSync(config.portFile, `${port}\n`)
    closeWithGrace({ delay: 10_000, logger: false }, async ({ err }) => {
      if (err !== undefined) console.error(err)
      await emulator.close()
    })
    greet(url, config)
  } catch (error) {
    await emulator.close()
    throw error
  }
}

function greet (url: string, config: Config): void {
  const kept = config.database === ':memory:' ? 'in memory, gone when the emulator stops' : `kept in ${config.database}`
  console.log(`dodo-emulator ${VERSION} listens on ${url} (data ${kept})

  DODO_PAYMENTS_BASE_URL=${url}
  DODO_PAYMENTS_API_KEY=${[...config.apiKeys][0] ?? 'test'}${config.apiKeys.size === 0 ? '   (any key will do)' : ''}

Set both for your program and leave the client's environment option away. The API's document: ${url}/docs`)
}

async function health (config: Config): Promise<void> {
  console.log(await ask(config, 'health'))
}

/** Sends a request to the control API of a running emulator and prints what it answers. */
async function control (flags: Flags, path: string, body?: object): Promise<void> {
  console.log(JSON.stringify(JSON.parse(await ask(readConfig(flags, process.env), path, body)), null, 2))
}

/** The text of a success. Throws a SetupError where nobody answers, or with the reason of a refusal. */
async function ask (config: Config, path: string, body?: object): Promise<string> {
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${config.port}/_emulator/${path}`
  const response = await fetch(url, {
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    ...(body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  }).catch((error: Error) => {
    const { message } = error.cause instanceof Error ? error.cause : error
    throw new SetupError(`no emulator answers at ${url} (${message})`)
  })
  const text = await response.text()
  if (!response.ok) throw new SetupError(reasonOf(text) ?? `${url} answered ${response.status}`)
  return text
}

function reasonOf (text: string): string | undefined {
  try {
    return (JSON.parse(text) as { message?: string }).message
  } catch {
    return undefined
  }
}

function durationMs (text: string): number {
  const ms = parseDuration(text)
  if (ms === null) throw new SetupError(`${JSON.stringify(text)} is no duration, such as 30s, 15m or 25h`)
  return ms
}

await program.parseAsync()
