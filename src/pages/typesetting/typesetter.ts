/**
 * Sets the text of documents. A document in Western European languages is set in Helvetica, which every viewer has. Every other
 * document is set in Noto Sans and the fonts of its scripts, which are loaded and embedded as needed.
 */
import type { Pdf } from '../../vendor/pdfkit.js'
import type { Provenance } from './fonts.js'
import { clean, type Line, type Style, type Typesetter } from './line.js'
import { wrap, type Measure } from './wrap.js'

/** WinAnsi, the encoding of Helvetica: Latin-1 with the additions of Windows. */
const WESTERN = /^[ -~\u00a1-\u00ac\u00ae-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]*$/

/** Creates a typesetter for the texts of a document. */
export async function createTypesetter (texts: readonly string[], pdf: Pdf, provenance: Provenance): Promise<Typesetter> {
  if (texts.every(text => WESTERN.test(clean(text)))) return westernTypesetter(pdf)
  const { multilingualTypesetter } = await import('./multilingual.js')
  return multilingualTypesetter(pdf, provenance)
}

function westernTypesetter (pdf: Pdf): Typesetter {
  const use = ({ bold = false, color = '#000' }: Style, size: number) =>
    pdf.font(bold ? 'Helvetica-Bold' : 'Helvetica').fontSize(size).fillColor(color)
  const lineOf = (text: string, style: Style): Line => ({
    width: size => use(style, size).widthOfString(text),
    draw: (x, y, size) => { use(style, size).text(text, x, y, { lineBreak: false }) }
  })
  return {
    wrap: (text, width, style, max) => {
      const measure: Measure = {
        widthOf: part => use(style, style.size).widthOfString(part),
        parts: part => part.match(/[^ ]* ?/g) ?? [],
        characters: part => [...part]
      }
      return wrap(clean(text), width, max, measure).map(line => lineOf(line, style))
    },
    line: (text, style) => lineOf(clean(text), style),
    missing: () => undefined
  }
}
