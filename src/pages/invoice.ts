/**
 * How an invoice and a refund receipt look: one layout on A4, in the two fonts that every PDF viewer has, drawn with pdfkit. It
 * knows no payment: what stands in the document is decided before, in text.
 *
 * These fonts know the Latin alphabets of Western Europe alone, and a font for all the scripts of the world would be larger than
 * the whole package. Letters with other marks lose them (`Łódź` becomes `Lódz`); what is left (日本, Ελλάδα, emoji) is drawn as
 * `?`, one for each character as people count them, and a note at the end says so.
 *
 * pdfkit is loaded with the first document: nobody who starts the emulator waits for it. The same document gives the same bytes.
 */
import type { Pdf } from '../vendor/pdfkit.js'

export interface Row {
  cells: readonly string[]
  /** Small, under the first cell. */
  note?: string
}

export interface InvoiceDocument {
  title: 'Invoice' | 'Refund receipt'
  number: string
  /** What the file says about its age, in milliseconds since 1970. */
  createdAt: number
  /** Who issues it. */
  issuer: string
  facts: ReadonlyArray<readonly [label: string, value: string]>
  /** The first line of each is emphasized. */
  parties: ReadonlyArray<{ title: string, lines: readonly string[] }>
  /** What happened, in one line. */
  summary: string
  /** The first one takes the width that the others (in points) leave; their cells stand to the right. */
  columns: ReadonlyArray<{ title: string, width: number }>
  rows: readonly Row[]
  totals: ReadonlyArray<{ label: string, value: string, kind: '' | 'total' | 'quiet' }>
  notes: readonly string[]
}

const EMULATED = 'Issued by an emulator: not a tax document, no money moved'
const REPLACED = 'Characters that the font of this document does not have are shown as “?”.'

// A4, in points
const WIDTH = 595.28
const HEIGHT = 841.89
const LEFT = 50
const RIGHT = WIDTH - LEFT
const TOP = 54
const BOTTOM = HEIGHT - 74
const GAP = 12
const PADDING = 7

const INK = '#111827'
const QUIET = '#6b7280'
const RULE = '#d1d5db'
const SHADE = '#f3f4f6'

interface Style {
  size: number
  bold?: boolean
  color?: string
}

const TITLE: Style = { size: 24, bold: true }
const ISSUER: Style = { size: 12, bold: true }
const SUMMARY: Style = { size: 14, bold: true }
const BODY: Style = { size: 9.5 }
const STRONG: Style = { size: 9.5, bold: true }
const LABEL: Style = { size: 9.5, color: QUIET }
const HEAD: Style = { size: 8, bold: true, color: QUIET }
const SMALL: Style = { size: 8, color: QUIET }
const TOTAL: Style = { size: 12, bold: true }

/** Lines after which a name is cut: everything that is drawn in one piece must fit on a page. */
const NAME_LINES = 5
const NOTE_LINES = 60

/** Without `compress` the text can be found in the bytes. */
export async function drawInvoice (document: InvoiceDocument, { compress = true } = {}): Promise<Uint8Array> {
  const { PDFDocument, toBytes } = await import('../vendor/pdfkit.js')
  const at = new Date(document.createdAt)
  const pdf = new PDFDocument({
    size: [WIDTH, HEIGHT],
    margin: 0,
    bufferPages: true,
    compress,
    pdfVersion: '1.7',
    lang: 'en',
    displayTitle: true,
    info: { // pdfkit makes the file's id of it too
      Title: `${document.title} ${document.number}`, Creator: 'dodo-emulator', Producer: 'PDFKit', CreationDate: at, ModDate: at
    }
  })
  const bytes = toBytes(pdf)
  const sheet: Sheet = { pdf, y: TOP, hasReplaced: false }
  drawHead(document, sheet)
  drawTable(document, sheet)
  drawTotals(document, sheet)
  drawNotes(document, sheet)
  drawFeet(document, sheet)
  pdf.end()
  return bytes
}

interface Sheet {
  pdf: Pdf
  /** How far down the page is taken. */
  y: number
  /** Whether a character could not be drawn. */
  hasReplaced: boolean
}

/** Goes to a new page where `height` does not fit on this one any more; says whether it did. */
function makeRoom (height: number, sheet: Sheet): boolean {
  if (sheet.y + height <= BOTTOM) return false
  sheet.pdf.addPage()
  sheet.y = TOP
  return true
}

function use ({ size, bold = false, color = INK }: Style, { pdf }: Sheet): Pdf {
  return pdf.font(bold ? 'Helvetica-Bold' : 'Helvetica').fontSize(size).fillColor(color)
}

function lineHeight ({ size }: Style): number {
  return size * 1.4
}

/** Writes one line at `x`, or, to the right, so that it ends at `x`. */
function write (line: string, x: number, y: number, style: Style, sheet: Sheet, align: 'left' | 'right' = 'left'): void {
  const pdf = use(style, sheet)
  pdf.text(line, align === 'left' ? x : x - pdf.widthOfString(line), y, { lineBreak: false })
}

/** Writes what must stay in one line, to the left of `right`: what is wider than `width` becomes smaller. */
function writeAmount (text: string, right: number, width: number, y: number, style: Style, sheet: Sheet): void {
  const line = clean(text, sheet)
  const natural = use(style, sheet).widthOfString(line)
  const size = natural > width ? style.size * width / natural : style.size
  write(line, right, y, { ...style, size }, sheet, 'right')
}

function writeLines (lines: readonly string[], x: number, y: number, style: Style, sheet: Sheet): number {
  lines.forEach((line, index) => { write(line, x, y + index * lineHeight(style), style, sheet) })
  return lines.length * lineHeight(style)
}

function drawRule (y: number, from: number, sheet: Sheet, color = RULE): void {
  sheet.pdf.rect(from, y, RIGHT - from, 0.75).fill(color)
}

/** Breaks text into lines, between words where it can; what does not fit into `max` lines is cut. */
function wrap (text: string, width: number, style: Style, sheet: Sheet, max = NAME_LINES): string[] {
  const pdf = use(style, sheet)
  const fits = (line: string) => pdf.widthOfString(line) <= width
  const lines: string[] = []
  let line = ''
  for (const word of clean(text, sheet).split(' ')) {
    if (lines.length > max) break
    const longer = line === '' ? word : `${line} ${word}`
    if (longer.length < CHARACTERS_MAX && fits(longer)) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (lines.length <= max && (line.length >= CHARACTERS_MAX || !fits(line))) {
      const length = prefixThatFits(line, fits)
      lines.push(line.slice(0, length))
      line = line.slice(length)
    }
  }
  if (line !== '') lines.push(line)
  return lines.length <= max ? lines : [...lines.slice(0, max - 1), cut(lines[max - 1] ?? '', fits)]
}

/** More than the thinnest letters of a line: longer text need not be measured to know that it does not fit. */
const CHARACTERS_MAX = 400

function prefixThatFits (word: string, fits: (line: string) => boolean): number {
  let low = 1
  let high = Math.min(word.length, CHARACTERS_MAX)
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(word.slice(0, middle))) low = middle
    else high = middle - 1
  }
  return low
}

function cut (line: string, fits: (line: string) => boolean): string {
  let end = line.length
  while (end > 0 && !fits(`${line.slice(0, end)}…`)) end--
  return `${line.slice(0, end)}…`
}

function drawHead ({ title, issuer, facts, parties, summary }: InvoiceDocument, sheet: Sheet): void {
  const half = (RIGHT - LEFT - GAP) / 2
  write(title, LEFT, sheet.y, TITLE, sheet)
  const [issuerLine = ''] = wrap(issuer, half, ISSUER, sheet, 1)
  write(issuerLine, RIGHT, sheet.y + 8, ISSUER, sheet, 'right')
  sheet.y += lineHeight(TITLE) + 12

  for (const [label, value] of facts) {
    write(label, LEFT, sheet.y, LABEL, sheet)
    sheet.y += writeLines(wrap(value, RIGHT - LEFT - FACT_LABEL, BODY, sheet), LEFT + FACT_LABEL, sheet.y, BODY, sheet)
  }
  sheet.y += 22

  const ends = parties.map(({ title: party, lines }, index) =>
    drawParty(party, lines, LEFT + index * (half + GAP), half, sheet))
  sheet.y = Math.max(...ends) + 26

  const summaryLines = wrap(summary, RIGHT - LEFT, SUMMARY, sheet)
  sheet.y += writeLines(summaryLines, LEFT, sheet.y, SUMMARY, sheet) + 16
}

const FACT_LABEL = 110

function drawParty (title: string, [first = '', ...rest]: readonly string[], x: number, width: number, sheet: Sheet): number {
  let y = sheet.y
  y += writeLines([title], x, y, LABEL, sheet) + 2
  y += writeLines(wrap(first, width, STRONG, sheet), x, y, STRONG, sheet)
  for (const line of rest) y += writeLines(wrap(line, width, BODY, sheet, 3), x, y, BODY, sheet)
  return y
}

function drawTable ({ columns, rows }: InvoiceDocument, sheet: Sheet): void {
  const others = columns.slice(1).reduce((sum, { width }) => sum + width, 0)
  const firstWidth = RIGHT - LEFT - others - PADDING - GAP
  const drawCells = (cells: readonly string[], style: Style) => {
    let right = LEFT + PADDING + firstWidth + GAP - PADDING
    columns.forEach(({ width }, index) => {
      if (index === 0) return
      right += width
      writeAmount(cells[index] ?? '', right, width - PADDING, sheet.y, style, sheet)
    })
  }
  const drawTableHead = () => {
    const height = lineHeight(HEAD) + 2 * PADDING
    sheet.pdf.rect(LEFT, sheet.y, RIGHT - LEFT, height).fill(SHADE)
    sheet.y += PADDING + 1
    write(columns[0]?.title ?? '', LEFT + PADDING, sheet.y, HEAD, sheet)
    drawCells(columns.map(({ title }) => title), HEAD)
    sheet.y += height - PADDING - 1
  }

  makeRoom(100, sheet)
  drawTableHead()
  for (const { cells, note } of rows) {
    const name = wrap(cells[0] ?? '', firstWidth, BODY, sheet)
    const notes = note === undefined ? [] : wrap(note, firstWidth, SMALL, sheet)
    const height = name.length * lineHeight(BODY) + notes.length * lineHeight(SMALL)
    if (makeRoom(height + 2 * PADDING, sheet)) drawTableHead()
    sheet.y += PADDING + 1
    drawCells(cells, BODY)
    writeLines(name, LEFT + PADDING, sheet.y, BODY, sheet)
    writeLines(notes, LEFT + PADDING, sheet.y + name.length * lineHeight(BODY), SMALL, sheet)
    sheet.y += height + PADDING - 1
    drawRule(sheet.y - 0.75, LEFT, sheet)
  }
  sheet.y += 12
}

/** All of them on one page, unless they are more than one. */
function drawTotals ({ totals }: InvoiceDocument, sheet: Sheet): void {
  const labelX = LEFT + 230
  const valueWidth = 110
  const blocks = totals.map(({ label, value, kind }) => {
    const style = kind === 'total' ? TOTAL : kind === 'quiet' ? LABEL : BODY
    const lines = wrap(label, RIGHT - PADDING - valueWidth - GAP - labelX, style, sheet, 3)
    const space = kind === 'total' ? 18 : 5
    return { value, kind, style, lines, space, height: lines.length * lineHeight(style) + space }
  })
  const height = blocks.reduce((sum, block) => sum + block.height, 0)
  if (height < BOTTOM - TOP) makeRoom(height, sheet)
  for (const { value, kind, style, lines, space, height } of blocks) {
    makeRoom(height, sheet)
    if (kind === 'total') {
      drawRule(sheet.y + 3, labelX, sheet, INK)
      sheet.y += space - 6
    }
    writeAmount(value, RIGHT - PADDING, valueWidth, sheet.y, style, sheet)
    sheet.y += writeLines(lines, labelX, sheet.y, style, sheet) + (kind === 'total' ? 6 : space)
  }
  sheet.y += 18
}

function drawNotes ({ notes }: InvoiceDocument, sheet: Sheet): void {
  for (const note of sheet.hasReplaced || notes.some(note => isReplaced(note)) ? [...notes, REPLACED] : notes) {
    for (const line of wrap(note, RIGHT - LEFT, LABEL, sheet, NOTE_LINES)) {
      makeRoom(lineHeight(LABEL), sheet)
      sheet.y += writeLines([line], LEFT, sheet.y, LABEL, sheet)
    }
    sheet.y += 4
  }
}

/** On every page, once it is known how many there are. */
function drawFeet ({ title, number }: InvoiceDocument, sheet: Sheet): void {
  const { count } = sheet.pdf.bufferedPageRange()
  for (let index = 0; index < count; index++) {
    sheet.pdf.switchToPage(index)
    drawRule(BOTTOM + 24, LEFT, sheet)
    write(EMULATED, LEFT, BOTTOM + 33, SMALL, sheet)
    write(`${title} ${number}  ·  Page ${index + 1} of ${count}`, RIGHT, BOTTOM + 33, SMALL, sheet, 'right')
  }
}

function clean (text: string, sheet: Sheet): string {
  const drawn = drawable(text)
  if (drawn !== text && isReplaced(text)) sheet.hasReplaced = true
  return drawn
}

function isReplaced (text: string): boolean {
  return countMarks(drawable(text)) > countMarks(text)
}

function countMarks (text: string): number {
  return text.split('?').length
}

let characters: Intl.Segmenter | undefined // made when it is needed: Intl takes its time

/** WinAnsi, the encoding of the fonts: Latin-1, and what Windows added to it. */
const DRAWABLE = /^[ -~\u00a1-\u00ac\u00ae-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]*$/

/** Letters that no mark was added to, so that none can be taken away. */
const ALIKE: Record<string, string> = {
  Ł: 'L', ł: 'l', Đ: 'D', đ: 'd', Ħ: 'H', ħ: 'h', Ŧ: 'T', ŧ: 't', ı: 'i', '\u2010': '-', '\u2011': '-', '\u2212': '-'
}

/** Text as the fonts can draw it, in one line: marks that they don't know are left out, other characters become `?`. */
export function drawable (text: string): string {
  const line = text.normalize('NFC').replace(/\s+/gu, ' ')
  if (DRAWABLE.test(line)) return line
  characters ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return Array.from(characters.segment(line), ({ segment }) => {
    if (DRAWABLE.test(segment)) return segment
    const visible = segment.replace(/[\p{Cc}\p{Cf}]/gu, '')
    const bare = ALIKE[visible] ?? visible.normalize('NFKD').replace(/\p{M}/gu, '')
    return DRAWABLE.test(bare) ? bare : '?'
  }).join('')
}
