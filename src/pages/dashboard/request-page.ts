/** The page of one logged call: first its error, then the request and the response, and a curl command to repeat it. */
import { html } from 'ghtml'
import { sentBody, seqOf } from '../../requests/call.js'
import type { Fragment } from '../layout.js'
import { curlOf } from './curl.js'
import { pageOf, pathOf } from './links.js'
import type { Shown, PageContext } from './page.js'
import { card, code, crumb, facts, fullTime, heading, idLink, idTag, snippet, text } from './parts.js'
import { bodyText, headerList, httpTag, milliseconds, type LoggedRequest } from './request-parts.js'

export async function requestPage (page: PageContext): Promise<Shown> {
  const call = await page.operate('GET /_emulator/requests/{request_id}', { path: { request_id: page.param('request_id') } })
  const { method, status, operation, path } = call
  const name = operation ?? `${method} ${path.slice(0, 200)}`
  return {
    title: `${name}: ${status}`,
    content: html`!${heading({ html: html`<span class="call">${name}</span> !${httpTag(status)}` }, '',
      crumb(page, pathOf('requests'), 'Requests'))}
<div class="columns"><div>
!${status >= 400 ? card(refusal(call), { id: 'why', title: 'Error' }) : ''}
!${call.ignored_fields.length === 0
  ? ''
  : card(ignored(call), { id: 'ignored', title: 'Ignored fields' })}
!${call.notes.length === 0 ? '' : card(noted(call), { id: 'notes', title: 'Warnings' })}
!${card(sent(call, page), { id: 'sent', title: 'Request' })}
!${card(answered(call, page), { id: 'answered', title: 'Response' })}
</div><div>
!${card(about(call, page), { id: 'facts', title: 'Details' })}
!${card(again(call, page), { id: 'curl', title: 'Repeat with curl' })}
</div></div>`
  }
}

function refusal ({ error_code: errorCode, explanation, request_body: body, status }: LoggedRequest): Fragment {
  if (explanation === null) {
    return html`<p>The response does not contain an error of the API. An injected fault (see Controls) may have answered ${status}
in its place.</p>`
  }
  const { message, when, details } = explanation
  return html`<div class="verdict bad"><p><code>${errorCode ?? ''}</code></p><p><strong>${message}</strong></p></div>
!${details.length === 0
    ? ''
    : html`<ul class="places">!${details.map(detail => place(detail, body?.json))}</ul>`}
!${when === null ? '' : facts([['Cause', html`${when}`]])}`
}

function place ({ path, message }: { path: string, message: string }, body: unknown): Fragment {
  const value = valueAt(body, path)
  return html`<li><code>${path === '' ? 'body' : path}</code> <span>${message}</span>!${value === undefined || path === ''
    ? ''
    : html`<span class="under">Sent: <code>${shown(value)}</code></span>`}</li>`
}

function ignored ({ ignored_fields: fields, request_body: body }: LoggedRequest): Fragment {
  return html`<p class="quiet">These fields are unknown or do not apply to this call. The real API ignores them too.</p>
<ul class="places">!${fields.map(path => {
    const value = valueAt(body?.json, path)
    return html`<li><code>${path === '' ? 'the whole body' : path}</code>!${value === undefined || path === ''
      ? ''
      : html`<span class="under">Sent: <code>${shown(value)}</code></span>`}</li>`
  })}</ul>`
}

function noted ({ notes }: LoggedRequest): Fragment {
  return html`<ul class="places">!${notes.map(({ code, path, message }) =>
    html`<li><code>${path}</code> <span>${message}</span> <span class="under">${code}</span></li>`)}</ul>`
}

/** The value at a path such as `product_cart[0].quantity`; undefined if there is no such path. */
export function valueAt (value: unknown, path: string): unknown {
  let inner = value
  for (const [step, index] of path.matchAll(/\[(\d+)\]|[^.[\]]+/g)) {
    const key = index ?? step
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return undefined
    inner = (inner as Record<string, unknown>)[key]
  }
  return inner
}

const VALUE_SHOWN = 200

function shown (value: unknown): string {
  const json = JSON.stringify(value)
  return json.length > VALUE_SHOWN ? `${json.slice(0, VALUE_SHOWN).toWellFormed()}…` : json
}

function sent ({ request_headers: headers, request_body: body, method, path }: LoggedRequest, page: PageContext): Fragment {
  return html`<p class="call"><code>${method} ${path}</code></p>
!${body === null ? '<p class="quiet">No body.</p>' : loggedBody(body, 'request-body', 'Request body', page)}
<details class="fold" id="request-headers"><summary>Headers</summary>!${headerList(headers)}</details>`
}

function answered (
  { response_body: body, status, duration_ms: duration, location }: LoggedRequest, page: PageContext
): Fragment {
  return html`<p>!${httpTag(status)} <span class="quiet">after ${milliseconds(duration)}</span></p>
!${location === null ? '' : facts([['Location', html`<code>${location}</code>`]])}
!${body === null
  ? '<p class="quiet">No body, or one that is not JSON and is not kept.</p>'
  : loggedBody(body, 'response-body', 'Response body', page)}`
}

function loggedBody (
  { length, truncated, json, text: plain }: NonNullable<LoggedRequest['request_body']>, id: string, label: string,
  page: PageContext
): Fragment {
  const content = plain ?? JSON.stringify(json, null, 2)
  return html`!${bodyText(content, page, { id, label })}!${truncated
    ? html`<p class="hint">Shortened. The whole body has ${length.toLocaleString('en-US')} characters.</p>`
    : ''}`
}

function about (call: LoggedRequest, page: PageContext): Fragment {
  const { payment_id: paymentId, operation, path_parameters: parameters } = call
  return facts([
    ['Request', idTag(call.request_id)],
    ['Time', fullTime(call.answered_at, page)],
    ['Duration', text(milliseconds(call.duration_ms))],
    ['Operation', operation === null ? 'unknown to the API' : code(operation)],
    ['Payment', paymentId === null
      ? null
      : html`<a href="${pageOf(page, 'payments', paymentId)}">!${code(paymentId)}</a>`],
    ...Object.entries(parameters).filter(([name]) => name !== 'payment_id')
      .map(([name, value]): [string, Fragment] => [name, page.urlOf(value) === null ? idTag(value) : idLink(page, value)])
  ])
}

/** Headers that curl or the connection sets, and secrets. */
const LEFT_OUT = new Set(['accept', 'accept-encoding', 'accept-language', 'authorization', 'connection', 'content-length',
  'cookie', 'host', 'transfer-encoding', 'user-agent'])

function isLeftOut (name: string): boolean {
  return LEFT_OUT.has(name) || name.startsWith('sec-') || name.startsWith('x-stainless-')
}

const CURL_BODY_MAX = 32 * 1024

function again (call: LoggedRequest, page: PageContext): Fragment {
  const { method, path, request_headers: headers, operation, status } = call
  const { requests } = page.context.sandbox
  const logged = requests.find(seqOf(call.request_id) ?? 0)
  if (logged === undefined || logged.page !== null) {
    return html`<p class="quiet">This was sent to a page, with a token that can be used once. Open the page instead.</p>`
  }
  const body = sentBody(logged)
  if (body.text.length > CURL_BODY_MAX) {
    const length = body.text.length.toLocaleString('en-US')
    return html`<p class="quiet">The body is too long for a command: it has ${length} characters.</p>`
  }
  const hadKey = headers['authorization'] !== undefined
  const kept = Object.entries(headers).filter(([name, value]) => !isLeftOut(name) && value !== '[hidden]')
  const command = curlOf({
    method,
    url: page.context.baseUrl + path,
    headers: { ...(hadKey ? { authorization: `Bearer ${page.apiKey}` } : {}), ...Object.fromEntries(kept) },
    body: body.text
  })
  const remarks = [
    ...(hadKey && (status === 401 || status === 403) ? ['Uses a valid key in place of the one that was refused.'] : []),
    ...(hadKey || operation === null ? [] : ['The call had no key, so the command has no key either.']),
    ...(body.isExact && !path.includes('…') ? [] : ['Secrets in the path and the body are not kept. Insert them again.'])
  ]
  return html`!${snippet(command, { id: 'curl-command', label: 'curl command' })}
!${remarks.map(remark => html`<p class="hint">${remark}</p>`)}`
}
