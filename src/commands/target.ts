/** Options that select the emulator and the sandbox that a command calls. */
import { UsageError } from '../errors.js'
import { headerText } from '../config/guard.js'
import { option, readTable, type Environment, type Naming } from '../config/table.js'
import { emulatorUrl, hostInUrl, hostName, nonEmpty, sandboxName, wholeNumber } from '../config/values.js'
import type { ConfigFile } from './config-file.js'

/** The options of every command that calls a running emulator. */
export const TARGET_OPTIONS = {
  url: option({
    flag: 'url',
    env: 'DODO_PAYMENTS_EMULATOR_URL',
    value: '<url>',
    fallback: null,
    about: 'URL of the emulator, which may have a path; replaces --host and --port',
    parse: emulatorUrl
  }),
  host: option({
    flag: 'host',
    env: 'HOST',
    value: '<address>',
    fallback: '127.0.0.1',
    about: 'Host that the emulator runs on',
    parse: hostName
  }),
  port: option({
    flag: 'port',
    env: 'PORT',
    value: '<port>',
    fallback: '4010',
    about: 'Port that the emulator listens on',
    parse: wholeNumber(1, 65_535)
  }),
  sandbox: option({
    flag: 'sandbox',
    env: 'SANDBOX',
    value: '<name>',
    fallback: 'default',
    about: 'Sandbox of the emulator',
    parse: sandboxName
  }),
  controlKey: option({
    flag: 'control-key',
    env: 'CONTROL_KEY',
    value: '<key>',
    fallback: null,
    about: 'Key of an emulator that was started with --control-key',
    parse: headerText
  })
}

/** For commands that also call the emulated API. */
export const API_KEY_OPTION = option({
  flag: 'api-key',
  env: 'DODO_PAYMENTS_API_KEY',
  value: '<key>',
  fallback: 'test',
  about: 'API key of an emulator that was started with --api-keys',
  parse: nonEmpty
})

/** The text of each option. */
export type TargetFlags = { [Name in keyof typeof TARGET_OPTIONS]?: string | undefined } & { json?: boolean | undefined }

export interface Target {
  /** URL of the emulator without a trailing slash: `https://emulator.example.test/base`. */
  url: string
  /** The path prefix of the sandbox: `/~mine`, or empty for the sandbox of `url`. */
  prefix: string
  /** The key of the control API; null if it requires none. */
  controlKey: string | null
}

/** Throws a UsageError for options that are invalid or contradict each other. */
export function targetOf (flags: TargetFlags, env: Environment, file: ConfigFile | null = null): Target {
  const isAddressed = flags.host !== undefined || flags.port !== undefined
  if (flags.url !== undefined && isAddressed) throw new UsageError('--url replaces --host and --port: leave them out')
  // --host and --port take precedence over the environment variable of --url too.
  const given = isAddressed ? { ...env, [TARGET_OPTIONS.url.env]: undefined } : env
  const { url, host, port, sandbox, controlKey } = readTable(TARGET_OPTIONS, flags, given, { file: targetFile(file) })
  const named = /\/~([^/]+)$/.exec(url ?? '')?.[1]
  if (named !== undefined && sandbox !== 'default') {
    throw new UsageError(`--sandbox: the URL already names the sandbox ${named}: leave one of them out`)
  }
  return { url: url ?? addressOf(host, port), prefix: sandbox === 'default' ? '' : `/~${sandbox}`, controlKey }
}

/** The port 0 of a file means any free port, so it is not an address. */
function targetFile (file: ConfigFile | null): Naming<typeof TARGET_OPTIONS>['file'] {
  if (file === null) return null
  const { path, texts: { host, port, controlKey } } = file
  return { path, texts: { host, controlKey, port: port === '0' ? undefined : port } }
}

function addressOf (host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host // a client can't call a wildcard address
  return `http://${hostInUrl(reachable)}:${port}`
}
