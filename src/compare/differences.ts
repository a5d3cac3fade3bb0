/**
 * Compares two replies. Ids, times and URLs are never equal: an id is mapped to the one at the same place of the other side and
 * must stay so, a time is compared by its distance from the call, and a URL by its form. Pure.
 */

export type Kind = 'status' | 'code' | 'shape' | 'value' | 'event'

export interface Difference {
  kind: Kind
  /** The place in the reply: `items[0].status`. Empty for the whole. */
  path: string
  real: unknown
  sandbox: unknown
}

/** The ids of the real side with those of the sandbox, in both directions. */
export interface IdMap {
  toSandbox: Map<string, string>
  toReal: Map<string, string>
}

export function createIdMap (): IdMap {
  return { toSandbox: new Map(), toReal: new Map() }
}

export interface Reply {
  status: number
  /** Undefined without a JSON body. */
  json: unknown
  /** When the call was made, in milliseconds. */
  at: number
}

/** Fields that say the same in other words, or belong to the account. */
const NOT_COMPARED = new Set(['message', 'details', 'business_id', 'client_secret'])

/** Times that differ by at most this are equal. */
const TOLERANCE_MS = 60_000

const ID = /^([a-z]{2,12})_[A-Za-z0-9]{6,}(?:_secret_\w+)?$/
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/** The differences of two replies. A status that differs hides what follows from it. */
export function compareReplies (real: Reply, sandbox: Reply, ids: IdMap, ignore: readonly string[] = []): Difference[] {
  const found: Difference[] = []
  const code = (reply: Reply) => (reply.json as { code?: unknown } | null | undefined)?.code
  if (real.status !== sandbox.status) {
    found.push({ kind: 'status', path: '', real: real.status, sandbox: sandbox.status })
    if (real.status < 400 || sandbox.status < 400) return found
  }
  if (real.status >= 400) {
    if (code(real) !== code(sandbox)) found.push({ kind: 'code', path: 'code', real: code(real), sandbox: code(sandbox) })
    return found
  }
  compare(real.json, sandbox.json, '', { found, ids, real, sandbox, ignored: new Set(ignore) })
  return found
}

interface Comparison {
  found: Difference[]
  ids: IdMap
  real: Pick<Reply, 'at'>
  sandbox: Pick<Reply, 'at'>
  ignored: ReadonlySet<string>
}

function compare (real: unknown, sandbox: unknown, path: string, comparison: Comparison): void {
  const { found, ignored } = comparison
  if (ignored.has(path.replace(/\[\d+\]/g, '[]'))) return
  const [one, other] = [typeOf(real), typeOf(sandbox)]
  if (one !== other) {
    const isShape = one === 'missing' || other === 'missing' || bothPresent(one, other)
    found.push({ kind: isShape ? 'shape' : 'value', path, real, sandbox })
  } else if (Array.isArray(real) && Array.isArray(sandbox)) {
    const [length, other] = [real.length, sandbox.length]
    if (length !== other) found.push({ kind: 'value', path: `${path}.length`, real: length, sandbox: other })
    for (let index = 0; index < Math.min(real.length, sandbox.length); index++) {
      compare(real[index], sandbox[index], `${path}[${index}]`, comparison)
    }
  } else if (one === 'object') {
    compareObjects(real as Record<string, unknown>, sandbox as Record<string, unknown>, path, comparison)
  } else if (typeof real === 'string' && typeof sandbox === 'string') {
    if (!sameText(real, sandbox, comparison)) found.push({ kind: 'value', path, real, sandbox })
  } else if (real !== sandbox) found.push({ kind: 'value', path, real, sandbox })
}

function typeOf (value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** Whether both sides have a value, so that the types of the values differ. A null is a value like any other. */
function bothPresent (one: string, other: string): boolean {
  return one !== 'null' && other !== 'null'
}

function compareObjects (
  real: Record<string, unknown>, sandbox: Record<string, unknown>, path: string, comparison: Comparison
): void {
  for (const name of new Set([...Object.keys(real), ...Object.keys(sandbox)])) {
    if (NOT_COMPARED.has(name) && name in real && name in sandbox) continue
    compare(real[name], sandbox[name], path === '' ? name : `${path}.${name}`, comparison)
  }
}

function sameText (real: string, sandbox: string, { ids, real: { at }, sandbox: { at: sandboxAt } }: Comparison): boolean {
  if (real === sandbox) return true
  const [prefix, otherPrefix] = [ID.exec(real)?.[1], ID.exec(sandbox)?.[1]]
  if (prefix !== undefined && prefix === otherPrefix) return areMapped(real, sandbox, ids)
  if (TIME.test(real) && TIME.test(sandbox)) {
    return Math.abs((Date.parse(real) - at) - (Date.parse(sandbox) - sandboxAt)) <= TOLERANCE_MS
  }
  return isUrl(real) && isUrl(sandbox)
}

/** Maps two ids to each other, or returns whether they were. */
function areMapped (real: string, sandbox: string, { toSandbox, toReal }: IdMap): boolean {
  const [before, beforeReal] = [toSandbox.get(real), toReal.get(sandbox)]
  if (before !== undefined || beforeReal !== undefined) return before === sandbox && beforeReal === real
  toSandbox.set(real, sandbox)
  toReal.set(sandbox, real)
  return true
}

function isUrl (text: string): boolean {
  return /^https?:\/\/\S+$/.test(text)
}

export interface ReceivedEvent {
  type: string
  data: unknown
  /** When it was received, in milliseconds. */
  at: number
}

/** Compares the events of both sides by type, because their order is not guaranteed. */
export function compareEvents (real: readonly ReceivedEvent[], sandbox: readonly ReceivedEvent[], ids: IdMap): Difference[] {
  const found: Difference[] = []
  for (const type of new Set([...real, ...sandbox].map(event => event.type))) {
    const ofType = (events: readonly ReceivedEvent[]) => events.filter(event => event.type === type)
    const [some, others] = [ofType(real), ofType(sandbox)]
    if (some.length !== others.length) found.push({ kind: 'event', path: type, real: some.length, sandbox: others.length })
    for (let index = 0; index < Math.min(some.length, others.length); index++) {
      const [one, other] = [some[index], others[index]]
      if (one === undefined || other === undefined) continue
      const comparison = { found: [] as Difference[], ids, real: one, sandbox: other, ignored: new Set<string>() }
      compare(one.data, other.data, '', comparison)
      found.push(...comparison.found.map(difference => ({ ...difference, path: `${type}: ${difference.path}` })))
    }
  }
  return found
}
