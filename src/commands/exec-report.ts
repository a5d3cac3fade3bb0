/** The report of `exec`: refused calls, failed deliveries and ignored fields of all sandboxes. */
import type { components } from '../contract/control-types.gen.js'
import { askJson } from './ask.js'
import { deliveryLine } from './deliveries.js'
import { requestLines } from './requests.js'
import type { Target } from './target.js'

type Schemas = components['schemas']
type Delivery = Schemas['Delivery']

type LoggedRequest = Schemas['LoggedRequest']

/** An item of a sandbox. */
type Of<Item> = Item & { sandbox: string }

export interface Report {
  refused: Array<Of<LoggedRequest>>
  failed_deliveries: Array<Of<Delivery>>
  /** Calls with ignored fields. */
  ignored: Array<Of<LoggedRequest>>
  /** Accepted calls with probable mistakes. */
  noted: Array<Of<LoggedRequest>>
}

/** Of each kind, at most the latest twenty are listed. */
const SHOWN_MAX = 20
const PAGE_SIZE = 100

/** Reads all open sandboxes. */
export async function reportOf (target: Target): Promise<Report> {
  const { items: sandboxes } = await askJson<Schemas['SandboxList']>(target, '/_emulator/sandboxes')
  const report: Report = { refused: [], failed_deliveries: [], ignored: [], noted: [] }
  for (const { name, path, is_open: isOpen } of sandboxes) {
    if (!isOpen) continue
    const own = { ...target, prefix: path ?? '' }
    const requests = (await all<LoggedRequest>(own, '/_emulator/requests')).map(request => ({ ...request, sandbox: name }))
    const deliveries = (await all<Delivery>(own, '/_emulator/deliveries')).map(delivery => ({ ...delivery, sandbox: name }))
    report.refused.push(...requests.filter(({ status }) => status >= 400))
    report.ignored.push(...requests.filter(({ ignored_fields: fields }) => fields.length > 0))
    report.noted.push(...withoutRepeatedDeprecations(requests).filter(({ status, notes }) => status < 400 && notes.length > 0))
    report.failed_deliveries.push(...deliveries.filter(isFailing))
  }
  return report
}

/** Keeps the note on a deprecated operation only on its first call. A program that uses one usually calls it often. */
function withoutRepeatedDeprecations (requests: ReadonlyArray<Of<LoggedRequest>>): Array<Of<LoggedRequest>> {
  const seen = new Set<string>()
  return requests.map(request => ({
    ...request,
    notes: request.notes.filter(({ code, message }) => {
      if (code !== 'DEPRECATED_OPERATION') return true
      const isFirst = !seen.has(message)
      seen.add(message)
      return isFirst
    })
  }))
}

/** Refused calls, failed deliveries and warnings, as lines. Empty if there are none. */
export function troublesText ({ refused, failed_deliveries: failed, noted }: Report): string[] {
  return [
    ...section(refused.map(request => requestLines(request, label(request))), 'refused call', 'refused calls'),
    ...section(failed.map(delivery => `${deliveryLine(delivery)}${label(delivery)}`), 'failed delivery', 'failed deliveries'),
    ...section(noted.map(request => requestLines(request, label(request))), 'call with a warning', 'calls with warnings')
  ]
}

/** Calls with ignored fields, as lines. Empty if there are none. */
export function ignoredText ({ ignored }: Report): string[] {
  const lines = ignored.map(request => requestLines(request, label(request)))
  return section(lines, 'call with ignored fields', 'calls with ignored fields')
}

function label ({ sandbox }: { sandbox: string }): string {
  return sandbox === 'default' ? '' : `  [sandbox ${sandbox}]`
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
