/**
 * A font in one document. pdfkit accepts any object with the methods of a font of fontkit. This one gives a code of its own to
 * each glyph with its characters, so that text copied from the document is the original: letters can share a glyph, such as the
 * Arabic letters that differ only in their dots.
 */
import type { Font, Glyph, GlyphPosition, Subset } from '../../vendor/typography.js'
import type { FontFile } from './fonts.js'

/** The options of a run, which pdfkit passes on to `layout`. */
export interface RunOptions {
  direction: 'ltr' | 'rtl'
  /** Draws the box for missing characters. */
  isMissing?: boolean
}

/** A glyph with a code. pdfkit takes `id` for the glyph. */
interface CodedGlyph {
  id: number
  codePoints: readonly number[]
  advanceWidth: number
}

export interface CodedRun {
  glyphs: CodedGlyph[]
  positions: GlyphPosition[]
  /** The sum of the advances, which pdfkit scales. */
  readonly advanceWidth: number
}

export interface Face {
  name: string
  hasOnlySymbols: boolean
  has (codePoint: number): boolean
  layout (text: string, options: RunOptions): CodedRun
  /** In 1/1000 of the size. */
  widthOf (text: string, options: RunOptions): number
  /** The characters of the glyphs of a text, in the order of reading. */
  readBack (text: string, options: RunOptions): string
  /** For pdfkit. */
  font: object
}

export function createFace ({ name, hasOnlySymbols = false }: FontFile, font: Font): Face {
  const codes = new Map<string, number>()
  const glyphOf: number[] = []
  const layout = (text: string, options: RunOptions): CodedRun => {
    const { glyphs, positions } = options.isMissing === true
      ? missing(text, font)
      : font.layout(text, [], undefined, undefined, options.direction)
    return {
      glyphs: glyphs.map(({ id, codePoints, advanceWidth }) => {
        const key = [id, ...codePoints].join()
        const code = codes.get(key) ?? glyphOf.push(id) - 1
        codes.set(key, code)
        return { id: code, codePoints, advanceWidth }
      }),
      positions,
      get advanceWidth () { return positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0) }
    }
  }
  return {
    name,
    hasOnlySymbols,
    has: codePoint => font.hasGlyphForCodePoint(codePoint),
    layout,
    widthOf: (text, options) => layout(text, options).advanceWidth * 1000 / font.unitsPerEm,
    readBack: (text, options) => {
      const read = layout(text, options).glyphs.map(({ codePoints }) => String.fromCodePoint(...codePoints))
      return (options.direction === 'rtl' ? read.reverse() : read).join('')
    },
    font: Object.assign(Object.create(font) as object, { layout, createSubset: () => subsetByCode(font.createSubset(), glyphOf) })
  }
}

/** Corrects two faults of fontkit, in a font that has just been created. */
export function correct (font: Font): Font {
  distinguishGlyphs(font)
  skipMissingAnchors(font)
  return font
}

/** Makes fontkit keep the characters of each use of a glyph, instead of those of the first. */
function distinguishGlyphs (font: Font): void {
  const shared = font.getGlyph.bind(font)
  font.getGlyph = (id, codePoints = []) => {
    const glyph = shared(id)
    // Measured once, not at each use.
    return Object.create(glyph, { codePoints: { value: codePoints }, advanceWidth: { get: () => glyph.advanceWidth } }) as Glyph
  }
}

/** fontkit fails where a font does not say how it places a mark on a letter. Then the mark stays where it is. */
function skipMissingAnchors (font: Font): void {
  const positions = font._layoutEngine.engine?.GPOSProcessor ?? undefined
  if (positions === undefined) return
  const apply = positions.applyAnchor.bind(positions)
  positions.applyAnchor = (mark, base, index) => { if (base !== null) apply(mark, base, index) }
}

function missing (text: string, font: Font) {
  const glyph = font.getGlyph(0, Array.from(text, character => character.codePointAt(0) ?? 0))
  return { glyphs: [glyph], positions: [{ xAdvance: glyph.advanceWidth, yAdvance: 0, xOffset: 0, yOffset: 0 }] }
}

/** A subset that includes glyphs by our codes. fontkit's own contains each glyph once. */
function subsetByCode (subset: Subset, glyphOf: readonly number[]) {
  const places = new Map<number, number>()
  return {
    cff: subset.cff,
    encode: () => subset.encode(),
    includeGlyph: (code: number) => {
      const id = glyphOf[code] ?? 0
      const place = places.get(code) ?? subset.glyphs.push(id) - 1
      places.set(code, place)
      subset.mapping[id] ??= place
      return place
    }
  }
}
