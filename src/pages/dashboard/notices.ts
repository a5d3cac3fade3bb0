/** The pages that only tell something: who is not in, what is not there, what went wrong. None shows more than it must. */
import { html } from 'ghtml'
import { ApiError } from '../../errors.js'
import type { Fragment } from '../layout.js'
import { textField } from './fields.js'
import type { Shown, PageContext } from './page.js'

type Bare = Shown & { base: string }

export function signInPage (page: PageContext, isWrong: boolean): Bare {
  const formState = { ...page.formState('sign-in'), token: '' } // a token is for those who are in
  return {
    base: page.base,
    title: 'Sign in',
    content: html`<section class="card pad" aria-labelledby="sign-in-title">
<h1 id="sign-in-title">Sign in</h1>
<p class="quiet">This emulator was started with <code>--control-key</code>. Its key opens the dashboard.</p>
!${isWrong ? WRONG_KEY : ''}
<form method="post" action="${formState.url}" class="sheet"><input type="hidden" name="action" value="sign-in">
!${textField(formState, { name: 'key', label: 'Key', type: 'password', isRequired: true })}
<button class="button primary">Sign in</button></form></section>`
  }
}

const WRONG_KEY = `<div class="alert" id="error-summary" role="alert" tabindex="-1" autofocus><h2>This is not the key</h2>
<p>It is what <code>--control-key</code> or the variable <code>CONTROL_KEY</code> said at the start.</p></div>`

function notice (id: string, title: string, content: Fragment): Shown {
  return { title, content: html`<section class="card pad notice" id="${id}"><h1>${title}</h1>!${content}</section>` }
}

export function missingPage (error: ApiError, { base }: PageContext): Shown {
  return notice('not-found', 'There is nothing here', html`<p>${error.message}</p>
<p class="quiet">It may be of another sandbox, or of the time before a reset.</p>
<p><a href="${base}/">To the overview</a></p>`)
}

export function refusedPage (error: ApiError, { base, url }: PageContext): Shown {
  const [path = '', query = ''] = url.split('?', 2)
  return notice('refused', 'This could not be shown', html`<p><code>${error.code}</code> ${error.message}</p>
!${query === '' ? '' : html`<p><a href="${path}">Show it without the filters</a></p>`}
<p><a href="${base}/">To the overview</a></p>`)
}

/** Stands above the page that the form belongs to. */
export function forgedNote (): Fragment {
  return html`<div class="alert" id="token-refused" role="alert" tabindex="-1" autofocus>
<h2>Nothing was changed</h2>
<p>The emulator was started anew since this form was opened, or the form was sent by another page. If what it says below is what
you want, send it once more.</p>
</div>`
}

/** `error` is null for what is nobody's fault but ours, `back` where there is nowhere to go. */
export function failedPage (status: number, error: ApiError | null, back: string | null): Shown {
  if (error !== null) {
    return notice('refused', TITLES[status] ?? 'This could not be shown', html`<p>${error.message}</p>
!${back === null ? '' : html`<p><a href="${back}">To the default sandbox</a></p>`}`)
  }
  return status >= 500
    ? notice('failed', 'Something went wrong', html`<p>The emulator failed; its output says why.</p>`)
    : notice('refused', 'This form could not be read', html`<p>It is too large, or no form. Load the page and try once more.</p>`)
}

const TITLES: Record<number, string> = {
  403: 'Not from here', 404: 'There is nothing here', 503: 'The emulator can\'t use its database'
}
