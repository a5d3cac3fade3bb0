/** The texts that every document has. */
import type { DocumentLabels } from '../../pages/invoice.js'

export const LABELS: DocumentLabels = {
  emulated: 'Issued by an emulator: not a tax document, no money moved',
  replaced: 'Boxes stand for characters for which no font is installed.',
  page: (page, count) => `Page ${page} of ${count}`
}
