/** Which emulator a command calls: the options that say so, and what they come to. */
import { UsageError } from '../errors.js'
import { headerText } from '../config/guard.js'
import { option, readTable, type Environment } from '../config/table.js'
import { emulatorUrl, hostInUrl, hostName, nonEmpty, sandboxName, wholeNumber } from '../config/values.js'

/** The options of every command that calls a running emulator. */
export const TARGET_OPTIONS = {
  url: option({
    flag: 'url',
    env: 'DODO_PAYMENTS_EMULATOR_URL',
    value: '<url>',
    fallback: null,
    about: 'URL of the emulator, with https or a path if it has them; takes the place of --host and --port',
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

/** For commands that call the emulated API too. */
export const API_KEY_OPTION = option({
  flag: 'api-key',
  env: 'DODO_PAYMENTS_API_KEY',
  value: '<key>',
  fallback: 'test',
  about: 'API key of an emulator that was started with --api-keys',
  parse: nonEmpty
})

/** As typed. */
export type TargetFlags = { [Name in keyof typeof TARGET_OPTIONS]?: string | undefined }

export interface Target {
  /** Where the emulator answers, without a slash at the end: `https://emulator.example.test/base`. */
  url: string
  /** What the URLs of the sandbox begin with: `/~mine`, or empty for the one that `url` leads to. */
  prefix: string
  /** For an emulator whose control API asks for a key. */
  controlKey: string | null
}

/** Throws a UsageError for options that are wrong or contradict each other. */
export function targetOf (flags: TargetFlags, env: Environment): Target {
  const isAddressed = flags.host !== undefined || flags.port !== undefined
  if (flags.url !== undefined && isAddressed) throw new UsageError('--url takes the place of --host and --port: leave them out')
  // A flag wins over every variable, whichever of the two ways it uses.
  const given = isAddressed ? { ...env, [TARGET_OPTIONS.url.env]: undefined } : env
  const { url, host, port, sandbox, controlKey } = readTable(TARGET_OPTIONS, flags, given)
  const named = /\/~([^/]+)$/.exec(url ?? '')?.[1]
  if (named !== undefined && sandbox !== 'default') {
    throw new UsageError(`--sandbox: the URL already names the sandbox ${named}; leave one of them out`)
  }
  return { url: url ?? addressOf(host, port), prefix: sandbox === 'default' ? '' : `/~${sandbox}`, controlKey }
}

function addressOf (host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host // what a server listens on is no address to call
  return `http://${hostInUrl(reachable)}:${port}`
}
