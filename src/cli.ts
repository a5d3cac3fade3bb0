#!/usr/bin/env node
/** What people run: `dodo-emulator start`, `dodo-emulator health`. */
import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { OPTIONS, readConfig, type Config, type OptionName } from './config.js'
import { SetupError } from './errors.js'
import { VERSION } from './root.js'

type Flags = Partial<Record<OptionName, string>>

const HEALTH_TIMEOUT_MS = 5000

const program = new Command('dodo-emulator')
  .description('An unofficial local emulator of the Dodo Payments API')
  .version(VERSION)

withOptions(program.command('start', { isDefault: true }).description('start the emulator'), Object.keys(OPTIONS) as OptionName[])
  .action((flags: Flags) => run(async () => start(readConfig(flags, process.env))))

withOptions(program.command('health').description('exit with 0 if a running emulator answers, else with 1'), ['port', 'host'])
  .action((flags: Flags) => run(async () => health(readConfig(flags, process.env))))

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
    case 'EACCES': return error.port === undefined ? error.message : `${where} needs more rights: choose a port above 1023 with --port`
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
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${config.port}/_emulator/health`
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) })
    if (!response.ok) throw new SetupError(`answered ${response.status}`)
    console.log(await response.text())
  } catch (error) {
    throw new SetupError(`no emulator answers at ${url} (${(error as Error).message})`)
  }
}

await program.parseAsync()
