/** One try to deliver: a POST with a limit on everything, whose outcome is told and never thrown. */
import { clearTimeout, setTimeout } from 'node:timers' // not the globals, which a test may have replaced

export interface Posted {
  /** Null without a response. */
  status: number | null
  headers: Record<string, string> | null
  /** The beginning of the response's body, null without a response. */
  body: string | null
  /** Why it failed, where the status does not tell; null otherwise. */
  error: string | null
}

export interface PostOptions {
  url: string
  headers: Record<string, string>
  body: string
  timeoutMs: number
  /** Gives the try up. */
  stop: AbortSignal
}

/** So much of a response is kept; what comes after it is not read. */
const BODY_KEPT_BYTES = 16 * 1024

/** Whether an outcome counts as delivered: any 2xx, read in time. A redirect is a failure. */
export function isDelivered ({ status, error }: Posted): boolean {
  return error === null && status !== null && status >= 200 && status <= 299
}

export async function post ({ url, headers, body, timeoutMs, stop }: PostOptions): Promise<Posted> {
  const patience = new AbortController()
  const giveUp = () => { patience.abort() }
  const timer = setTimeout(giveUp, timeoutMs)
  stop.addEventListener('abort', giveUp)
  const outcome: Posted = { status: null, headers: null, body: null, error: null }
  try {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: patience.signal })
    outcome.status = response.status
    outcome.headers = Object.fromEntries(response.headers)
    outcome.body = ''
    for await (const text of beginning(response)) outcome.body += text
    if (response.status >= 300 && response.status <= 399) outcome.error = 'redirects are not followed'
  } catch (error) {
    outcome.error = patience.signal.aborted ? `no complete answer within ${timeoutMs / 1000} s` : explain(error as Error)
  } finally {
    clearTimeout(timer)
    stop.removeEventListener('abort', giveUp)
  }
  return outcome
}

/** The body up to the limit, as text. An endless one is cut off there. */
async function * beginning ({ body }: Response): AsyncGenerator<string> {
  if (body === null) return
  const decoder = new TextDecoder()
  let left = BODY_KEPT_BYTES
  for await (const chunk of body) {
    yield decoder.decode(chunk.subarray(0, left), { stream: true })
    left -= chunk.byteLength
    if (left <= 0) return // which cancels the stream, and with it the connection
  }
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no host of this name',
  ECONNRESET: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed'
}

function explain ({ message, cause }: Error): string {
  const { code, message: reason } = (cause ?? {}) as { code?: string, message?: string }
  const known = code === undefined ? undefined : REASONS[code]
  if (known !== undefined) return `${known} (${code})`
  return reason === undefined ? message : `${reason}${code === undefined ? '' : ` (${code})`}`
}
