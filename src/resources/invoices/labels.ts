/** The texts that every document has. */
import type { DocumentLabels } from '../../pages/invoice.js'

export const LABELS: DocumentLabels = {
  emulated: 'Issued by an emulator: not a tax document, no money moved',
  replaced: 'Characters that the font of this document does not have are shown as “?”.',
  page: (page, count) => `Page ${page} of ${count}`
}
