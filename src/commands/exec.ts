/** The command `exec`: runs a program against an emulator, and ends with its exit code or signal. */
import { writeFile } from 'node:fs/promises'
import { foregroundChild } from 'foreground-child'
import type { Environment } from '../config/table.js'
import { askBytes, askJson } from './ask.js'
import { ignoredText, reportOf, troublesText } from './exec-report.js'
import type { Output } from './output.js'
import type { Target } from './target.js'
import { trustVariables } from './trust.js'

export interface ExecOptions {
  /** The program and its arguments. */
  command: readonly string[]
  /** Exits with 1 if a call had ignored fields, even if the program succeeds. */
  failOnIgnored: boolean
  /** The file for a snapshot of the default sandbox, written when the program ends. */
  exportOnExit: string | undefined
  /** The environment of this process, which the program inherits. */
  env: Environment
}

/** The emulator that `exec` has started. */
export interface ExecEmulator {
  target: Target
  apiKey: string
  webhookKey: string
  /** Whether the emulator serves /_emulator. Without it, there is no report and no snapshot. */
  hasControl: boolean
  /** The proxy for programs that cannot be pointed elsewhere; null without --proxy. */
  proxy: { url: string, certificateFile: string } | null
  close (): Promise<void>
}

/** As shells do: 127 if the program does not exist, 126 if it cannot run. */
const START_FAILURES: Readonly<Record<string, number>> = { ENOENT: 127, EACCES: 126 }

/** The variables that a program reads, and the one from which the commands of this package take the emulator. */
function variablesOf ({ target: { url }, apiKey, webhookKey, proxy }: ExecEmulator): Record<string, string> {
  return {
    DODO_PAYMENTS_BASE_URL: url,
    DODO_PAYMENTS_API_KEY: apiKey,
    DODO_PAYMENTS_WEBHOOK_KEY: webhookKey,
    DODO_PAYMENTS_EMULATOR_URL: url,
    DODO_EMULATOR_URL: url,
    ...(proxy === null ? {} : proxyVariables(proxy))
  }
}

const LOCAL_HOSTS = 'localhost,127.0.0.1,::1'

/** In both cases, because programs differ. Node.js reads them only with NODE_USE_ENV_PROXY. */
function proxyVariables ({ url, certificateFile }: NonNullable<ExecEmulator['proxy']>): Record<string, string> {
  return {
    HTTPS_PROXY: url,
    https_proxy: url,
    NO_PROXY: LOCAL_HOSTS,
    no_proxy: LOCAL_HOSTS,
    NODE_USE_ENV_PROXY: '1',
    ...trustVariables(certificateFile)
  }
}

/**
 * Runs the program with the terminal and the signals of this process. This process ends with the program's exit code or signal,
 * so the promise never resolves.
 */
export async function execute (emulator: ExecEmulator, options: ExecOptions, output: Output): Promise<never> {
  const [program = '', ...args] = options.command
  let startFailure: NodeJS.ErrnoException | undefined
  const child = foregroundChild(program, args, { env: { ...options.env, ...variablesOf(emulator) } }, async (code, signal) => {
    try {
      if (startFailure !== undefined) return failedStart(program, startFailure)
      return await finish(emulator, options, { outcome: signal ?? code ?? 1, json: output.json })
    } finally {
      await emulator.close()
    }
  })
  child.on('error', error => { startFailure = error })
  return await new Promise<never>(() => {})
}

function failedStart (program: string, { code = '', message }: NodeJS.ErrnoException): number {
  const reason = code === 'ENOENT' ? 'there is no such command' : message
  console.error(`dodo-emulator: exec: ${program}: ${reason}`)
  return START_FAILURES[code] ?? 1
}

interface Outcome {
  /** The program's exit code, or the signal that ended it. */
  outcome: number | NodeJS.Signals
  /** Prints the report as JSON, always. */
  json: boolean
}

/** Writes the snapshot, prints the report, and returns the exit code or the signal to end with. */
async function finish (
  { target, hasControl }: ExecEmulator, { failOnIgnored, exportOnExit }: ExecOptions, { outcome, json }: Outcome
): Promise<Outcome['outcome']> {
  if (!hasControl) return outcome
  const report = await reportOf(target)
  const failsOnIgnored = failOnIgnored && report.ignored.length > 0
  if (json) console.error(JSON.stringify(report))
  else print([...outcome === 0 ? [] : troublesText(report), ...failsOnIgnored ? ignoredText(report) : []])
  const isWritten = exportOnExit === undefined || await writeSnapshot(target, exportOnExit)
  return outcome === 0 && (failsOnIgnored || !isWritten) ? 1 : outcome
}

/** On standard error, so that the program's own output stays as it is. */
function print (lines: readonly string[]): void {
  for (const line of lines) console.error(line)
}

const SNAPSHOT = 'on exit'

async function writeSnapshot (target: Target, file: string): Promise<boolean> {
  try {
    await askJson(target, '/_emulator/snapshots', { body: { name: SNAPSHOT, replace: true } })
    await writeFile(file, await askBytes(target, `/_emulator/snapshots/${encodeURIComponent(SNAPSHOT)}`))
    return true
  } catch (error) {
    console.error(`dodo-emulator: exec: --export-on-exit: ${(error as Error).message}`)
    return false
  }
}
