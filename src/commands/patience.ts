/** Requests a long operation, and shows its progress on a terminal. */
import { setTimeout as wait } from 'node:timers/promises'
import type { components } from '../contract/control-types.gen.js'
import { ask, askJson, type Question } from './ask.js'
import { createProgress } from './progress.js'
import type { Target } from './target.js'

type WorkInfo = components['schemas']['WorkInfo']

const TIMEOUT_MS = 30 * 60_000
const POLL_EVERY_MS = 500

/** Returns the text of a successful reply. Throws like `ask`. */
export async function askPatiently (target: Target, path: string, question: Question): Promise<string> {
  const over = new AbortController()
  const shown = showProgress(target, over.signal)
  try {
    return await ask(target, path, { ...question, waitsMs: TIMEOUT_MS })
  } finally {
    over.abort()
    await shown
  }
}

async function showProgress (target: Target, over: AbortSignal): Promise<void> {
  if (!process.stderr.isTTY) return
  const progress = createProgress()
  while (await wait(POLL_EVERY_MS, true, { signal: over }).catch(() => false)) {
    const { items } = await askJson<{ items: WorkInfo[] }>(target, '/_emulator/work').catch(() => ({ items: [] }))
    const [first] = items
    if (first !== undefined && !over.aborted) progress.update(progressLine(first))
  }
  progress.end()
}

/** `clock: 5,200 done`, `load: 12,000 of 30,000 done` */
export function progressLine ({ name, done, total, is_under_way: isUnderWay }: WorkInfo): string {
  if (!isUnderWay) return `${name}: waiting`
  const number = (count: number) => count.toLocaleString('en-US')
  return `${name}: ${number(done)}${total === null ? '' : ` of ${number(total)}`} done`
}
