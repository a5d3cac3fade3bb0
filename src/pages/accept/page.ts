/**
 * The accept page, which takes the place of a platform such as GitHub: the customer connects an account, or the platform refuses.
 * Automated tests can rely on the ids accept-page (with data-status), account, accept, refuse, fail, renew.
 */
import { html } from 'ghtml'
import type { Grant } from '../../resources/grants/store.js'
import type { Locale } from '../../messages/locale.js'
import { failureOf, platformOf } from '../access.js'
import { facts, field, form, type FormTarget, type Problem } from '../fragments.js'
import type { MainForm } from '../language-picker.js'
import { sign, type Fragment } from '../layout.js'
import type { PageContext } from '../page-context.js'

/** The form that keeps its values when the customer chooses another language. */
export const ACCEPT_FORM = { id: 'accept-form', enter: { name: 'outcome', value: 'accept' } } satisfies MainForm

export interface AcceptPage {
  grant: Grant
  target: FormTarget
  problems: readonly Problem[]
  /** The account as entered; null until the form is submitted. */
  account: string | null
  context: PageContext
}

export function acceptPage ({ grant, target, problems, account, context }: AcceptPage): Fragment {
  const { sandbox, locale: { text } } = context
  const platform = platformOf(grant)
  const customer = sandbox.customers.find(grant.customer_id)
  return html`<section class="panel message" id="accept-page" data-status="${grant.status}" aria-labelledby="title">
!${sign('waiting')}
<div><h1 id="title">${text('access.connect', { platform })}</h1>
<p>${text('accept.about', { platform })}</p></div>
!${facts([
    [text('common.store'), sandbox.business.name, 'accept-store'],
    [text('common.product'), sandbox.products.find(grant.product_id)?.name ?? grant.product_id, 'accept-product'],
    [text('accept.for'), customer?.email ?? grant.customer_id, 'accept-customer']
  ])}
!${form(target, html`!${field({
    id: 'account',
    name: 'account',
    label: text('accept.account', { platform }),
    type: 'text',
    value: account ?? customer?.email.split('@')[0] ?? '',
    autocomplete: 'username',
    isRequired: true
  }, problems)}
<div class="actions">
<button class="button primary" id="accept" name="outcome" value="accept" data-busy="${text('layout.moment')}">
${text('accept.accept')}</button>
<div class="sides">
<button class="button second" id="refuse" name="outcome" value="refuse">${text('accept.refuse')}</button>
<button class="button second" id="fail" name="outcome" value="fail">${text('accept.fail')}</button></div>
</div>`, ACCEPT_FORM.id)}
</section>`
}

interface Ending {
  icon: 'success' | 'failure' | 'info'
  title: string
  text: string
}

function endingOf (grant: Grant, locale: Locale): Ending {
  const { text } = locale
  const platform = platformOf(grant)
  switch (grant.status) {
    case 'Delivered': return {
      icon: 'success',
      title: text('accept.connected', { platform }),
      text: grant.account === null ? text('accept.accessPlain') : text('accept.access', { account: grant.account })
    }
    case 'Revoked': return { icon: 'failure', title: text('accept.ended'), text: text('accept.endedText') }
    case 'Failed': return { icon: 'failure', title: text('accept.failed'), text: failureOf(grant, locale) }
    case 'Pending': return { icon: 'info', title: text('accept.skipped'), text: text('accept.skippedText') }
  }
}

/** The result of the connection, with a link to try again if that is possible. */
export function acceptEnded (grant: Grant, target: FormTarget, locale: Locale): Fragment {
  const { icon, title, text } = endingOf(grant, locale)
  const again = grant.status === 'Failed' || grant.status === 'Pending'
  return html`<section class="panel message" id="accept-page" data-status="${grant.status}" aria-labelledby="title">
!${sign(icon)}
<div><h1 id="title">${title}</h1><p><bdi>${text}</bdi></p></div>
!${again
    ? html`<div class="actions"><a class="button primary" id="try-again" href="${target.url}">
${locale.text('common.tryAgain')}</a></div>`
    : ''}
</section>`
}

/** The page for a link that was first opened more than a week ago. */
export function acceptExpired (target: FormTarget, { text }: Locale): Fragment {
  return html`<section class="panel message" id="accept-expired" aria-labelledby="title">
!${sign('waiting')}
<div><h1 id="title">${text('common.linkExpired')}</h1><p>${text('accept.expiredText')}</p></div>
!${form(target, html`<div class="actions">
<button class="button primary" id="renew" name="outcome" value="renew">${text('accept.renew')}</button></div>`)}
</section>`
}
