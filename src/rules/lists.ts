/** Questions about lists that a caller may have made long: none of them compares every item with every other. */

/** The place of the first item that the list holds before; -1 where each is there once. */
export function firstRepeated (items: readonly unknown[]): number {
  const seen = new Set<unknown>()
  return items.findIndex(item => seen.size === seen.add(item).size)
}
