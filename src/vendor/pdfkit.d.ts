// The types of vendor/pdfkit.js, which tools/build.mjs bundles from pdfkit.entry.mjs. Written by hand, because pdfkit's own types
// would make our declarations refer to a package that is not installed with ours.

export interface PdfOptions {
  size: [width: number, height: number]
  margin: number
  /** Keep all pages until the end, so that earlier pages can still be changed. */
  bufferPages: boolean
  compress: boolean
  pdfVersion: '1.7'
  lang: string
  /** Show the title instead of the file name in the viewer's window. */
  displayTitle: boolean
  info: { Title: string, Creator: string, Producer: string, CreationDate: Date, ModDate: Date }
}

export interface TextOptions {
  lineBreak: false
  /** Makes `y` the baseline. */
  baseline?: 'alphabetic'
  fill?: boolean
  stroke?: boolean
  /** Passed on to the method `layout` of the font. */
  features?: object
}

export interface Pdf {
  addPage (): this
  switchToPage (index: number): unknown
  bufferedPageRange (): { start: number, count: number }
  /** Gives a name to a font of fontkit. */
  registerFont (name: string, font: object): this
  /** A standard or a registered font. */
  font (name: string): this
  fontSize (size: number): this
  widthOfString (text: string): number
  fillColor (color: string): this
  /** Writes one line from its upper left corner. The bundle does not include wrapping. */
  text (text: string, x: number, y: number, options: TextOptions): this
  strokeColor (color: string): this
  lineWidth (width: number): this
  /** Begins a part of the page for which a viewer copies the given text. */
  markContent (tag: 'Span', options: { actual: string }): this
  endMarkedContent (): this
  rect (x: number, y: number, width: number, height: number): this
  fill (color: string): this
  end (): void
}

export declare const PDFDocument: new (options: PdfOptions) => Pdf

/** Everything that is written until the document's end. */
export declare function toBytes (document: Pdf): Promise<Uint8Array>
