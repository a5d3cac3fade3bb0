/** The text of documents line by line, in any font: the types, and the characters that are left out. */

export interface Style {
  size: number
  bold?: boolean
  color?: string
}

export interface Typesetter {
  /** Breaks a text into lines, preferably between words. */
  wrap (text: string, width: number, style: Style, max: number): Line[]
  /** A text on one line. */
  line (text: string, style: Style): Line
  /** The fonts that the document lacks, if some characters could not be drawn: the npm packages that have them. */
  missing (): { packages: readonly string[] } | undefined
}

export interface Line {
  width (size: number): number
  /** Draws the line from its upper left corner. */
  draw (x: number, y: number, size: number): void
}

/** The height of the letters above the baseline, in every font, so that they share it. */
export const ASCENT = 0.718

const INVISIBLE = /[\p{Cc}\u00ad\u200b\u202a-\u202e\u2060\ufeff]/gu
const TOO_MANY_MARKS = /(\p{M}{8})\p{M}+/gu

/**
 * Puts a text on one line, and removes what would disturb others: control characters, characters that override the direction, and
 * more marks on a letter than any language has.
 */
export function clean (text: string): string {
  const line = text.normalize('NFC').replace(/\s+/gu, ' ').replace(INVISIBLE, '')
  return line.replace(TOO_MANY_MARKS, '$1').replace(/\p{Cs}/gu, '\ufffd')
}
