/**
 * Compares an account with the emulator: runs scenarios on both, each in a sandbox without data, and reports the differences. The
 * receiver of events is registered as an endpoint on both sides while a scenario runs.
 */
import { randomBytes } from 'node:crypto'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { SetupError, UsageError } from '../errors.js'
import { packagePath } from '../root.js'
import { startReceiver, type Receiver } from './receiver.js'
import { reportJunit, reportText, totalsOf, type Totals } from './report.js'
import { runScenario, type ScenarioResult } from './run.js'
import { readScenario, type Scenario } from './scenario.js'
import { callAccount, type Send } from './side.js'

export interface CompareOptions {
  apiKey: string
  baseUrl: string
  /** Files, or names of built-in scenarios. Empty for all built-in ones. */
  scenarios: readonly string[]
  callsPerMinute: number
  junit: string | undefined
  /** The URL at which the account reaches the receiver of events; null if events are not compared. */
  eventsUrl: string | null
  eventsPort: number
  /** Ends the comparison early. The current scenario is cleaned up, and the report has what was compared. */
  signal: AbortSignal
}

/** The emulator of this process. Each name is a sandbox of its own. */
export interface ComparedEmulator {
  sandbox (name: string): Send
  close (): Promise<void>
}

type OpenEmulator = () => Promise<ComparedEmulator>

export interface Report extends Totals {
  base_url: string
  scenarios: ScenarioResult[]
}

interface Shown {
  /** Called before each call. */
  step (text: string): void
  show (report: Report, textOf: () => readonly string[]): void
}

/** Throws a SetupError if anything differs, after the report. */
export async function compareAccounts (options: CompareOptions, open: OpenEmulator, { step, show }: Shown): Promise<void> {
  const { signal } = options
  const scenarios = await readScenarios(options.scenarios)
  const real = callAccount(options)
  await checkAccess(real, options.baseUrl)
  const emulator = await open()
  const receiver = options.eventsUrl === null ? null : await startReceiver(options.eventsPort)
  const results: ScenarioResult[] = []
  try {
    for (const scenario of scenarios) {
      if (signal.aborted) break
      const sandbox = emulator.sandbox(`compare_${results.length + 1}`)
      results.push(await withEndpoints({ real, sandbox }, receiver, options.eventsUrl, () => runScenario(scenario, uniqueText(), {
        real, sandbox, events: receiver, step, signal
      })))
    }
  } finally {
    receiver?.close()
    await emulator.close()
  }
  const totals = totalsOf(results)
  if (options.junit !== undefined) await writeFile(options.junit, reportJunit(results))
  show({ base_url: options.baseUrl, ...totals, scenarios: results }, () => reportText(results))
  if (signal.aborted) throw new SetupError('stopped: the report is incomplete')
  if (totals.differences > 0) throw new SetupError(`${totals.differences} differences`)
}

/** A text that is part of names and addresses, so that a scenario can run again. */
const uniqueText = (): string => randomBytes(5).toString('hex')

async function checkAccess (real: Send, baseUrl: string): Promise<void> {
  const { status } = await real('GET', '/products?page_size=1', undefined)
  if (status === 401 || status === 403) {
    throw new SetupError(`${baseUrl} does not accept the API key (${status}): is it one of test mode?`)
  }
  if (status !== 200) throw new SetupError(`${baseUrl} answered ${status} to GET /products: is it the API?`)
}

/** Registers the receiver on both sides while the action runs. */
async function withEndpoints<Result> (
  sides: { real: Send, sandbox: Send }, receiver: Receiver | null, eventsUrl: string | null, action: () => Promise<Result>
): Promise<Result> {
  if (receiver === null) return await action()
  const local = `http://127.0.0.1:${receiver.port}`
  const remove: Array<() => Promise<unknown>> = []
  try {
    for (const [name, url] of [['real', eventsUrl || local], ['sandbox', local]] as const) {
      const { status, text } = await sides[name]('POST', '/webhooks', { url: `${url}/${name}` })
      if (status >= 400) throw new SetupError(`the endpoint ${url}/${name} could not be registered: ${text}`)
      const { id } = JSON.parse(text) as { id: string }
      remove.push(() => sides[name]('DELETE', `/webhooks/${id}`, undefined))
    }
    return await action()
  } finally {
    for (const undo of remove) await undo()
  }
}

const BUILT_IN = packagePath('fixtures', 'compare')

async function readScenarios (given: readonly string[]): Promise<Scenario[]> {
  const names = (await readdir(BUILT_IN)).sort().map(file => basename(file, '.yaml'))
  return await Promise.all((given.length === 0 ? names : given).map(async name => {
    const isFile = /\.ya?ml$/i.test(name)
    if (!isFile && !names.includes(name)) {
      const known = names.join(', ')
      throw new UsageError(`[scenarios...]: must be files with the extension yaml, or ${known}, not ${JSON.stringify(name)}`)
    }
    const path = isFile ? name : packagePath('fixtures', 'compare', `${name}.yaml`)
    return readScenario(await readFile(path, 'utf8'), path)
  }))
}
