/** The texts that every document has, in its language. */
import type { Locale } from '../../messages/locale.js'
import type { DocumentLabels } from '../../pages/invoice.js'

export function labelsIn ({ text }: Locale): DocumentLabels {
  return {
    emulated: text('document.emulated'),
    replaced: text('document.missingFont'),
    page: (page, count) => text('document.page', { page, count })
  }
}
