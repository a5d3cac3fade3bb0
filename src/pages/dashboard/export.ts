/**
 * Exports of lists as CSV and JSON, with the filters of the page. The rows are those of the API, read page by page and streamed.
 * Cells that a spreadsheet would take for a formula begin with an apostrophe.
 */
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { ApiError } from '../../errors.js'
import type { DashboardPage, PageContext, ReadList } from './page.js'

export const EXPORTS = { csv: 'text/csv; charset=utf-8', json: 'application/json; charset=utf-8' } as const

export type ExportFormat = keyof typeof EXPORTS

const PAGE_ROWS = 100

/** The export of the list of a page. Throws NOT_FOUND if the page has no list. */
export async function exportOf (definition: DashboardPage, page: PageContext, format: ExportFormat): Promise<Readable> {
  let read: ReadList | undefined
  await definition.show({ ...page, onList (given) { read ??= given } })
  if (read === undefined) throw new ApiError('NOT_FOUND', { because: 'this page has no list to export' })
  const { items } = await read({ page_size: PAGE_ROWS, page_number: 0 }) // errors occur before the reply begins
  return Readable.from(format === 'csv' ? csvOf(items, read) : jsonOf(items, read))
}

async function * batches (first: readonly unknown[], read: ReadList): AsyncGenerator<readonly unknown[]> {
  let items = first
  for (let number = 1; items.length > 0; number++) {
    yield items
    if (items.length < PAGE_ROWS) return
    await setImmediate() // other requests come first
    items = (await read({ page_size: PAGE_ROWS, page_number: number })).items
  }
}

async function * jsonOf (first: readonly unknown[], read: ReadList): AsyncGenerator<string> {
  let separator = '[\n'
  for await (const items of batches(first, read)) {
    yield separator + items.map(item => JSON.stringify(item)).join(',\n')
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}

async function * csvOf (first: readonly unknown[], read: ReadList): AsyncGenerator<string> {
  const columns = [...new Set(first.flatMap(item => Object.keys(flat(item))))]
  yield line(columns)
  for await (const items of batches(first, read)) {
    yield items.map(item => {
      const cells = flat(item)
      return line(columns.map(column => cells[column]))
    }).join('')
  }
}

/** The fields of an object. Those of inner objects are named `customer.email`; lists and metadata stay JSON. */
function flat (item: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item ?? {}).flatMap(([name, value]): Array<[string, unknown]> => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && name !== 'metadata'
    return isObject ? Object.entries(value).map(([inner, cell]) => [`${name}.${inner}`, cell]) : [[name, value]]
  }))
}

const FORMULA = /^[=+\-@\t\r]/

function line (cells: readonly unknown[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell (value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const safe = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
