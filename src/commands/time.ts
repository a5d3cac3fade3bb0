/** The commands about time: `clock`, which moves it, and `due`, which lists what waits for it. */
import type { Config } from '../config.js'
import type { components } from '../control/types.gen.js'
import { ask, askJson } from './ask.js'
import { askPatiently } from './patience.js'

type Schemas = components['schemas']
type DueJob = Schemas['DueJob']

/** Moves the clock, and prints it with what has happened on the way. */
export async function moveClock (config: Config, body: Schemas['ClockChange']): Promise<void> {
  console.log(JSON.stringify(JSON.parse(await askPatiently(config, '/_emulator/clock', { body })), null, 2))
}

export interface DueOptions {
  kind?: string | undefined
  subject?: string | undefined
  limit: string
  json?: boolean | undefined
}

/** Prints what has failed, and then what falls due next. */
export async function due (config: Config, { kind, subject, limit, json }: DueOptions): Promise<void> {
  const query = new URLSearchParams({
    page_size: limit, ...(kind === undefined ? {} : { kind }), ...(subject === undefined ? {} : { subject_id: subject })
  })
  const list = await askJson<Schemas['DueList']>(config, `/_emulator/due?${query}`)
  if (json === true) return console.log(JSON.stringify(list, null, 2))
  for (const job of [...list.failed, ...list.items]) console.log(dueLine(job))
}

/** `2026-01-31 12:00:01  refund.settle  ref_…  failed: …` */
function dueLine ({ kind, subject_id: subject, due_at: at, error }: DueJob): string {
  return [at.slice(0, 19).replace('T', ' '), kind, subject, ...(error === null ? [] : [`failed: ${error}`])].join('  ')
}

const pathOf = (kind: string, subject: string) => `/_emulator/due/${encodeURIComponent(kind)}/${encodeURIComponent(subject)}`

/** Performs a job that has failed once more, and prints whether that has worked. */
export async function retryDue (config: Config, kind: string, subject: string): Promise<void> {
  const text = await askPatiently(config, `${pathOf(kind, subject)}/retry`, { method: 'POST' })
  const { performed, error }: Schemas['RetriedJob'] = JSON.parse(text)
  console.log(performed ? `${kind} of ${subject} was performed` : `${kind} of ${subject} has failed again: ${error}`)
  if (!performed) process.exitCode = 1
}

/** Drops a job that has failed. */
export async function dropDue (config: Config, kind: string, subject: string): Promise<void> {
  await ask(config, pathOf(kind, subject), { method: 'DELETE' })
}
