/** The pages of a session or a static link that only tell something. */
import { html } from 'ghtml'
import { ApiError } from '../../../errors.js'
import type { Sandbox } from '../../../sandbox/sandbox.js'
import { urlProblem } from '../../fragments.js'
import { sign, type Fragment } from '../../layout.js'
import type { Notice } from '../outcome.js'
import type { SessionAppearance } from './appearance.js'

export const NO_SESSION: Notice = {
  id: 'not-found',
  title: 'There is no such checkout',
  text: 'Check the link, or ask the store for a new one. Links of an earlier database are gone.'
}

export const NO_PRODUCT: Notice = {
  id: 'not-found',
  title: 'There is no such product',
  text: 'Check the link, or ask the store for a new one.'
}

/** Why a cart can't be bought, whatever the customer enters. */
export function unsellable ({ code, message }: ApiError): Notice {
  return {
    id: 'unsellable',
    title: code === 'PRODUCT_IS_DELETED' ? 'This product is no longer sold' : 'This can’t be bought here',
    text: code === 'PRODUCT_IS_DELETED' ? 'Ask the store what has taken its place.' : message
  }
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
