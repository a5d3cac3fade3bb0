/**
 * Draws invoices, refund receipts and payout statements as PDF, with pdfkit: one layout on A4, mirrored in languages that are
 * written from right to left. All texts are given, in the language of the document, so nothing here depends on payments.
 *
 * pdfkit is loaded with the first document, so that it does not delay the start. The same document gives the same bytes.
 */
import { isRightToLeft } from './typesetting/direction.js'
import type { Line, Style, Typesetter } from './typesetting/line.js'
import { createTypesetter } from './typesetting/typesetter.js'
import type { Pdf } from '../vendor/pdfkit.js'

export interface Row {
  cells: readonly string[]
  /** Small, under the first cell. */
  note?: string
}

export interface InvoiceDocument {
  /** The language of the texts: `en`, `ar`. */
  language: string
  /** The customer's country: the same ideograph looks different in Japan and in China. */
  country?: string
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

/** Texts that every document has: the foot of each page, and the note about characters for which no font is installed. */
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

const TITLE: Style = { size: 24, bold: true, color: INK }
const ISSUER: Style = { size: 12, bold: true, color: INK }
const SUMMARY: Style = { size: 14, bold: true, color: INK }
const BODY: Style = { size: 9.5, color: INK }
const STRONG: Style = { size: 9.5, bold: true, color: INK }
const LABEL: Style = { size: 9.5, color: QUIET }
const HEAD: Style = { size: 8, bold: true, color: QUIET }
const SMALL: Style = { size: 8, color: QUIET }
const TOTAL: Style = { size: 12, bold: true, color: INK }

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
  const { language, country, labels } = document
  const texts = stringsOf([document, labels.page(1, 1)])
  const canvas: Canvas = {
    pdf,
    type: await createTypesetter(texts, pdf, { language, country }),
    y: TOP,
    isMirrored: isRightToLeft(language)
  }
  drawHead(document, canvas)
  drawTable(document, canvas)
  drawTotals(document, canvas)
  drawNotes(document, canvas)
  drawFeet(document, canvas)
  pdf.end()
  return bytes
}

function stringsOf (value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : []
}

interface Canvas {
  pdf: Pdf
  type: Typesetter
  /** The current position, from the top of the page. */
  y: number
  /** Whether `left` and `right` are swapped. */
  isMirrored: boolean
}

/** Adds a page if `height` does not fit on the current one, and returns whether it did. */
function makeRoom (height: number, canvas: Canvas): boolean {
  if (canvas.y + height <= BOTTOM) return false
  canvas.pdf.addPage()
  canvas.y = TOP
  return true
}

function lineHeight ({ size }: Style): number {
  return size * 1.4
}

/** Writes one line that begins at `x` or, aligned to the right, ends at `x`. */
function write (line: Line, x: number, y: number, { size }: Style, canvas: Canvas, align: 'left' | 'right' = 'left'): void {
  const from = canvas.isMirrored ? WIDTH - x : x
  line.draw((align === 'left') === canvas.isMirrored ? from - line.width(size) : from, y, size)
}

/** Writes a text on one line, in smaller type if it is wider than `width`. */
function writeShort (
  text: string, x: number, width: number, y: number, style: Style, canvas: Canvas, align: 'left' | 'right' = 'left'
): void {
  const line = canvas.type.line(text, style)
  const natural = line.width(style.size)
  write(line, x, y, natural > width ? { ...style, size: style.size * width / natural } : style, canvas, align)
}

function writeLines (lines: readonly Line[], x: number, y: number, style: Style, canvas: Canvas): number {
  lines.forEach((line, index) => { write(line, x, y + index * lineHeight(style), style, canvas) })
  return lines.length * lineHeight(style)
}

function wrap (text: string, width: number, style: Style, canvas: Canvas, max = NAME_LINES): Line[] {
  return canvas.type.wrap(text, width, style, max)
}

function fill (x: number, y: number, width: number, height: number, color: string, { pdf, isMirrored }: Canvas): void {
  pdf.rect(isMirrored ? WIDTH - x - width : x, y, width, height).fill(color)
}

function drawRule (y: number, from: number, canvas: Canvas, color = RULE): void {
  fill(from, y, RIGHT - from, 0.75, color, canvas)
}

function drawHead ({ title, issuer, facts, parties, summary }: InvoiceDocument, canvas: Canvas): void {
  const half = (RIGHT - LEFT - GAP) / 2
  writeShort(title, LEFT, half, canvas.y, TITLE, canvas)
  for (const line of wrap(issuer, half, ISSUER, canvas, 1)) write(line, RIGHT, canvas.y + 8, ISSUER, canvas, 'right')
  canvas.y += lineHeight(TITLE) + 12

  for (const [label, value] of facts) {
    writeShort(label, LEFT, FACT_LABEL - GAP, canvas.y, LABEL, canvas)
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
  y += writeLines(wrap(title, width, LABEL, canvas, 1), x, y, LABEL, canvas) + 2
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
      writeShort(cells[index] ?? '', right, width - PADDING, canvas.y, style, canvas, 'right')
    })
  }
  const drawTableHead = () => {
    const height = lineHeight(HEAD) + 2 * PADDING
    fill(LEFT, canvas.y, RIGHT - LEFT, height, SHADE, canvas)
    canvas.y += PADDING + 1
    writeShort(columns[0]?.title ?? '', LEFT + PADDING, firstWidth, canvas.y, HEAD, canvas)
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
    writeShort(value, RIGHT - PADDING, valueWidth, canvas.y, style, canvas, 'right')
    canvas.y += writeLines(lines, labelX, canvas.y, style, canvas) + (kind === 'total' ? 6 : space)
  }
  canvas.y += 18
}

function drawNotes ({ notes, labels }: InvoiceDocument, canvas: Canvas): void {
  for (const note of notes) drawNote(note, canvas)
  const missing = canvas.type.missing()
  if (missing === undefined) return
  const { packages } = missing
  drawNote(packages.length === 0 ? labels.replaced : `${labels.replaced} npm install ${packages.join(' ')}`, canvas)
}

function drawNote (note: string, canvas: Canvas): void {
  for (const line of wrap(note, RIGHT - LEFT, LABEL, canvas, NOTE_LINES)) {
    makeRoom(lineHeight(LABEL), canvas)
    canvas.y += writeLines([line], LEFT, canvas.y, LABEL, canvas)
  }
  canvas.y += 4
}

/** Draws the footer of every page, after the number of pages is known. */
function drawFeet ({ title, number, labels }: InvoiceDocument, canvas: Canvas): void {
  const { count } = canvas.pdf.bufferedPageRange()
  for (let index = 0; index < count; index++) {
    canvas.pdf.switchToPage(index)
    drawRule(BOTTOM + 24, LEFT, canvas)
    const half = (RIGHT - LEFT - GAP) / 2
    writeShort(labels.emulated, LEFT, half, BOTTOM + 33, SMALL, canvas)
    writeShort(`${title} ${number} · ${labels.page(index + 1, count)}`, RIGHT, half, BOTTOM + 33, SMALL, canvas, 'right')
  }
}
