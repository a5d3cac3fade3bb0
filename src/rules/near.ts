/** Suggests the name that a misspelt one probably means. Pure. */

/** The longest name that is compared, because the cost grows with the product of both lengths. */
const LENGTH_MAX = 100

/**
 * The name closest to `given`: equal apart from case and separators, or a few edits away (insertion, deletion, substitution,
 * transposition). Ties go to the longest common prefix. Null if no name is close.
 */
export function nearest (given: string, names: readonly string[]): string | null {
  const text = plain(given)
  if (text === '' || text.length > LENGTH_MAX) return null
  const near = names.flatMap(name => {
    const other = plain(name)
    if (Math.abs(other.length - text.length) > MISTAKES_MAX) return []
    const mistakes = distance(text, other)
    return mistakes <= allowed(Math.max(text.length, other.length)) ? [{ name, mistakes, alike: alike(text, other) }] : []
  })
  const [best] = near.sort((one, other) => one.mistakes - other.mistakes || other.alike - one.alike)
  return best?.name ?? names.find(name => isBeginning(text, plain(name))) ?? null
}

/** The length of the common prefix. */
function alike (one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length++
  return length
}

/** Whether two names are at most one edit apart. */
export function isNear (name: string, given: string): boolean {
  return Math.abs(name.length - given.length) <= 1 && distance(name, given) <= 1
}

const MISTAKES_MAX = 3

/** One edit for every three letters, because any two-letter code is close to any other. */
function allowed (length: number): number {
  return Math.min(Math.floor(length / 3), MISTAKES_MAX)
}

const BEGINNING_MIN = 3

/** Whether one is a prefix of the other: `percent` of `percentage`. */
function isBeginning (one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  return short.length >= BEGINNING_MIN && long.startsWith(short)
}

/** Removes case and word separators. */
function plain (text: string): string {
  return text.trim().toLowerCase().replace(/[\s_-]+/g, '')
}

/** The number of insertions, deletions, substitutions and transpositions between two texts (optimal string alignment). */
function distance (one: string, other: string): number {
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1]
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (isSame ? 0 : 1))
      const isExchanged = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      if (isExchanged) least = Math.min(least, (before[j - 2] ?? 0) + 1)
      next.push(least)
    }
    before = row
    row = next
  }
  return row[other.length] ?? 0
}
