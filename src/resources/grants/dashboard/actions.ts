/** The actions on the page of a grant. Each calls an operation, and a form is shown if the lifecycle allows it. */
import { html } from 'ghtml'
import { button, choiceField, confirmButton, form, submit, textField } from '../../../pages/dashboard/fields.js'
import type { DashboardPage, PageContext } from '../../../pages/dashboard/page.js'
import { card, labelOf } from '../../../pages/dashboard/parts.js'
import type { Fragment } from '../../../pages/layout.js'
import { REVOCATION_REASONS } from '../../../rules/entitlements.js'
import { grantStates } from '../states.js'
import type { Grant } from '../store.js'

type Actions = NonNullable<DashboardPage['actions']>

const path = (page: PageContext) => ({ grant_id: page.param('id') })

export const grantActions: Actions = {
  async accept (page, form) {
    const account = form.given('account')
    await page.operate('POST /_emulator/grants/{grant_id}/accept', { path: path(page), body: { ...(account && { account }) } })
    return { done: 'accepted' }
  },
  async deliver (page, form) {
    const key = form.given('key')
    await page.operate('POST /_emulator/grants/{grant_id}/deliver', { path: path(page), body: { ...(key && { key }) } })
    return { done: 'delivered' }
  },
  async fail (page, form) {
    const [code, message] = [form.given('error_code'), form.given('error_message')]
    const body = { ...(code && { error_code: code }), ...(message && { error_message: message }) }
    await page.operate('POST /_emulator/grants/{grant_id}/fail', { path: path(page), body })
    return { done: 'failed' }
  },
  async revoke (page, form) {
    const body = { reason: form.text('reason') }
    await page.operate('POST /_emulator/grants/{grant_id}/revoke', { path: path(page), body })
    return { done: 'revoked' }
  },
  async restore (page) {
    await page.operate('POST /_emulator/grants/{grant_id}/restore', { path: path(page) })
    return { done: 'restored' }
  }
}

export const GRANT_NOTES = {
  accepted: 'The account was connected.',
  delivered: 'The grant was delivered.',
  failed: 'The delivery failed as requested.',
  revoked: 'The grant was revoked.',
  restored: 'The grant was restored.'
}

export function grantForms (grant: Grant, page: PageContext): Fragment {
  const possible = new Set(grantStates.possible(grant, page.context))
  return html`!${possible.has('accept') ? card(accepting(grant, page), { id: 'accept', title: 'Connect account' }) : ''}
!${possible.has('deliver') ? card(delivering(grant, page), { id: 'deliver', title: 'Deliver' }) : ''}
!${possible.has('fail') ? card(failing(page), { id: 'fail', title: 'Fail' }) : ''}
!${possible.has('revoke') ? card(revoking(page), { id: 'revoke', title: 'Revoke' }) : ''}
!${possible.has('restore')
    ? card(html`<p class="quiet">The grant returns to its initial state, and its licence key is enabled.</p>
<div>!${button(page.formState('restore'), 'Restore')}</div>`, { id: 'restore', title: 'Restore' })
    : ''}`
}

function accepting (grant: Grant, page: PageContext): Fragment {
  const formState = page.formState('accept')
  return html`!${form(formState, html`!${textField(formState, { name: 'account', label: 'Account', placeholder: 'customer' })}
<div>!${submit('Connect')}</div>`)}
!${grant.oauth_token === null
    ? ''
    : html`<p class="quiet">The customer does this on
<a id="accept-link" href="${page.base}/entitlements/oauth/${grant.oauth_token}">the accept page</a>.</p>`}`
}

function delivering ({ integration_type: type }: Grant, page: PageContext): Fragment {
  const formState = page.formState('deliver')
  return type === 'license_key'
    ? form(formState, html`!${textField(formState, {
      name: 'key', label: 'Licence key', hint: 'Leave it empty for a random key.'
    })}<div>!${submit('Deliver')}</div>`)
    : html`<div>!${button(formState, 'Deliver now')}</div>`
}

function failing (page: PageContext): Fragment {
  const formState = page.formState('fail')
  return form(formState, html`!${textField(formState, { name: 'error_code', label: 'Error code', placeholder: 'platform_error' })}
!${textField(formState, { name: 'error_message', label: 'Error message', placeholder: 'The platform refused the request.' })}
<div>!${submit('Fail', 'second')}</div>`)
}

function revoking (page: PageContext): Fragment {
  const formState = page.formState('revoke')
  return html`<div>!${confirmButton(formState, {
    label: 'Revoke',
    question: 'Revoke the grant? Its licence key is disabled.',
    confirm: 'Revoke grant',
    content: choiceField(formState, {
      name: 'reason',
      label: 'Reason',
      isRequired: true,
      value: 'manual',
      options: REVOCATION_REASONS.map(reason => [reason, labelOf(reason)] as const)
    })
  })}</div>`
}
