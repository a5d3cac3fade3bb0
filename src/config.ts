/**
 * The one table of options. From it come the flags of the command line, the environment variables, their checks, and the table
 * in the README. A flag wins over its environment variable, that over the default.
 */
import { DOCUMENTED_SCHEDULE } from './delivery/schedule.js'
import { SetupError } from './errors.js'
import { parseDuration } from './rules/duration.js'

interface OptionRow<Value, Fallback extends string | null = string | null> {
  flag: string
  env: string
  /** How the value is called in the help: `<port>`. */
  value: string
  /** As typed; null where the option is off unless given. */
  fallback: Fallback
  about: string
  /** The value of a text. Throws a SetupError that says what would be right. */
  parse (text: string): Value
}

function option<Value, const Fallback extends string | null> (row: OptionRow<Value, Fallback>): OptionRow<Value, Fallback> {
  return row
}

export const OPTIONS = {
  port: option({
    flag: 'port',
    env: 'PORT',
    value: '<port>',
    fallback: '4010',
    about: 'Port to listen on; 0 takes a free one',
    parse: wholeNumber(0, 65_535)
  }),
  host: option({
    flag: 'host',
    env: 'HOST',
    value: '<address>',
    fallback: '127.0.0.1',
    about: 'Address to listen on; 0.0.0.0 opens it to the network',
    parse: nonEmpty
  }),
  database: option({
    flag: 'database',
    env: 'DATABASE',
    value: '<file>',
    fallback: './data/emulator.db',
    about: 'SQLite file, made with its folder when missing; :memory: keeps nothing',
    parse: nonEmpty
  }),
  fixtures: option({
    flag: 'fixtures',
    env: 'FIXTURES',
    value: '<files>',
    fallback: null,
    about: 'JSON or YAML files, separated by commas, for a new database instead of the built-in data; none for an empty one',
    parse: files
  }),
  publicUrl: option({
    flag: 'public-url',
    env: 'PUBLIC_URL',
    value: '<url>',
    fallback: null,
    about: 'What links begin with; unless given, the host that the request came to',
    parse: publicUrl
  }),
  portFile: option({
    flag: 'port-file',
    env: 'PORT_FILE',
    value: '<file>',
    fallback: null,
    about: 'File to write the port to once requests are answered',
    parse: nonEmpty
  }),
  apiKeys: option({
    flag: 'api-keys',
    env: 'API_KEYS',
    value: '<keys>',
    fallback: '',
    about: 'Accepted API keys, separated by commas; unless given, any non-empty key',
    parse: list
  }),
  readOnlyApiKeys: option({
    flag: 'read-only-api-keys',
    env: 'READ_ONLY_API_KEYS',
    value: '<keys>',
    fallback: '',
    about: 'API keys without write access, separated by commas',
    parse: list
  }),
  linkLifetime: option({
    flag: 'link-lifetime',
    env: 'LINK_LIFETIME',
    value: '<duration>',
    fallback: '24h',
    about: 'How long a payment link can be paid (500ms, 30s, 15m, 24h, 7d)',
    parse: duration
  }),
  settlementDelay: option({
    flag: 'settlement-delay',
    env: 'SETTLEMENT_DELAY',
    value: '<duration>',
    fallback: '5s',
    about: 'How long a payment that settles later stays processing',
    parse: duration
  }),
  refundDelay: option({
    flag: 'refund-delay',
    env: 'REFUND_DELAY',
    value: '<duration>',
    fallback: '1s',
    about: 'How long a refund stays pending',
    parse: duration
  }),
  refundWindow: option({
    flag: 'refund-window',
    env: 'REFUND_WINDOW',
    value: '<duration>',
    fallback: '30d',
    about: 'How long after its creation a payment can be refunded',
    parse: duration
  }),
  webhookUrl: option({
    flag: 'webhook-url',
    env: 'WEBHOOK_URL',
    value: '<url>',
    fallback: null,
    about: 'Endpoint that hears of every event, registered at the start',
    parse: endpointUrl
  }),
  webhookKey: option({
    flag: 'webhook-key',
    env: 'DODO_PAYMENTS_WEBHOOK_KEY',
    value: '<whsec_…>',
    fallback: null,
    about: 'What is sent to that endpoint is signed with; unless given, a key made of its URL',
    parse: webhookKey
  }),
  webhookRetrySchedule: option({
    flag: 'webhook-retry-schedule',
    env: 'WEBHOOK_RETRY_SCHEDULE',
    value: '<durations>',
    fallback: DOCUMENTED_SCHEDULE,
    about: 'How long each try to deliver a webhook waits after the failure before it (0,1s,2s)',
    parse: schedule
  }),
  webhookTimeout: option({
    flag: 'webhook-timeout',
    env: 'WEBHOOK_TIMEOUT',
    value: '<duration>',
    fallback: '15s',
    about: 'How long a webhook endpoint has to answer',
    parse: duration
  }),
  walletBalance: option({
    flag: 'wallet-balance',
    env: 'WALLET_BALANCE',
    value: '<cents>',
    fallback: null,
    about: 'What the business can refund in all, in US cents; unless given, without a limit',
    parse: wholeNumber(0, 2_147_483_647)
  }),
  tax: option({
    flag: 'tax',
    env: 'TAX',
    value: '<on|off>',
    fallback: 'on',
    about: 'Whether tax is calculated',
    parse: onOff
  }),
  deniedCountries: option({
    flag: 'denied-countries',
    env: 'DENIED_COUNTRIES',
    value: '<codes>',
    fallback: 'AI,CU,IR,KP,SY',
    about: 'Billing countries that are refused, separated by commas',
    parse: codes(/^[A-Z]{2}$/, 'two-letter country codes')
  }),
  deniedCurrencies: option({
    flag: 'denied-currencies',
    env: 'DENIED_CURRENCIES',
    value: '<codes>',
    fallback: '',
    about: 'Charge currencies that are refused, separated by commas',
    parse: codes(/^[A-Z]{3}$/, 'three-letter currency codes')
  })
}

export type OptionName = keyof typeof OPTIONS

type Parsed<Name extends OptionName> = ReturnType<(typeof OPTIONS)[Name]['parse']>

/** Every option with its value; null where one that is off by default was not given. */
export type Config = {
  [Name in OptionName]: (typeof OPTIONS)[Name]['fallback'] extends string ? Parsed<Name> : Parsed<Name> | null
}

/** The configuration of flags (by option name, as typed) and environment. Throws a SetupError that names the option. */
export function readConfig (flags: Partial<Record<OptionName, string>>, env: NodeJS.ProcessEnv): Config {
  const entries = (Object.keys(OPTIONS) as OptionName[]).map(name => {
    const row: OptionRow<unknown> = OPTIONS[name]
    const given = flags[name] ?? (env[row.env] || undefined) // an empty variable counts as none
    const text = given ?? row.fallback
    if (text === null) return [name, null]
    try {
      return [name, row.parse(text)]
    } catch (error) {
      const source = flags[name] !== undefined ? `--${row.flag}` : row.env
      throw new SetupError(`${source}: ${(error as Error).message}, not ${JSON.stringify(text)}`)
    }
  })
  return Object.fromEntries(entries) as Config
}

function wholeNumber (min: number, max: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max) throw new SetupError(`must be a whole number from ${min} to ${max}`)
    return value
  }
}

function nonEmpty (text: string): string {
  if (text.trim() === '') throw new SetupError('must not be empty')
  return text
}

function publicUrl (text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new SetupError('must be an http or https URL without query, such as https://pay.example.test')
  }
  return url.href.replace(/\/+$/, '')
}

function endpointUrl (text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
    throw new SetupError('must be an http or https URL without a password in it, such as http://localhost:3000/webhook')
  }
  return text
}

function webhookKey (text: string): string {
  if (/^whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return text
  throw new SetupError('must be whsec_ and a key in Base64')
}

const TRIES_MAX = 100

/** In milliseconds. */
function schedule (text: string): number[] {
  const waits = text.split(',').map(part => part.trim() === '0' ? 0 : parseDuration(part))
  const known = waits.flatMap(wait => wait !== null && wait <= DURATION_MAX_MS ? [wait] : [])
  if (known.length === waits.length && waits.length <= TRIES_MAX) return known
  throw new SetupError(`must be at most ${TRIES_MAX} durations, separated by commas, such as 0,5s,5m`)
}

/** In this order. */
function files (text: string): readonly string[] {
  const names = text.split(',').map(part => part.trim())
  if (names.includes('')) throw new SetupError('must be the names of files, separated by commas, or none')
  if (names.length > 1 && names.includes('none')) throw new SetupError('must be none, or the names of files')
  return names
}

function list (text: string): ReadonlySet<string> {
  return new Set(text.split(',').map(part => part.trim()).filter(part => part !== ''))
}

function codes (form: RegExp, what: string): (text: string) => ReadonlySet<string> {
  return text => {
    const set = list(text.toUpperCase())
    for (const code of set) if (!form.test(code)) throw new SetupError(`must be ${what}, separated by commas`)
    return set
  }
}

const DURATION_MAX_MS = 36_500 * 86_400_000 // a hundred years: times beyond the year 9999 can't be written

/** In milliseconds. */
function duration (text: string): number {
  const ms = parseDuration(text)
  if (ms === null || ms === 0 || ms > DURATION_MAX_MS) {
    throw new SetupError('must be a duration such as 30s, 15m or 24h, of at most 36500d')
  }
  return ms
}

function onOff (text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new SetupError('must be on or off')
  return text === 'on'
}
