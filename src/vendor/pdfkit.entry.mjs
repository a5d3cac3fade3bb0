// The part of pdfkit that tools/build.mjs bundles: documents in two fonts that every PDF viewer has. We use pdfkit's browser build
// on Node too, because it registers font metrics as data instead of reading a file at run time.
import PDFDocument, { registerStdFonts } from 'pdfkit'
import { toBytes } from 'pdfkit/output'
import Helvetica from 'pdfkit/standard-fonts/Helvetica'
import HelveticaBold from 'pdfkit/standard-fonts/HelveticaBold'

registerStdFonts(Helvetica, HelveticaBold)

export { PDFDocument, toBytes }
