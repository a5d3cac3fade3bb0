/** Omits the items of an imported account that the emulator refuses, and reports the reason for each. */
import type { Violation } from '../errors.js'

/** Returns the violations in a document; empty if it is valid. */
export type Check = (document: object) => Promise<readonly Violation[]>

const ITEM = /^(\w+)\[(\d+)\](?:\.(localized_prices|customer_ids)\[(\d+)\])?/

/** Fields that identify an item in messages. */
const NAMES = ['product_id', 'discount_id', 'brand_id', 'customer_id', 'id']

/**
 * Omits items until the document is valid. Repeats the check, because another item may refer to an omitted one. Throws for a
 * violation that belongs to no item.
 */
export async function keepUsable (document: Record<string, unknown>, check: Check, note: (line: string) => void): Promise<void> {
  for (let found = await check(document); found.length > 0; found = await check(document)) {
    const places = new Map<string, { list: unknown[], index: number, reason: string }>()
    for (const { path, message } of found) {
      const place = placeOf(document, path)
      if (place === undefined) throw new Error(`the imported data is invalid: ${path} ${message}`)
      if (!places.has(place.key)) places.set(place.key, { ...place, reason: `${path} ${message}`.trim() })
    }
    const later = [...places.values()].sort((a, b) => b.index - a.index) // from the end, so that the other indexes stay valid
    for (const { list, index, reason } of later) {
      note(`omitted ${nameOf(list[index])}: ${reason}`)
      list.splice(index, 1)
    }
  }
}

function placeOf (document: Record<string, unknown>, path: string): { key: string, list: unknown[], index: number } | undefined {
  const [key, name = '', index, innerName, innerIndex] = ITEM.exec(path) ?? []
  const list = document[name]
  if (key === undefined || !Array.isArray(list)) return undefined
  const inner = innerName === undefined ? undefined : (list[Number(index)] as Record<string, unknown>)[innerName]
  if (Array.isArray(inner)) return { key, list: inner, index: Number(innerIndex) }
  return { key, list, index: Number(index) }
}

function nameOf (item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item)
  const [, name = 'an item'] = Object.entries(item).find(([key]) => NAMES.includes(key)) ?? []
  return String(name)
}
