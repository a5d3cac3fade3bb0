/** One logged call: why it was refused first, then what was sent and answered, and the command that makes it again. */
import { html } from 'ghtml'
import { sentBody, seqOf } from '../../requests/call.js'
import type { Fragment } from '../layout.js'
import { curlOf } from './curl.js'
import { pageOf, pathOf } from './links.js'
import type { Shown, PageContext } from './page.js'
import { card, code, crumb, facts, fullTime, heading, idTag, snippet, text } from './parts.js'
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
!${status >= 400 ? card(refusal(call), { id: 'why', title: 'Why it was refused' }) : ''}
!${call.ignored_fields.length === 0
  ? ''
  : card(ignored(call), { id: 'ignored', title: 'Ignored fields' })}
!${call.notes.length === 0 ? '' : card(noted(call), { id: 'notes', title: 'Probably a mistake' })}
!${card(sent(call), { id: 'sent', title: 'What was sent' })}
!${card(answered(call), { id: 'answered', title: 'What was answered' })}
</div><div>
!${card(about(call, page), { id: 'facts', title: 'The call' })}
!${card(again(call, page), { id: 'curl', title: 'The same call with curl' })}
</div></div>`
  }
}

function refusal ({ error_code: errorCode, explanation, request_body: body, status }: LoggedRequest): Fragment {
  if (explanation === null) {
    return html`<p>The answer gives no reason that the log could read. Something that goes wrong on demand, see Controls, may have
answered ${status} in place of the API.</p>`
  }
  const { message, when, details } = explanation
  return html`<div class="verdict bad"><p><code>${errorCode ?? ''}</code></p><p><strong>${message}</strong></p></div>
!${details.length === 0
    ? ''
    : html`<ul class="places">!${details.map(detail => place(detail, body?.json))}</ul>`}
!${when === null ? '' : facts([['When it is answered', html`${when}`]])}`
}

function place ({ path, message }: { path: string, message: string }, body: unknown): Fragment {
  const value = valueAt(body, path)
  return html`<li><code>${path === '' ? 'the whole' : path}</code> <span>${message}</span>!${value === undefined || path === ''
    ? ''
    : html`<span class="under">It was sent as <code>${shown(value)}</code></span>`}</li>`
}

function ignored ({ ignored_fields: fields, request_body: body }: LoggedRequest): Fragment {
  return html`<p class="quiet">The API does not know them, or they do not apply here. The real API ignores them too.</p>
<ul class="places">!${fields.map(path => {
    const value = valueAt(body?.json, path)
    return html`<li><code>${path === '' ? 'the whole body' : path}</code>!${value === undefined || path === ''
      ? ''
      : html`<span class="under">It was sent as <code>${shown(value)}</code></span>`}</li>`
  })}</ul>`
}

function noted ({ notes }: LoggedRequest): Fragment {
  return html`<ul class="places">!${notes.map(({ path, message }) =>
    html`<li><code>${path}</code> <span>${message}</span></li>`)}</ul>`
}

/** What stands at `product_cart[0].quantity`; undefined where nothing does. */
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

function sent ({ request_headers: headers, request_body: body, method, path }: LoggedRequest): Fragment {
  return html`<p class="call"><code>${method} ${path}</code></p>
!${body === null ? '<p class="quiet">No body.</p>' : loggedBody(body, 'request-body', 'Request body')}
<details class="fold" id="request-headers"><summary>Headers</summary>!${headerList(headers)}</details>`
}

function answered ({ response_body: body, status, duration_ms: duration, location }: LoggedRequest): Fragment {
  return html`<p>!${httpTag(status)} <span class="quiet">after ${milliseconds(duration)}</span></p>
!${location === null ? '' : facts([['It led to', html`<code>${location}</code>`]])}
!${body === null
  ? '<p class="quiet">No body, or one that is no JSON and is not kept.</p>'
  : loggedBody(body, 'response-body', 'Response body')}`
}

function loggedBody (
  { length, truncated, json, text: plain }: NonNullable<LoggedRequest['request_body']>, id: string, label: string
): Fragment {
  const content = plain ?? JSON.stringify(json, null, 2)
  return html`!${bodyText(content, { id, label })}!${truncated
    ? html`<p class="hint">This is the beginning; the whole is ${length.toLocaleString('en-US')} characters long.</p>`
    : ''}`
}

function about (call: LoggedRequest, page: PageContext): Fragment {
  const { payment_id: paymentId, operation, path_parameters: parameters } = call
  return facts([
    ['Request', idTag(call.request_id)],
    ['Answered', fullTime(call.answered_at, page)],
    ['Took', text(milliseconds(call.duration_ms))],
    ['Operation', operation === null ? 'none that the API has' : code(operation)],
    ['Payment', paymentId === null
      ? null
      : html`<a href="${pageOf(page, 'payments', paymentId)}">!${code(paymentId)}</a>`],
    ...Object.entries(parameters).filter(([name]) => name !== 'payment_id')
      .map(([name, value]): [string, Fragment] => [name, idTag(value)])
  ])
}

/** What the connection or curl itself sets, and what is not to be told. */
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
    return html`<p class="quiet">This was sent to a page, with a token that is good once: open the page instead.</p>`
  }
  const body = sentBody(logged)
  if (body.text.length > CURL_BODY_MAX) {
    return html`<p class="quiet">Its body is too long for a command: ${body.text.length.toLocaleString('en-US')} characters.</p>`
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
    ...(hadKey && (status === 401 || status === 403) ? ['It has a key that is accepted; the call’s own was refused.'] : []),
    ...(hadKey || operation === null ? [] : ['The call had no key, so this one has none.']),
    ...(body.isExact && !path.includes('…') ? [] : ['Secrets in its path and body are not kept: put them in again.'])
  ]
  return html`!${snippet(command, { id: 'curl-command', label: 'curl command' })}
!${remarks.map(remark => html`<p class="hint">${remark}</p>`)}`
}
