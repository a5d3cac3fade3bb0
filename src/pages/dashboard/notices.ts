/** Pages with only a message: sign in, not found, refused, failed. They reveal no more than necessary. */
import { html } from 'ghtml'
import { ApiError } from '../../errors.js'
import type { Fragment } from '../layout.js'
import { textField } from './fields.js'
import type { Shown, PageContext } from './page.js'

type Bare = Shown & { base: string }

export function signInPage (page: PageContext, isWrong: boolean): Bare {
  const formState = { ...page.formState('sign-in'), token: '' } // tokens are for visitors who are signed in
  return {
    base: page.base,
    title: 'Sign in',
    content: html`<section class="card pad" aria-labelledby="sign-in-title">
<h1 id="sign-in-title">Sign in</h1>
<p class="quiet">This emulator was started with <code>--control-key</code>. Enter that key to open the dashboard.</p>
!${isWrong ? WRONG_KEY : ''}
<form method="post" action="${formState.url}" class="stack"><input type="hidden" name="action" value="sign-in">
!${textField(formState, { name: 'key', label: 'Key', type: 'password', isRequired: true })}
<button class="button primary">Sign in</button></form></section>`
  }
}

const WRONG_KEY = `<div class="alert" id="error-summary" role="alert" tabindex="-1" autofocus><h2>Wrong key</h2>
<p>Enter the value of <code>--control-key</code> or of the variable <code>CONTROL_KEY</code>.</p></div>`

function notice (id: string, title: string, content: Fragment): Shown {
  return { title, content: html`<section class="card pad notice" id="${id}"><h1>${title}</h1>!${content}</section>` }
}

export function missingPage (error: ApiError, { base }: PageContext): Shown {
  return notice('not-found', 'Not found', html`<p>${error.message}</p>
<p class="quiet">It may belong to another sandbox, or was deleted by a reset.</p>
<p><a href="${base}/">Go to the overview</a></p>`)
}

export function refusedPage (error: ApiError, { base, url }: PageContext): Shown {
  const [path = '', query = ''] = url.split('?', 2)
  return notice('refused', 'This page cannot be shown', html`<p><code>${error.code}</code> ${error.message}</p>
!${query === '' ? '' : html`<p><a href="${path}">Show without filters</a></p>`}
<p><a href="${base}/">Go to the overview</a></p>`)
}

/** The message above a form that was sent without a valid token. */
export function tokenNote (): Fragment {
  return html`<div class="alert" id="token-refused" role="alert" tabindex="-1" autofocus>
<h2>Nothing was changed</h2>
<p>The emulator was restarted after this form was opened, or another page sent it. Check the values below, and send the form
again.</p>
</div>`
}

/** `error` is null for failures other than an ApiError; `back` is a link to the default sandbox, or null. */
export function failedPage (status: number, error: ApiError | null, back: string | null): Shown {
  if (error !== null) {
    return notice('refused', TITLES[status] ?? 'This page cannot be shown', html`<p>${error.message}</p>
!${back === null ? '' : html`<p><a href="${back}">Go to the dashboard</a></p>`}`)
  }
  return status >= 500
    ? notice('failed', 'Something went wrong', html`<p>The emulator failed. Its output has the error.</p>`)
    : notice('refused', 'This form cannot be read', html`<p>It is too large or invalid. Load the page and try again.</p>`)
}

const TITLES: Record<number, string> = {
  403: 'Not allowed', 404: 'Not found', 503: 'The emulator can\'t use its database'
}
