/**
 * The accept page, which takes the place of a platform such as GitHub: the customer connects an account, or the platform refuses.
 * Automated tests can rely on the ids accept-page (with data-status), account, accept, refuse, fail, renew.
 */
import { html } from 'ghtml'
import type { Grant } from '../../resources/grants/store.js'
import type { Context } from '../../sandbox/sandbox.js'
import { platformOf } from '../access.js'
import { facts, field, form, type FormTarget, type Problem } from '../fragments.js'
import { sign, type Fragment } from '../layout.js'

export interface AcceptPage {
  grant: Grant
  target: FormTarget
  problems: readonly Problem[]
  /** The account as entered; null until the form is submitted. */
  account: string | null
  context: Context
}

export function acceptPage ({ grant, target, problems, account, context }: AcceptPage): Fragment {
  const { sandbox } = context
  const platform = platformOf(grant)
  const customer = sandbox.customers.find(grant.customer_id)
  return html`<section class="panel message" id="accept-page" data-status="${grant.status}" aria-labelledby="title">
!${sign('waiting')}
<div><h1 id="title">Connect ${platform}</h1>
<p>This page simulates ${platform}. Choose the result of the connection. No data leaves this computer.</p></div>
!${facts([
    ['Store', sandbox.business.name, 'accept-store'],
    ['Product', sandbox.products.find(grant.product_id)?.name ?? grant.product_id, 'accept-product'],
    ['For', customer?.email ?? grant.customer_id, 'accept-customer']
  ])}
!${form(target, html`!${field({
    id: 'account',
    name: 'account',
    label: `Your account on ${platform}`,
    type: 'text',
    value: account ?? customer?.email.split('@')[0] ?? '',
    autocomplete: 'username',
    isRequired: true
  }, problems)}
<div class="actions">
<button class="button primary" id="accept" name="outcome" value="accept" data-busy="One moment…">Accept</button>
<div class="sides">
<button class="button second" id="refuse" name="outcome" value="refuse">Refuse</button>
<button class="button second" id="fail" name="outcome" value="fail">Platform error</button></div>
</div>`)}
</section>`
}

interface Ending {
  icon: 'success' | 'failure' | 'info'
  title: string
  text: string
}

function endingOf (grant: Grant): Ending {
  const platform = platformOf(grant)
  switch (grant.status) {
    case 'Delivered':
      return { icon: 'success', title: `${platform} is connected`, text: `You have access as ${grant.account ?? 'yourself'}.` }
    case 'Revoked': return { icon: 'failure', title: 'Your access has ended', text: 'Ask the store if you did not expect this.' }
    case 'Failed':
      return { icon: 'failure', title: 'The connection failed', text: grant.error_message ?? `${platform} refused it.` }
    case 'Pending': return { icon: 'info', title: 'You did not connect', text: 'To connect later, open the link again.' }
  }
}

/** The result of the connection, with a link to try again if that is possible. */
export function acceptEnded (grant: Grant, target: FormTarget): Fragment {
  const { icon, title, text } = endingOf(grant)
  const again = grant.status === 'Failed' || grant.status === 'Pending'
  return html`<section class="panel message" id="accept-page" data-status="${grant.status}" aria-labelledby="title">
!${sign(icon)}
<div><h1 id="title">${title}</h1><p>${text}</p></div>
!${again ? html`<div class="actions"><a class="button primary" id="try-again" href="${target.url}">Try again</a></div>` : ''}
</section>`
}

/** The page for a link that was first opened more than a week ago. */
export function acceptExpired (target: FormTarget): Fragment {
  return html`<section class="panel message" id="accept-expired" aria-labelledby="title">
!${sign('waiting')}
<div><h1 id="title">This link has expired</h1><p>Links to connect an account work for 7 days.</p></div>
!${form(target, `<div class="actions">
<button class="button primary" id="renew" name="outcome" value="renew">Get a new link</button></div>`)}
</section>`
}
