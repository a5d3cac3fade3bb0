// The types of vendor/pdfkit.js, which tools/build.mjs bundles from pdfkit.entry.mjs: the little of pdfkit that we use, written
// by hand, because its own types would make our declarations refer to a package that is not installed with us.

type Font = 'Helvetica' | 'Helvetica-Bold'

export interface PdfOptions {
  size: [width: number, height: number]
  margin: number
  /** Keep the pages until the end, so that what follows can still be written on the first. */
  bufferPages: boolean
  compress: boolean
  pdfVersion: '1.7'
  lang: string
  /** Show the title in the viewer's window, rather than the file's name. */
  displayTitle: boolean
  info: { Title: string, Creator: string, Producer: string, CreationDate: Date, ModDate: Date }
}

export interface Pdf {
  addPage (): this
  switchToPage (index: number): unknown
  bufferedPageRange (): { start: number, count: number }
  font (name: Font): this
  fontSize (size: number): this
  widthOfString (text: string): number
  fillColor (color: string): this
  /** One line, from its upper left corner. Wrapping is not in the bundle. */
  text (text: string, x: number, y: number, options: { lineBreak: false }): this
  rect (x: number, y: number, width: number, height: number): this
  fill (color: string): this
  end (): void
}

export declare const PDFDocument: new (options: PdfOptions) => Pdf

/** Everything that is written until the document's end. */
export declare function toBytes (document: Pdf): Promise<Uint8Array>
