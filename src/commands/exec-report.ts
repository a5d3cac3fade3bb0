/** The report of `exec`: refused calls, failed deliveries and ignored fields of all sandboxes. */
import type { components } from '../contract/control-types.gen.js'
import { askJson } from './ask.js'
import { deliveryLine } from './deliveries.js'
import { requestLines } from './requests.js'
import type { Target } from './target.js'

type Schemas = components['schemas']
type Delivery = Schemas['Delivery']

export interface Report {
  /** Refused calls and failed deliveries, as lines. Empty if there are none. */
  troubles: string[]
  /** Calls with ignored fields, as lines. Empty if there are none. */
  ignored: string[]
}

/** Of each kind, at most the latest twenty are listed. */
const SHOWN_MAX = 20
const PAGE_SIZE = 100

interface Found {
  refused: string[]
  failed: string[]
  ignored: string[]
}

export async function reportOf (target: Target): Promise<Report> {
  const { items: sandboxes } = await askJson<Schemas['SandboxList']>(target, '/_emulator/sandboxes')
  const found: Found = { refused: [], failed: [], ignored: [] }
  for (const { name, path, is_open: isOpen } of sandboxes) {
    if (isOpen) await collect({ ...target, prefix: path ?? '' }, name === 'default' ? '' : `  [sandbox ${name}]`, found)
  }
  return {
    troubles: [
      ...section(found.refused, 'refused call', 'refused calls'),
      ...section(found.failed, 'failed delivery', 'failed deliveries')
    ],
    ignored: section(found.ignored, 'call with ignored fields', 'calls with ignored fields')
  }
}

async function collect (target: Target, label: string, { refused, failed, ignored }: Found): Promise<void> {
  const requests = await all<Schemas['LoggedRequest']>(target, '/_emulator/requests')
  for (const request of requests) {
    if (request.status >= 400) refused.push(requestLines(request, label))
    if (request.ignored_fields.length > 0) ignored.push(requestLines(request, label))
  }
  const deliveries = await all<Delivery>(target, '/_emulator/deliveries')
  for (const delivery of deliveries) if (isFailing(delivery)) failed.push(`${deliveryLine(delivery)}${label}`)
}

/** A failed delivery, or one whose attempts have failed so far. */
function isFailing ({ state, attempts }: Delivery): boolean {
  return state === 'failed' || (state === 'waiting' && attempts.length > 0)
}

/** All items, oldest first. */
async function all<Item> (target: Target, path: string): Promise<Item[]> {
  const found: Item[] = []
  for (let page = 0; ; page++) {
    const { items } = await askJson<{ items: Item[] }>(target, `${path}?page_size=${PAGE_SIZE}&page_number=${page}`)
    found.push(...items)
    if (items.length < PAGE_SIZE) return found.reverse()
  }
}

/** `dodo-emulator: 2 refused calls`, followed by the latest of them. */
function section (lines: readonly string[], one: string, many: string): string[] {
  if (lines.length === 0) return []
  const shown = lines.slice(-SHOWN_MAX)
  const note = shown.length < lines.length ? `; the latest ${shown.length}` : ''
  return [`\ndodo-emulator: ${lines.length} ${lines.length === 1 ? one : many}${note}:`, ...shown]
}
