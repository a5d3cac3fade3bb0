/** Pages of a session or a static link with only a message. */
import { html } from 'ghtml'
import { ApiError } from '../../../errors.js'
import type { Sandbox } from '../../../sandbox/sandbox.js'
import { urlProblem } from '../../fragments.js'
import { sign, type Fragment } from '../../layout.js'
import type { Notice } from '../outcome.js'
import type { SessionAppearance } from './appearance.js'

export const NO_SESSION: Notice = {
  id: 'not-found',
  title: 'Checkout not found',
  text: 'Check the link, or ask the store for a new one. Links stop working when the database is reset.'
}

export const NO_PRODUCT: Notice = {
  id: 'not-found',
  title: 'Product not found',
  text: 'Check the link, or ask the store for a new one.'
}

/** The reason why a cart can't be bought, regardless of what the customer enters. */
export function unsellable ({ code, message }: ApiError): Notice {
  return { id: 'unsellable', ...NO_LONGER_SOLD[code] ?? { title: 'This cannot be bought here', text: message } }
}

const NO_LONGER_SOLD: Partial<Record<ApiError['code'], Pick<Notice, 'title' | 'text'>>> = {
  PRODUCT_IS_DELETED: { title: 'This product is no longer sold', text: 'Ask the store for another product.' },
  PRODUCT_COLLECTION_IS_DELETED: { title: 'These products are no longer sold', text: 'Ask the store for another link.' }
}

export function expiredSession ({ cancelUrl }: SessionAppearance, { business }: Sandbox): Fragment {
  return html`<section class="panel message" id="expired" aria-labelledby="title">
!${sign('waiting')}
<div><h1 id="title">This checkout has expired</h1>
<p>Nothing was ordered, and you have not been charged. Ask ${business.name} for a new link.</p></div>
!${cancelUrl === null
    ? ''
    : html`<div class="actions"><a class="button primary" id="back-link" href="${cancelUrl}">Back to ${business.name}</a></div>
!${urlProblem(cancelUrl)}`}
</section>`
}
