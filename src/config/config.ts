/**
 * The options of the emulator. The flags of `dodo-emulator start`, the environment variables, their checks, the options of
 * `start()` and the table in docs/options.md are derived from this table. Those of the other commands are in commands/target.ts.
 */
import { DOCUMENTED_SCHEDULE } from '../delivery/schedule.js'
import { headerText, hostNames, origins } from './guard.js'
import { parseTier, TIERS } from '../sandbox/limiter.js'
import { option, readTable, type Naming, type Values } from './table.js'
import { TLS_OPTIONS } from './tls-options.js'
import {
  codes, contractVersion, delay, duration, endpointUrl, files, hostName, list, nonEmpty, onOff, publicUrl, schedule, seed,
  smtpUrl, time, webhookKey, wholeNumber
} from './values.js'

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
    about: 'Address to listen on; 127.0.0.1 listens on ::1 too, and 0.0.0.0 opens it to the network',
    parse: hostName
  }),
  database: option({
    flag: 'database',
    env: 'DATABASE',
    value: '<file>',
    fallback: './data/emulator.db',
    about: 'SQLite file, created with its folder if missing; :memory: keeps nothing',
    isPath: true,
    parse: nonEmpty
  }),
  fixtures: option({
    flag: 'fixtures',
    env: 'FIXTURES',
    value: '<files>',
    fallback: null,
    about: 'JSON or YAML files, separated by commas, that a new database starts from; none for an empty one',
    isPath: true,
    parse: files
  }),
  contract: option({
    flag: 'contract',
    env: 'CONTRACT',
    value: '<version>',
    fallback: 'newest',
    about: 'Version of the API where versions conflict: newest, or 1.113.0; a sandbox can have its own',
    parse: contractVersion
  }),
  publicUrl: option({
    flag: 'public-url',
    env: 'PUBLIC_URL',
    value: '<url>',
    fallback: null,
    about: 'URL that links begin with; if omitted, the host that the request was sent to',
    parse: publicUrl
  }),
  portFile: option({
    flag: 'port-file',
    env: 'PORT_FILE',
    value: '<file>',
    fallback: null,
    about: 'File to write the port to once requests are answered',
    isPath: true,
    parse: nonEmpty
  }),
  ...TLS_OPTIONS,
  apiKeys: option({
    flag: 'api-keys',
    env: 'API_KEYS',
    value: '<keys>',
    fallback: '',
    about: 'Accepted API keys, separated by commas; if omitted, any key',
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
  sandboxLimit: option({
    flag: 'sandbox-limit',
    env: 'SANDBOX_LIMIT',
    value: '<count>',
    fallback: '1000',
    about: 'How many sandboxes besides the default one may be open at once',
    parse: wholeNumber(1, 100_000)
  }),
  fromSnapshot: option({
    flag: 'from-snapshot',
    env: 'FROM_SNAPSHOT',
    value: '<file>',
    fallback: null,
    about: 'Snapshot that a new database starts from instead of the fixtures',
    isPath: true,
    parse: nonEmpty
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
  grantDelay: option({
    flag: 'grant-delay',
    env: 'GRANT_DELAY',
    value: '<duration>',
    fallback: '1s',
    about: 'How long a grant of files, Figma or Framer stays Pending; 0s delivers it at once',
    parse: delay
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
    about: 'Webhook endpoint that receives every event, registered at the start',
    parse: endpointUrl
  }),
  webhookKey: option({
    flag: 'webhook-key',
    env: 'DODO_PAYMENTS_WEBHOOK_KEY',
    value: '<whsec_…>',
    fallback: null,
    about: 'Secret that signs deliveries to --webhook-url; if omitted, derived from the URL',
    parse: webhookKey
  }),
  webhookRetrySchedule: option({
    flag: 'webhook-retry-schedule',
    env: 'WEBHOOK_RETRY_SCHEDULE',
    value: '<durations>',
    fallback: DOCUMENTED_SCHEDULE,
    about: 'Delays before each attempt to deliver a webhook, counted from the failure before it (0,1s,2s)',
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
  webhookCa: option({
    flag: 'webhook-ca',
    env: 'WEBHOOK_CA',
    value: '<file>',
    fallback: null,
    about: 'Certificates in PEM that https webhook endpoints may have, in addition to those that Node.js trusts',
    isPath: true,
    parse: nonEmpty
  }),
  webhookInsecure: option({
    flag: 'webhook-insecure',
    env: 'WEBHOOK_INSECURE',
    value: '<on|off>',
    fallback: 'off',
    about: 'Whether https webhook endpoints may have any certificate',
    parse: onOff
  }),
  smtpUrl: option({
    flag: 'smtp-url',
    env: 'SMTP_URL',
    value: '<url>',
    fallback: null,
    about: 'SMTP server that e-mails are also sent to, such as smtp://127.0.0.1:1025; if omitted, nothing leaves the emulator',
    parse: smtpUrl
  }),
  walletBalance: option({
    flag: 'wallet-balance',
    env: 'WALLET_BALANCE',
    value: '<cents>',
    fallback: null,
    about: 'Amount that the business can refund in all, in US cents; if omitted, there is no limit',
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
  testHelpers: option({
    flag: 'test-helpers',
    env: 'TEST_HELPERS',
    value: '<on|off>',
    fallback: 'on',
    about: 'Whether payment pages show test cards, and buttons that fill them in',
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
  }),
  seed: option({
    flag: 'seed',
    env: 'SEED',
    value: '<text>',
    fallback: null,
    about: 'Makes ids and secrets the same on every run; if omitted, they are random',
    parse: seed
  }),
  clock: option({
    flag: 'clock',
    env: 'CLOCK',
    value: '<time>',
    fallback: null,
    about: 'Time that the clock of a new database starts at (2026-01-31T12:00:00Z); if omitted, that of this computer',
    parse: time
  }),
  clockFrozen: option({
    flag: 'clock-frozen',
    env: 'CLOCK_FROZEN',
    value: '<on|off>',
    fallback: 'off',
    about: 'Whether the clock of a new database is frozen until it is moved or released',
    parse: onOff
  }),
  rateLimit: option({
    flag: 'rate-limit',
    env: 'RATE_LIMIT',
    value: '<tier>',
    fallback: 'off',
    about: `How many calls each API key may make: ${Object.keys(TIERS).join(', ')}, or off`,
    parse: parseTier
  }),
  faultHeader: option({
    flag: 'fault-header',
    env: 'FAULT_HEADER',
    value: '<on|off>',
    fallback: 'on',
    about: 'Whether a call can ask for a fault with the header x-emulator-fault',
    parse: onOff
  }),
  strict: option({
    flag: 'strict',
    env: 'STRICT',
    value: '<on|off>',
    fallback: 'off',
    about: 'Whether ignored fields and parameters and deprecated operations are refused; for one call: x-emulator-strict',
    parse: onOff
  }),
  control: option({
    flag: 'control',
    env: 'CONTROL',
    value: '<on|off>',
    fallback: 'on',
    about: 'Whether the dashboard and the control API under /_emulator are available; /_emulator/health always is',
    parse: onOff
  }),
  controlKey: option({
    flag: 'control-key',
    env: 'CONTROL_KEY',
    value: '<key>',
    fallback: null,
    about: 'Key that /_emulator requires, as x-emulator-key or as a bearer token; the commands send it',
    parse: headerText
  }),
  controlHosts: option({
    flag: 'control-hosts',
    env: 'CONTROL_HOSTS',
    value: '<names>',
    fallback: '',
    about: 'Host names besides localhost that /_emulator answers to, separated by commas; *.name for all below it, * for any',
    parse: hostNames
  }),
  controlOrigins: option({
    flag: 'control-origins',
    env: 'CONTROL_ORIGINS',
    value: '<origins>',
    fallback: '',
    about: 'Origins whose pages can call /_emulator, such as http://localhost:3000, separated by commas',
    parse: origins
  }),
  requestLog: option({
    flag: 'request-log',
    env: 'REQUEST_LOG',
    value: '<calls>',
    fallback: '500',
    about: 'How many of the latest calls are kept, to inspect and to verify; 0 for none',
    parse: wholeNumber(0, 10_000)
  })
}

export type OptionName = keyof typeof OPTIONS

export type Parsed<Name extends OptionName> = ReturnType<(typeof OPTIONS)[Name]['parse']>

/** The values of all options. Options without a default are null if omitted. */
export type Config = Values<typeof OPTIONS>

/** Throws a UsageError that names the invalid option. */
export function readConfig (
  flags: Partial<Record<OptionName, string>>, env: Readonly<Record<string, string | undefined>>,
  naming?: Naming<typeof OPTIONS>
): Config {
  return readTable(OPTIONS, flags, env, naming)
}
