/** What several pages show of a logged call, and the call that a payment came from. */
import { html } from 'ghtml'
import type { components } from '../../control/types.gen.js'
import type { Fragment } from '../layout.js'
import type { Visit } from './frame.js'
import { cellLink, empty, snippet, statusTag, timeTag, type Kind } from './parts.js'

export type LoggedRequest = components['schemas']['LoggedRequest']

export function httpTag (status: number): Fragment {
  return statusTag(String(status), kindOf(status))
}

function kindOf (status: number): Kind {
  if (status >= 400) return 'bad'
  return status < 300 ? 'good' : 'calm'
}

/** With three figures, as a person reads them. */
export function milliseconds (ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`
  return `${ms >= 100 ? Math.round(ms) : Number(ms.toPrecision(2))} ms`
}

/** A text as it was sent or answered: JSON is shown in lines, and copied as it was. */
export function bodyText (text: string, { id, label }: { id: string, label: string }): Fragment {
  return snippet(inLines(text), { id, label, copied: text })
}

function inLines (text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** The names and values of headers. */
export function headerList (headers: Readonly<Record<string, string>>): Fragment {
  return html`<dl class="headers">!${Object.entries(headers).map(([name, value]) =>
    html`<div><dt><code>${name}</code></dt><dd><code>${value}</code></dd></div>`)}</dl>`
}

const LOOKED_AT = 100

/**
 * The call that made a payment, as far as the log goes back: the earliest that succeeded and answered with it, or that led a
 * customer to it. Null where it is forgotten.
 */
export async function requestOf (paymentId: string, visit: Visit): Promise<LoggedRequest | null> {
  const { items } = await visit.operate('GET /_emulator/requests', {
    query: { payment_id: paymentId, method: 'POST', page_size: LOOKED_AT }
  })
  return items.findLast(({ status, operation, payment_id: id }) =>
    status < 400 && id === paymentId && operation !== null && CREATING.has(operation)) ?? null
}

const CREATING = new Set(['POST /payments', 'POST /checkouts'])

/** That call in a line, for the payment's page. */
export function requestLine (request: LoggedRequest | null, visit: Visit): Fragment {
  if (request === null) {
    return empty('The call is not in the log', html`<p>It was made before the log begins, or the customer made the payment on a
page. <a href="${visit.base}/dashboard/requests">Requests</a></p>`)
  }
  const { request_id: id, method, path, status, answered_at: at } = request
  return html`<p>!${cellLink(`${visit.base}/dashboard/requests/${id}`, html`<code>${method} ${path}</code>`)} !${httpTag(status)}
!${timeTag(at, visit)}</p>`
}
