/** Checks of lists that a caller may have made long. They run in linear time. */

/** The index of the first item that repeats an earlier one; -1 if all items differ. */
export function firstRepeated (items: readonly unknown[]): number {
  const seen = new Set<unknown>()
  return items.findIndex(item => seen.size === seen.add(item).size)
}
