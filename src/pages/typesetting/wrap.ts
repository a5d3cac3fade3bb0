/** Breaks text into lines. The caller measures text and says where a line can end. */

export interface Measure {
  /** In points. */
  widthOf (text: string): number
  /** The parts of a text between which a line can end, with the spaces after them. */
  parts (text: string): string[]
  /** The smallest parts, between which a line ends only if it must. */
  characters (text: string): string[]
}

/** No line has more characters than this. */
const CHARACTERS_MAX = 400

/** Breaks a text into at most `max` lines. The last line ends with … if the text is longer. */
export function wrap (text: string, width: number, max: number, measure: Measure): string[] {
  const fits = (line: string) => line.length < CHARACTERS_MAX && measure.widthOf(line) <= width
  const lines: string[] = []
  let line = ''
  let used = 0
  for (const part of measure.parts(text.slice(0, (max + 1) * CHARACTERS_MAX))) {
    if (lines.length > max) break
    const added = measure.widthOf(part)
    if (line.length + part.length < CHARACTERS_MAX && used + measure.widthOf(part.trimEnd()) <= width) {
      line += part
      used += added
      continue
    }
    if (line !== '') lines.push(line.trimEnd())
    line = part
    while (lines.length <= max && !fits(line.trimEnd())) {
      const length = prefixThatFits(line, fits, measure)
      lines.push(line.slice(0, length))
      line = line.slice(length)
    }
    used = measure.widthOf(line)
  }
  if (line.trim() !== '') lines.push(line.trimEnd())
  return lines.length <= max ? lines : [...lines.slice(0, max - 1), cut(lines[max - 1] ?? '', fits, measure)]
}

/** The length of the longest beginning that fits, at least one character. */
function prefixThatFits (line: string, fits: (line: string) => boolean, measure: Measure): number {
  const ends: number[] = []
  for (const character of measure.characters(line.slice(0, CHARACTERS_MAX))) ends.push((ends.at(-1) ?? 0) + character.length)
  let low = 0
  let high = ends.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(line.slice(0, ends[middle]))) low = middle
    else high = middle - 1
  }
  return ends[low] ?? 1
}

function cut (line: string, fits: (line: string) => boolean, measure: Measure): string {
  const characters = measure.characters(line)
  while (characters.length > 0 && !fits(`${characters.join('')}…`)) characters.pop()
  return `${characters.join('')}…`
}
