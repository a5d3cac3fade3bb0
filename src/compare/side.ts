/** One side of a comparison: makes the calls, at a limited rate, and keeps the values of the replies. */
import { setTimeout as sleep } from 'node:timers/promises'
import { UnreachableError } from '../errors.js'
import { systemClock } from '../sandbox/clock.js'
import { MissingValue, filledIn, type Step, type Values } from './scenario.js'
import type { Reply } from './differences.js'

/** Makes one call. `body` is undefined without a body. */
export type Send = (method: string, path: string, body: unknown) => Promise<Sent>

export interface Sent {
  status: number
  text: string
  retryAfterMs?: number
}

export interface Side {
  /** Makes the call of a step. Returns the reason if it refers to a value that this side does not have. */
  take (step: Step): Promise<Reply | { skipped: string }>
  /** The ids and other texts of all replies, by which its events are known. */
  texts: Set<string>
}

const clock = systemClock()

/** The time of this computer, in milliseconds. */
export const nowMs = (): number => clock.now() / 1000

const UNTIL_MS = 30_000
const POLL_MS = 1000
const ATTEMPTS = 5
/** The longest time to wait for a reply, and the longest wait after a 429. */
const CALL_MS = 30_000
const RETRY_MS = 60_000

/** A wait for a value ends early if the signal is aborted. */
export function createSide (send: Send, unique: string, signal: AbortSignal): Side {
  const values: Values = { unique }
  const texts = new Set<string>()

  async function call (step: Step): Promise<Reply> {
    const at = nowMs()
    const { status, text } = await send(step.method, String(filledIn(step.path, values)), filledIn(step.body, values))
    return { status, json: jsonOf(text), at }
  }

  async function repeated (step: Step, until: Record<string, unknown>): Promise<Reply> {
    const end = nowMs() + UNTIL_MS
    for (;;) {
      const reply = await call(step)
      const fields = (reply.json ?? {}) as Record<string, unknown>
      const isReached = Object.entries(until).every(([key, value]) => fields[key] === value)
      if (isReached || reply.status >= 400 || signal.aborted || nowMs() > end) return reply
      await sleep(POLL_MS)
    }
  }

  return {
    texts,
    async take (step) {
      try {
        const reply = step.until === null ? await call(step) : await repeated(step, step.until)
        if (reply.status < 400) collectTexts(reply.json, texts)
        if (step.id !== null && reply.status < 400) values[step.id] = reply.json
        return reply
      } catch (error) {
        if (error instanceof MissingValue) return { skipped: error.message }
        throw error
      }
    }
  }
}

function jsonOf (text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function collectTexts (value: unknown, texts: Set<string>): void {
  if (typeof value === 'string') texts.add(value)
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(inner => { collectTexts(inner, texts) })
}

export interface Account {
  baseUrl: string
  apiKey: string
  callsPerMinute: number
}

/**
 * Returns a function that calls an account. It keeps the rate, waits if the account asks for it, and follows no redirects, which
 * could lead to a live account.
 */
export function callAccount ({ baseUrl, apiKey, callsPerMinute }: Account): Send {
  let nextAt = 0
  const paced = async (method: string, path: string, body: unknown): Promise<Sent> => {
    const wait = Math.max(nextAt - nowMs(), 0)
    nextAt = nowMs() + wait + 60_000 / callsPerMinute
    if (wait > 0) await sleep(wait)
    try {
      const response = await fetch(baseUrl + path, {
        method,
        redirect: 'manual',
        signal: AbortSignal.timeout(CALL_MS),
        headers: { authorization: `Bearer ${apiKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
      const seconds = Number(response.headers.get('retry-after') ?? 1)
      const retryAfterMs = (Number.isFinite(seconds) ? seconds : 1) * 1000
      return { status: response.status, text: await response.text(), retryAfterMs }
    } catch (error) {
      const { message, cause } = error as Error
      throw new UnreachableError(`${baseUrl} does not answer: ${(cause as Error | undefined)?.message ?? message}`)
    }
  }
  return async (method, path, body) => {
    for (let attempt = 1; ; attempt++) {
      const reply = await paced(method, path, body)
      if (reply.status !== 429 || attempt === ATTEMPTS) return reply
      await sleep(Math.min(reply.retryAfterMs ?? POLL_MS, RETRY_MS))
    }
  }
}
