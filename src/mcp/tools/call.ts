/** The tool that calls any operation of the emulated API, as a program does. */
import { fitted } from '../result.js'
import { input, oneOf, text } from '../schemas.js'
import { invalidArgument, type ItemList, type Session } from '../session.js'
import { tool, type Reply } from '../tool.js'

interface Given {
  method: string
  path: string
  query?: Record<string, unknown>
  body?: unknown
  api_key?: string
  headers?: Record<string, string>
}

/** Headers of a reply that say something to a caller. */
const SHOWN_HEADERS = /^(?:content-type|allow|location|retry-after|x-should-retry|x-ratelimit-.*)$/

/** Headers that select the server or the framing of a message, or give access to the control API. */
const REFUSED_HEADERS =
  /^(?:host|connection|content-length|transfer-encoding|upgrade|expect|te|trailer|x-emulator-key|cookie|origin)$/i

const BODY_MAX_BYTES = 20_000

export const callApi = tool<Given>({
  name: 'call_api',
  title: 'Call the API',
  description: 'Sends a request to the emulated API and returns the reply, also if it is an error. Bodies over 20 kB are cut.',
  effect: 'changes',
  isCore: true,
  input: input({
    method: oneOf(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], 'The HTTP method.'),
    path: text('Begins with /, such as /payments. Not /_emulator.'),
    query: { type: 'object', description: 'Query parameters. A list repeats the parameter.' },
    body: { description: 'The body as JSON.' },
    api_key: text('Default: a key that may write.'),
    headers: {
      type: 'object', additionalProperties: { type: 'string' }, description: 'Further headers, such as idempotency-key.'
    }
  }, ['method', 'path']),
  async run ({ method, path, query = {}, body, api_key: apiKey, headers = {} }, session) {
    const target = targetOf(path, query)
    const refused = Object.keys(headers).find(name => REFUSED_HEADERS.test(name))
    if (refused !== undefined) throw invalidArgument('headers', `must not have ${refused}`)
    const reply = await session.call(method, target, { body, apiKey, headers })
    return { ...shown(reply), request_id: await requestId(session, { method, path: target, status: reply.status }) }
  }
})

/** The path with its query. Throws for a path of another origin or of the control API. */
function targetOf (path: string, query: Record<string, unknown>): string {
  if (!path.startsWith('/') || path.startsWith('//') || path.includes('\\')) {
    throw invalidArgument('path', 'must begin with a single /, such as /payments')
  }
  const url = new URL(path, 'http://emulator.invalid')
  if (isControl(url.pathname)) throw invalidArgument('path', 'must not lead to /_emulator: use the other tools')
  for (const [name, value] of Object.entries(query)) {
    for (const item of [value].flat()) url.searchParams.append(name, typeof item === 'string' ? item : JSON.stringify(item))
  }
  return url.pathname + url.search
}

/** Whether a path leads to the control API, also below a sandbox, encoded or with further slashes. */
function isControl (pathname: string): boolean {
  let path = pathname
  for (let round = 0; round < 5 && path.includes('%'); round++) {
    try {
      path = decodeURIComponent(path)
    } catch {
      break
    }
  }
  return /^\/*(?:~[^/]*\/+)*_emulator(?:\/|$)/i.test(path)
}

interface Fitted { body: unknown, cut?: readonly string[] }

function shown ({ status, headers, text: body }: Reply): object {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => SHOWN_HEADERS.test(name)))
  const isJson = String(headers['content-type'] ?? '').startsWith('application/json') && body !== ''
  const { body: short, cut } = fitted({ body: isJson ? JSON.parse(body) : body }, BODY_MAX_BYTES) as Fitted
  return { status, headers: kept, body: short, ...(cut === undefined ? {} : { note: `The body is cut. ${cut.join('; ')}` }) }
}

interface Sent { method: string, path: string, status: number }

/** The id of the call in the request log; null if the log does not have it. */
async function requestId (session: Session, { method, path, status }: Sent): Promise<unknown> {
  const query = { method, page_size: 10 }
  const { items }: ItemList = await session.control<ItemList>('/requests', { query }).catch(() => ({ items: [] }))
  return items.find(item => item['path'] === path && item['status'] === status)?.['request_id'] ?? null
}
