// What we use of pdfkit, for tools/build.mjs to bundle: documents in the two fonts that every PDF viewer has. The browser's build
// of pdfkit is taken on Node too, because there the metrics of a font are data to register, not a file to be found at run time.
import PDFDocument, { registerStdFonts } from 'pdfkit'
import { toBytes } from 'pdfkit/output'
import Helvetica from 'pdfkit/standard-fonts/Helvetica'
import HelveticaBold from 'pdfkit/standard-fonts/HelveticaBold'

registerStdFonts(Helvetica, HelveticaBold)

export { PDFDocument, toBytes }
