/** Pages of a session or a static link with only a message. */
import { html } from 'ghtml'
import { ApiError } from '../../../errors.js'
import type { Locale, PlainKey } from '../../../messages/locale.js'
import { urlProblem } from '../../fragments.js'
import { sign, type Fragment } from '../../layout.js'
import type { PageContext } from '../../page-context.js'
import type { Notice } from '../outcome.js'
import type { SessionAppearance } from './appearance.js'

export const noSession = ({ text }: Locale): Notice =>
  ({ id: 'not-found', title: text('notice.checkout'), text: text('notice.linkReset') })

export const noProduct = ({ text }: Locale): Notice =>
  ({ id: 'not-found', title: text('notice.product'), text: text('notice.link') })

export const noProductLink = ({ text }: Locale): Notice =>
  ({ id: 'not-found', title: text('notice.productLink'), text: text('notice.link') })

/** The reason why a cart can't be bought, regardless of what the customer enters. */
export function unsellable ({ code, message }: ApiError, { language, text }: Locale): Notice {
  const gone = NO_LONGER_SOLD[code]
  if (gone !== undefined) return { id: 'unsellable', title: text(gone[0]), text: text(gone[1]) }
  return { id: 'unsellable', title: text('notice.unsellable'), text: language === 'en' ? message : text('notice.unsellableText') }
}

const NO_LONGER_SOLD: Partial<Record<ApiError['code'], readonly [title: PlainKey, text: PlainKey]>> = {
  PRODUCT_IS_DELETED: ['notice.productGone', 'notice.productGoneText'],
  PRODUCT_COLLECTION_IS_DELETED: ['notice.productsGone', 'notice.productsGoneText']
}

export function expiredSession ({ cancelUrl }: SessionAppearance, { sandbox, locale }: PageContext): Fragment {
  const { text } = locale
  const store = sandbox.business.name
  return html`<section class="panel message" id="expired" aria-labelledby="title">
!${sign('waiting')}
<div><h1 id="title">${text('expired.checkout')}</h1>
<p>${text('expired.checkoutText', { store })}</p></div>
!${cancelUrl === null
    ? ''
    : html`<div class="actions"><a class="button primary" id="back-link" href="${cancelUrl}">
${text('common.backTo', { store })}</a></div>
!${urlProblem(cancelUrl, locale)}`}
</section>`
}
