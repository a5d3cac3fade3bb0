// The types of vendor/typography.js, which tools/build.mjs bundles from typography.entry.mjs. Written by hand: the libraries have no
// types, or types that our declarations must not refer to. Only what we use is declared.

/** A glyph of a font, for some characters of a text. */
export interface Glyph {
  id: number
  codePoints: readonly number[]
  readonly advanceWidth: number
}

export interface GlyphPosition {
  xAdvance: number
  yAdvance: number
  xOffset: number
  yOffset: number
}

/** The glyphs from left to right, in units of the font. */
export interface GlyphRun {
  glyphs: Glyph[]
  positions: GlyphPosition[]
}

export interface Subset {
  /** Present in subsets of CFF fonts. */
  readonly cff?: object
  /** The glyph of each code. The first one is the glyph for missing characters. */
  readonly glyphs: number[]
  /** A code of each glyph. */
  readonly mapping: Record<number, number>
  encode (): Uint8Array
}

export interface Font {
  readonly unitsPerEm: number
  hasGlyphForCodePoint (codePoint: number): boolean
  /** Creates one object for each glyph, with the characters of its first use. */
  getGlyph (id: number, codePoints?: readonly number[]): Glyph
  layout (text: string, features: readonly string[], script: undefined, language: undefined, direction: 'ltr' | 'rtl'): GlyphRun
  createSubset (): Subset
  /** Not documented, but the same in every 2.x. */
  readonly _layoutEngine: { engine?: { GPOSProcessor?: Positions | null } }
}

/** Places marks on letters. */
export interface Positions {
  applyAnchor (mark: object, base: object | null, index: number): void
}

/** Reads a TrueType or OpenType font. */
export declare function create (bytes: Uint8Array): Font

export interface EmbeddingLevels {
  /** A level for each UTF-16 unit: odd for right-to-left. */
  levels: Uint8Array
}

export declare const bidi: {
  getEmbeddingLevels (text: string, direction: 'ltr' | 'rtl'): EmbeddingLevels
  /** The indexes of the text from left to right. */
  getReorderedIndices (text: string, levels: EmbeddingLevels): number[]
  /** The mirror image of each character that has one, such as a parenthesis, where the direction is right-to-left. */
  getMirroredCharactersMap (text: string, levels: Uint8Array): Map<number, string>
  getBidiCharTypeName (character: string): string
}

/** Finds where a line can end, by the Unicode line breaking algorithm. */
export declare class LineBreaker {
  constructor (text: string)
  nextBreak (): { position: number, required: boolean } | null
}
