/**
 * Text in any script. A line is divided into runs of one font and one direction, which fontkit shapes. Their order follows the
 * Unicode bidirectional algorithm.
 */
import type { Pdf } from '../../vendor/pdfkit.js'
import { bidi, create, LineBreaker, type Font } from '../../vendor/typography.js'
import { isRightToLeft } from './direction.js'
import { correct, createFace, type Face, type RunOptions } from './face.js'
import { fontsFor, NOTO_SANS, NOTO_SANS_BOLD, pathOf, readFont, type FontFile, type Provenance } from './fonts.js'
import { ASCENT, clean, type Line, type Style, type Typesetter } from './line.js'
import { wrap, type Measure } from './wrap.js'

interface Run {
  face: Face
  text: string
  options: RunOptions
  /** Whether the font has no bold type, so that the outlines are drawn too. */
  isEmboldened: boolean
}

/** The fonts of a document, loaded when they are needed. */
interface Fonts {
  faceOf (font: FontFile): Face | undefined
  lack (font: FontFile | undefined): void
}

interface Setting {
  pdf: Pdf
  fonts: Fonts
  provenance: Provenance
  /** Runs of texts that were measured before. */
  runs: Map<string, Run[]>
}

/** A font with its tables takes up to 5 MB. Most documents need one or two. */
const FONTS_MAX = 8

/** The fonts used last, by the path of the file. Reading one again would take longer than drawing a document. */
const fontsRead = new Map<string, Font>()

function fontAt (path: string): Font {
  const font = fontsRead.get(path) ?? correct(create(readFont(path)))
  fontsRead.delete(path)
  fontsRead.set(path, font)
  const [oldest] = fontsRead.keys()
  if (oldest !== undefined && fontsRead.size > FONTS_MAX) fontsRead.delete(oldest)
  return font
}

export function multilingualTypesetter (pdf: Pdf, provenance: Provenance): Typesetter {
  const faces = new Map<FontFile, Face | undefined>()
  const packages = new Set<string>()
  let isIncomplete = false
  const fonts: Fonts = {
    faceOf: font => {
      if (!faces.has(font)) {
        const path = pathOf(font)
        const face = path === undefined ? undefined : createFace(font, fontAt(path))
        if (face !== undefined) pdf.registerFont(font.name, face.font)
        faces.set(font, face)
      }
      return faces.get(font)
    },
    lack: font => {
      isIncomplete = true
      if (font?.from !== undefined) packages.add(font.from.package)
    }
  }
  const setting: Setting = { pdf, fonts, provenance, runs: new Map() }
  return {
    wrap: (text, width, style, max) => {
      const cleaned = clean(text)
      const direction = directionOf(cleaned, provenance.language)
      const measure: Measure = {
        widthOf: part => widthOf(runsOf(part, direction, style, setting), style.size),
        parts,
        characters: part => Array.from(graphemes.segment(part), ({ segment }) => segment)
      }
      return wrap(cleaned, width, max, measure).map(line => lineOf(runsOf(line, direction, style, setting), style, setting))
    },
    line: (text, style) => {
      const cleaned = clean(text)
      return lineOf(runsOf(cleaned, directionOf(cleaned, provenance.language), style, setting), style, setting)
    },
    missing: () => isIncomplete ? { packages: [...packages].sort() } : undefined
  }
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const words = new Intl.Segmenter('th', { granularity: 'word' })

/** Scripts without spaces between words, which the line breaking algorithm leaves to dictionaries. */
const WITHOUT_SPACES = /[\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u

function parts (text: string): string[] {
  const breaker = new LineBreaker(text)
  const found: string[] = []
  let from = 0
  for (let next = breaker.nextBreak(); next !== null; next = breaker.nextBreak()) {
    const part = text.slice(from, next.position)
    from = next.position
    if (WITHOUT_SPACES.test(part)) found.push(...partsByWords(part))
    else found.push(part)
  }
  return found
}

/** Punctuation and spaces stay with the word before them. */
function partsByWords (text: string): string[] {
  const found: string[] = []
  for (const { segment, isWordLike } of words.segment(text)) {
    if (isWordLike === true || found.length === 0) found.push(segment)
    else found.push((found.pop() ?? '') + segment)
  }
  return found
}

/** The direction of the first letter or mark of a direction; without one, that of the document. */
function directionOf (text: string, language: string): 'ltr' | 'rtl' {
  const [letter] = /[\p{L}\u200e\u200f]/u.exec(text) ?? []
  if (letter === undefined) return isRightToLeft(language) ? 'rtl' : 'ltr'
  return ['R', 'AL'].includes(bidi.getBidiCharTypeName(letter)) ? 'rtl' : 'ltr'
}

const IGNORABLE = /^\p{Default_Ignorable_Code_Point}$/u

function codePointOf (character: string): number {
  return character.codePointAt(0) ?? 0
}

/** The place of a run: its first character, and its level, which is odd for right-to-left. */
interface PlacedRun extends Run {
  start: number
  level: number
}

/** Divides a line into runs, from left to right. */
function runsOf (text: string, direction: 'ltr' | 'rtl', style: Style, setting: Setting): Run[] {
  const key = `${direction} ${style.bold === true} ${text}`
  const known = setting.runs.get(key)
  if (known !== undefined) return known
  const levels = bidi.getEmbeddingLevels(text, direction)
  const mirrored = bidi.getMirroredCharactersMap(text, levels.levels)
  const runs: PlacedRun[] = []
  divide(text, style, setting, (piece, start, face) => {
    const level = levels.levels[start] ?? 0
    // Joiners shape the letters beside them. Other characters that are never seen are left out.
    const shown = Array.from(piece).filter(character => !IGNORABLE.test(character) || face?.has(codePointOf(character)) === true)
    const drawn = shown.length === 1 ? mirrored.get(start) ?? shown.join('') : shown.join('')
    const last = runs.at(-1)
    if (drawn === '') return
    if (last !== undefined && continues(last, face, level)) last.text += drawn
    else runs.push(begin(drawn, start, level, face, style, setting))
  })
  const places = new Map(bidi.getReorderedIndices(text, levels).map((index, place) => [index, place]))
  runs.sort((a, b) => (places.get(a.start) ?? 0) - (places.get(b.start) ?? 0))
  setting.runs.set(key, runs)
  return runs
}

function continues ({ face: current, options, level: currentLevel }: PlacedRun, face: Face | undefined, level: number): boolean {
  return options.isMissing !== true && current === face && currentLevel === level
}

function begin (text: string, start: number, level: number, face: Face | undefined, style: Style, setting: Setting): PlacedRun {
  const basic = basicFace(style, setting)
  return {
    text,
    start,
    level,
    face: face ?? basic,
    options: { direction: level % 2 === 1 ? 'rtl' : 'ltr', ...(face === undefined ? { isMissing: true } : {}) },
    isEmboldened: style.bold === true && face !== undefined && face !== basic
  }
}

function basicFace ({ bold }: Style, { fonts }: Setting): Face {
  const face = fonts.faceOf(bold === true ? NOTO_SANS_BOLD : NOTO_SANS)
  if (face === undefined) throw new Error('dodo-emulator is not installed completely: its fonts are missing')
  return face
}

type Add = (piece: string, start: number, face: Face | undefined) => void

/** Finds the font of each character, with its marks. Spaces and punctuation stay in the font before them. */
function divide (text: string, style: Style, setting: Setting, add: Add): void {
  let current: Face | undefined
  for (const { segment, index } of graphemes.segment(text)) {
    const face = faceFor(segment, text, current, style, setting)
    const simple = face === undefined ? simplerForm(segment, text, style, setting) : []
    for (const [character, own] of simple) add(character, index, own)
    if (simple.length > 0) continue
    if (face === undefined && Array.from(segment).length > 1) {
      // No font has all of it: a letter with a mark of another script.
      let start = index
      for (const character of segment) {
        add(character, start, faceFor(character, text, current, style, setting) ?? lacking(character, text, setting))
        start += character.length
      }
      continue
    }
    add(segment, index, face ?? lacking(segment, text, setting))
    current = face ?? current
  }
}

/** The compatible characters that fonts have for one that they lack: `(株)` for `㈱`. Empty without such characters. */
function simplerForm (piece: string, text: string, style: Style, setting: Setting): Array<[character: string, face: Face]> {
  const simpler = piece.normalize('NFKC')
  if (simpler === piece) return []
  const found = Array.from(simpler, character => [character, faceFor(character, text, undefined, style, setting)] as const)
  return found.every((pair): pair is [string, Face] => pair[1] !== undefined) ? found : []
}

function faceFor (piece: string, text: string, current: Face | undefined, style: Style, setting: Setting): Face | undefined {
  const codePoints = Array.from(piece).filter(character => !IGNORABLE.test(character)).map(codePointOf)
  const has = (face: Face | undefined) => face !== undefined && codePoints.every(codePoint => face.has(codePoint))
  const belongsToNoScript = /^[\p{sc=Common}\p{sc=Inherited}]/u.test(piece)
  if (belongsToNoScript && current?.hasOnlySymbols === false && has(current)) return current
  const basic = basicFace(style, setting)
  if (has(basic)) return basic
  for (const font of fontsFor(piece, text, setting.provenance)) {
    const face = setting.fonts.faceOf(font)
    if (has(face)) return face
  }
  return undefined
}

/** Notes that no font has a character, and which package would probably have it. */
function lacking (piece: string, text: string, { fonts, provenance }: Setting): undefined {
  fonts.lack(fontsFor(piece, text, provenance).find(font => font.from !== undefined && pathOf(font) === undefined))
}

function widthOf (runs: readonly Run[], size: number): number {
  return runs.reduce((sum, { face, text, options }) => sum + face.widthOf(text, options), 0) * size / 1000
}

function lineOf (runs: readonly Run[], { color = '#000' }: Style, { pdf }: Setting): Line {
  return {
    width: size => widthOf(runs, size),
    draw: (x, y, size) => {
      let at = x
      for (const run of runs) {
        drawRun(run, at, y + size * ASCENT, size, color, pdf)
        at += widthOf([run], size)
      }
    }
  }
}

function drawRun (run: Run, x: number, baseline: number, size: number, color: string, pdf: Pdf): void {
  const { face, text, options, isEmboldened } = run
  // The text for copying, where the glyphs are in another order than the letters, as in Indic scripts.
  const isReordered = options.isMissing !== true && face.readBack(text, options) !== text
  if (isReordered) pdf.markContent('Span', { actual: text })
  pdf.font(face.name).fontSize(size).fillColor(color)
  if (isEmboldened) pdf.strokeColor(color).lineWidth(size * 0.03)
  pdf.text(text, x, baseline, { lineBreak: false, baseline: 'alphabetic', fill: true, stroke: isEmboldened, features: options })
  if (isReordered) pdf.endMarkedContent()
}
