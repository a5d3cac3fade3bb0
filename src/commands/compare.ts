/** The command `compare`: runs scenarios against the real test mode and against a fresh sandbox, and reports what differs. */
import type { Command } from 'commander'
import type { CompareOptions } from '../compare/compare.js'
import { TEST_MODE_URL, checkTestKey, testModeUrl } from '../compare/guard.js'
import { nonEmpty, webUrl, wholeNumber } from '../config/values.js'
import { UsageError } from '../errors.js'
import { option } from './arguments.js'
import type { Output } from './output.js'
import { API_KEY_OPTION } from './target.js'
import type { Tools } from './tools.js'

interface CompareFlags {
  apiKey?: string
  baseUrl: string
  rate: number
  junit?: string
  eventsUrl?: string
  eventsPort: number
}

/** The rate of a new account is 240 calls in a minute. */
const RATE = { max: 240, default: 120 }

type Run = (options: CompareOptions, output: Output) => Promise<void>

export function addCompare (program: Command, run: Run, tools: Tools): void {
  program.command('compare')
    .description('run scenarios against the real test mode and against a fresh sandbox, and report what differs')
    .argument('[scenarios...]', 'YAML files, or names of built-in scenarios (default: all built-in ones)')
    .addOption(option('--api-key <key>', 'API key of test mode [DODO_PAYMENTS_API_KEY]', nonEmpty))
    .addOption(option('--base-url <url>', 'URL of the API: that of test mode, or of a program on this computer', webUrl)
      .default(TEST_MODE_URL))
    .addOption(option('--rate <calls>', 'calls per minute', wholeNumber(1, RATE.max)).default(RATE.default))
    .addOption(option('--junit <file>', 'file for the report as JUnit', nonEmpty))
    .addOption(option('--events-port <port>', 'port of this computer that receives events; 0 takes a free one',
      wholeNumber(0, 65_535)).default(0))
    .addOption(option('--events-url <url>', 'URL at which the account reaches that port, such as that of a tunnel', webUrl))
    .action(async (scenarios: string[], { apiKey, baseUrl, rate, ...flags }: CompareFlags) => {
      const key = apiKey ?? tools.env[API_KEY_OPTION.env]
      if (key === undefined || key === '') throw new UsageError('give the API key with --api-key or DODO_PAYMENTS_API_KEY')
      checkTestKey(key)
      const url = testModeUrl(baseUrl)
      const isNear = !url.startsWith(TEST_MODE_URL)
      await run({
        apiKey: key,
        baseUrl: url,
        scenarios,
        callsPerMinute: rate,
        junit: flags.junit,
        eventsUrl: flags.eventsUrl ?? (isNear ? '' : null),
        eventsPort: flags.eventsPort,
        signal: tools.stopSignal()
      }, tools.output)
    })
}
