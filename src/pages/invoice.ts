/**
 * Draws invoices, refund receipts and payout statements as PDF, with pdfkit: one layout on A4, in the two fonts that every PDF
 * viewer has. All texts are given, in the language of the document, so nothing here depends on payments.
 *
 * These fonts have only the Latin letters of Western Europe, and a font for all scripts would be larger than the whole package.
 * Other Latin letters lose their marks (`Łódź` becomes `Lódz`). Other characters (日本, Ελλάδα, emoji) are drawn as `?`, and a
 * note at the end says so.
 *
 * pdfkit is loaded with the first document, so that it does not delay the start. The same document gives the same bytes.
 */
import type { Pdf } from '../vendor/pdfkit.js'

export interface Row {
  cells: readonly string[]
  /** Small, under the first cell. */
  note?: string
}

export interface InvoiceDocument {
  /** The language of the texts: `en`, `ar`. */
  language: string
  title: string
  number: string
  /** The creation time of the file, in milliseconds since 1970. */
  createdAt: number
  /** The issuer. */
  issuer: string
  facts: ReadonlyArray<readonly [label: string, value: string]>
  /** The addresses. The first line of each is emphasized. */
  parties: ReadonlyArray<{ title: string, lines: readonly string[] }>
  /** A sentence about the payment or refund. */
  summary: string
  /** The widths are in points. The first column takes the remaining width; the others are aligned to the right. */
  columns: ReadonlyArray<{ title: string, width: number }>
  rows: readonly Row[]
  totals: ReadonlyArray<{ label: string, value: string, kind: '' | 'total' | 'quiet' }>
  notes: readonly string[]
  labels: DocumentLabels
}

/** Texts that every document has: the foot of each page, and the note about characters that the fonts do not have. */
export interface DocumentLabels {
  emulated: string
  replaced: string
  page (page: number, count: number): string
}

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

/** The maximum number of lines for a name, so that a row always fits on a page. */
const NAME_LINES = 5
const NOTE_LINES = 60

/** Without `compress`, tests can find the text in the bytes. */
export async function drawInvoice (document: InvoiceDocument, { compress = true } = {}): Promise<Uint8Array> {
  const { PDFDocument, toBytes } = await import('../vendor/pdfkit.js')
  const at = new Date(document.createdAt)
  const pdf = new PDFDocument({
    size: [WIDTH, HEIGHT],
    margin: 0,
    bufferPages: true,
    compress,
    pdfVersion: '1.7',
    lang: document.language,
    displayTitle: true,
    info: { // pdfkit also derives the file's id from it
      Title: `${document.title} ${document.number}`, Creator: 'dodo-emulator', Producer: 'PDFKit', CreationDate: at, ModDate: at
    }
  })
  const bytes = toBytes(pdf)
  const canvas: Canvas = { pdf, y: TOP, hasReplaced: false }
  drawHead(document, canvas)
  drawTable(document, canvas)
  drawTotals(document, canvas)
  drawNotes(document, canvas)
  drawFeet(document, canvas)
  pdf.end()
  return bytes
}

interface Canvas {
  pdf: Pdf
  /** The current position, from the top of the page. */
  y: number
  /** Whether a character could not be drawn. */
  hasReplaced: boolean
}

/** Adds a page if `height` does not fit on the current one, and returns whether it did. */
function makeRoom (height: number, canvas: Canvas): boolean {
  if (canvas.y + height <= BOTTOM) return false
  canvas.pdf.addPage()
  canvas.y = TOP
  return true
}

function use ({ size, bold = false, color = INK }: Style, { pdf }: Canvas): Pdf {
  return pdf.font(bold ? 'Helvetica-Bold' : 'Helvetica').fontSize(size).fillColor(color)
}

function lineHeight ({ size }: Style): number {
  return size * 1.4
}

/** Writes one line that begins at `x` or, aligned to the right, ends at `x`. */
function write (line: string, x: number, y: number, style: Style, canvas: Canvas, align: 'left' | 'right' = 'left'): void {
  const pdf = use(style, canvas)
  pdf.text(line, align === 'left' ? x : x - pdf.widthOfString(line), y, { lineBreak: false })
}

/** Writes an amount on one line that ends at `right`, in smaller type if it is wider than `width`. */
function writeAmount (text: string, right: number, width: number, y: number, style: Style, canvas: Canvas): void {
  const line = clean(text, canvas)
  const natural = use(style, canvas).widthOfString(line)
  const size = natural > width ? style.size * width / natural : style.size
  write(line, right, y, { ...style, size }, canvas, 'right')
}

function writeLines (lines: readonly string[], x: number, y: number, style: Style, canvas: Canvas): number {
  lines.forEach((line, index) => { write(line, x, y + index * lineHeight(style), style, canvas) })
  return lines.length * lineHeight(style)
}

function drawRule (y: number, from: number, canvas: Canvas, color = RULE): void {
  canvas.pdf.rect(from, y, RIGHT - from, 0.75).fill(color)
}

/** Breaks text into lines, preferably between words. Cuts it after `max` lines. */
function wrap (text: string, width: number, style: Style, canvas: Canvas, max = NAME_LINES): string[] {
  const pdf = use(style, canvas)
  const fits = (line: string) => pdf.widthOfString(line) <= width
  const lines: string[] = []
  let line = ''
  for (const word of clean(text, canvas).split(' ')) {
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

/** More than a line of the narrowest letters. Longer text never fits, and is not measured. */
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

function drawHead ({ title, issuer, facts, parties, summary }: InvoiceDocument, canvas: Canvas): void {
  const half = (RIGHT - LEFT - GAP) / 2
  write(title, LEFT, canvas.y, TITLE, canvas)
  const [issuerLine = ''] = wrap(issuer, half, ISSUER, canvas, 1)
  write(issuerLine, RIGHT, canvas.y + 8, ISSUER, canvas, 'right')
  canvas.y += lineHeight(TITLE) + 12

  for (const [label, value] of facts) {
    write(label, LEFT, canvas.y, LABEL, canvas)
    canvas.y += writeLines(wrap(value, RIGHT - LEFT - FACT_LABEL, BODY, canvas), LEFT + FACT_LABEL, canvas.y, BODY, canvas)
  }
  canvas.y += 22

  const ends = parties.map(({ title: party, lines }, index) =>
    drawParty(party, lines, LEFT + index * (half + GAP), half, canvas))
  canvas.y = Math.max(...ends) + 26

  const summaryLines = wrap(summary, RIGHT - LEFT, SUMMARY, canvas)
  canvas.y += writeLines(summaryLines, LEFT, canvas.y, SUMMARY, canvas) + 16
}

const FACT_LABEL = 110

function drawParty (title: string, [first = '', ...rest]: readonly string[], x: number, width: number, canvas: Canvas): number {
  let y = canvas.y
  y += writeLines([title], x, y, LABEL, canvas) + 2
  y += writeLines(wrap(first, width, STRONG, canvas), x, y, STRONG, canvas)
  for (const line of rest) y += writeLines(wrap(line, width, BODY, canvas, 3), x, y, BODY, canvas)
  return y
}

function drawTable ({ columns, rows }: InvoiceDocument, canvas: Canvas): void {
  const others = columns.slice(1).reduce((sum, { width }) => sum + width, 0)
  const firstWidth = RIGHT - LEFT - others - PADDING - GAP
  const drawCells = (cells: readonly string[], style: Style) => {
    let right = LEFT + PADDING + firstWidth + GAP - PADDING
    columns.forEach(({ width }, index) => {
      if (index === 0) return
      right += width
      writeAmount(cells[index] ?? '', right, width - PADDING, canvas.y, style, canvas)
    })
  }
  const drawTableHead = () => {
    const height = lineHeight(HEAD) + 2 * PADDING
    canvas.pdf.rect(LEFT, canvas.y, RIGHT - LEFT, height).fill(SHADE)
    canvas.y += PADDING + 1
    write(columns[0]?.title ?? '', LEFT + PADDING, canvas.y, HEAD, canvas)
    drawCells(columns.map(({ title }) => title), HEAD)
    canvas.y += height - PADDING - 1
  }

  makeRoom(100, canvas)
  drawTableHead()
  for (const { cells, note } of rows) {
    const name = wrap(cells[0] ?? '', firstWidth, BODY, canvas)
    const notes = note === undefined ? [] : wrap(note, firstWidth, SMALL, canvas)
    const height = name.length * lineHeight(BODY) + notes.length * lineHeight(SMALL)
    if (makeRoom(height + 2 * PADDING, canvas)) drawTableHead()
    canvas.y += PADDING + 1
    drawCells(cells, BODY)
    writeLines(name, LEFT + PADDING, canvas.y, BODY, canvas)
    writeLines(notes, LEFT + PADDING, canvas.y + name.length * lineHeight(BODY), SMALL, canvas)
    canvas.y += height + PADDING - 1
    drawRule(canvas.y - 0.75, LEFT, canvas)
  }
  canvas.y += 12
}

/** Keeps the totals on one page if they fit. */
function drawTotals ({ totals }: InvoiceDocument, canvas: Canvas): void {
  const labelX = LEFT + 230
  const valueWidth = 110
  const blocks = totals.map(({ label, value, kind }) => {
    const style = kind === 'total' ? TOTAL : kind === 'quiet' ? LABEL : BODY
    const lines = wrap(label, RIGHT - PADDING - valueWidth - GAP - labelX, style, canvas, 3)
    const space = kind === 'total' ? 18 : 5
    return { value, kind, style, lines, space, height: lines.length * lineHeight(style) + space }
  })
  const height = blocks.reduce((sum, block) => sum + block.height, 0)
  if (height < BOTTOM - TOP) makeRoom(height, canvas)
  for (const { value, kind, style, lines, space, height } of blocks) {
    makeRoom(height, canvas)
    if (kind === 'total') {
      drawRule(canvas.y + 3, labelX, canvas, INK)
      canvas.y += space - 6
    }
    writeAmount(value, RIGHT - PADDING, valueWidth, canvas.y, style, canvas)
    canvas.y += writeLines(lines, labelX, canvas.y, style, canvas) + (kind === 'total' ? 6 : space)
  }
  canvas.y += 18
}

function drawNotes ({ notes, labels }: InvoiceDocument, canvas: Canvas): void {
  for (const note of canvas.hasReplaced || notes.some(note => isReplaced(note)) ? [...notes, labels.replaced] : notes) {
    for (const line of wrap(note, RIGHT - LEFT, LABEL, canvas, NOTE_LINES)) {
      makeRoom(lineHeight(LABEL), canvas)
      canvas.y += writeLines([line], LEFT, canvas.y, LABEL, canvas)
    }
    canvas.y += 4
  }
}

/** Draws the footer of every page, after the number of pages is known. */
function drawFeet ({ title, number, labels }: InvoiceDocument, canvas: Canvas): void {
  const { count } = canvas.pdf.bufferedPageRange()
  for (let index = 0; index < count; index++) {
    canvas.pdf.switchToPage(index)
    drawRule(BOTTOM + 24, LEFT, canvas)
    write(labels.emulated, LEFT, BOTTOM + 33, SMALL, canvas)
    write(`${title} ${number}  ·  ${labels.page(index + 1, count)}`, RIGHT, BOTTOM + 33, SMALL, canvas, 'right')
  }
}

function clean (text: string, canvas: Canvas): string {
  const drawn = drawable(text)
  if (drawn !== text && isReplaced(text)) canvas.hasReplaced = true
  return drawn
}

function isReplaced (text: string): boolean {
  return countMarks(drawable(text)) > countMarks(text)
}

function countMarks (text: string): number {
  return text.split('?').length
}

let characters: Intl.Segmenter | undefined // created on first use, because that is slow

/** WinAnsi, the encoding of the fonts: Latin-1 with the additions of Windows. */
const DRAWABLE = /^[ -~\u00a1-\u00ac\u00ae-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]*$/

/** Letters that cannot be decomposed into a base letter and a mark. */
const ALIKE: Record<string, string> = {
  Ł: 'L', ł: 'l', Đ: 'D', đ: 'd', Ħ: 'H', ħ: 'h', Ŧ: 'T', ŧ: 't', ı: 'i', '\u2010': '-', '\u2011': '-', '\u2212': '-'
}

/** Converts text to characters of the fonts, on one line: unknown marks are removed, other characters become `?`. */
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
