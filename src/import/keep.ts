/** What of an account an emulator would take: what its rules refuse is left out, each time with the reason. */
import type { Violation } from '../errors.js'

/** Everything that is wrong with a document; nothing where it can be used. */
export type Check = (document: object) => Promise<readonly Violation[]>

const ITEM = /^(\w+)\[(\d+)\](?:\.(localized_prices|customer_ids)\[(\d+)\])?/

/** What each item is known by, for people. */
const NAMES = ['product_id', 'discount_id', 'brand_id', 'customer_id', 'id']

/**
 * Leaves items out until the document can be used, because one that is left out may be missed by another. Throws where something
 * is wrong that is no item.
 */
export async function keepUsable (document: Record<string, unknown>, check: Check, note: (line: string) => void): Promise<void> {
  for (let found = await check(document); found.length > 0; found = await check(document)) {
    const places = new Map<string, { list: unknown[], index: number, reason: string }>()
    for (const { path, message } of found) {
      const place = placeOf(document, path)
      if (place === undefined) throw new Error(`what was imported can't be used: ${path} ${message}`)
      if (!places.has(place.key)) places.set(place.key, { ...place, reason: `${path} ${message}`.trim() })
    }
    const later = [...places.values()].sort((a, b) => b.index - a.index) // from the end, so that the other places stay
    for (const { list, index, reason } of later) {
      note(`left out ${nameOf(list[index])}: ${reason}`)
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
