/** Control API for the request log: lists and verifies API calls. */
import { ApiError, invalid } from '../errors.js'
import { outsideBatch, type ControlHandlers } from '../contract/handlers.js'
import { paging } from '../contract/paging.js'
import { replyText, requestText } from '../requests/bodies.js'
import {
  callId, explanationOf, ignoredFields, mentions, namedPayment, operationName, seqOf, shownBody, shownHeaders, shownLocation,
  shownParameters, shownUrl
} from '../requests/call.js'
import type { LoggedCall } from '../requests/log.js'
import { notesOn } from '../requests/notes.js'
import { withoutSecrets } from '../requests/secrets.js'
import { hasStatus, verify } from '../requests/verify.js'
import { SAMPLE_TIME, formatTime, parseTime } from '../rules/calendar.js'
import { linkId, linkSeq } from '../rules/links.js'
import type { Context, Sandbox } from '../sandbox/sandbox.js'
import type { components } from '../contract/control-types.gen.js'

type ControlSchemas = components['schemas']

export const requestControls = {
  'GET /_emulator/requests': ({ query, context: { sandbox } }) => {
    const { limit, offset, filter } = paging(query)
    const fitting = callsSince(filter.since, sandbox).filter(fits(filter, sandbox))
    return { items: fitting.slice(offset, offset + limit).map(call => callView(call, sandbox)) }
  },

  'GET /_emulator/requests/{request_id}': ({ path, context }) => callView(findCall(path.request_id, context), context.sandbox),

  'DELETE /_emulator/requests': outsideBatch(({ context }) => {
    context.sandbox.requests.clear()
    return { items: [] }
  }),

  'POST /_emulator/verify': outsideBatch(({ body, context: { sandbox } }) => {
    if (sandbox.requests.size === 0) throw invalid('', 'The request log is off: start the emulator without --request-log 0')
    return verify(callsSince(body.since, sandbox).filter(({ isFromDashboard }) => !isFromDashboard), body)
  })
} satisfies ControlHandlers

function findCall (requestId: string, { sandbox: { requests } }: Context): LoggedCall {
  const seq = seqOf(requestId)
  const call = seq === null ? undefined : requests.find(seq)
  if (call !== undefined && callId(call) === requestId) return call
  throw new ApiError('NOT_FOUND', {
    path: 'request_id', because: `the log has no call ${requestId.slice(0, 100)}; it keeps the last ${requests.size}`
  })
}

/** The calls after `since`, newest first. Throws INVALID_REQUEST_PARAMETERS if it is neither the id of a call nor a time. */
function callsSince (since: string | undefined, { requests }: Sandbox): LoggedCall[] {
  if (since === undefined) return requests.newestFirst()
  const seq = seqOf(since)
  if (seq !== null) return requests.newestFirst(seq)
  const us = parseTime(since)
  if (us !== null) return requests.newestFirst().filter(({ at }) => at > us)
  throw invalid('since', `since must be the id of a call, or an RFC 3339 time such as ${SAMPLE_TIME}`)
}

interface CallFilter {
  method?: string
  operation?: string
  status?: string
  error_code?: string
  payment_id?: string
  source?: Source
}

type Source = ControlSchemas['LoggedRequest']['source']

function sourceOf ({ isFromDashboard, page }: LoggedCall): Source {
  if (isFromDashboard) return 'dashboard'
  return page === null ? 'program' : 'page'
}

function fits (
  { method, operation, status, error_code: errorCode, payment_id: paymentId, source }: CallFilter, sandbox: Sandbox
): (call: LoggedCall) => boolean {
  const ids = paymentId === undefined ? null : namesOf(paymentId, sandbox)
  return call => (method === undefined || call.method === method.toUpperCase()) &&
    (status === undefined || hasStatus(call, status)) &&
    (operation === undefined || operationName(call) === operation) &&
    (ids === null || ids.some(id => mentions(call, id))) &&
    (source === undefined || sourceOf(call) === source) &&
    (errorCode === undefined || explanationOf(call)?.code === errorCode)
}

/** The texts that identify a payment in a call: its id and, on hosted pages, its link. */
function namesOf (paymentId: string, { payments, business }: Sandbox): string[] {
  const payment = payments.find(paymentId)
  return payment?.link == null ? [paymentId] : [paymentId, linkId(payment.seq, business.link_salt)]
}

export function callView (call: LoggedCall, sandbox: Sandbox): ControlSchemas['LoggedRequest'] {
  const explanation = explanationOf(call)
  return {
    request_id: callId(call),
    source: sourceOf(call),
    answered_at: formatTime(call.at),
    duration_ms: Math.round(call.duration_ms * 1000) / 1000,
    method: call.method,
    path: shownUrl(call),
    operation: operationName(call),
    path_parameters: shownParameters(call),
    payment_id: paymentOf(call, sandbox),
    status: call.status,
    error_code: explanation?.code ?? null,
    explanation: explanation && { message: explanation.message, when: explanation.when, details: explanation.details },
    ignored_fields: ignoredFields(call),
    notes: notesOn(call, sandbox.requests),
    request_headers: shownHeaders(call),
    request_body: shownBody(requestText(call.bodies)),
    response_body: shownBody(replyText(call.bodies)),
    location: shownLocation(call)
  }
}

/** The payment that a call refers to in its path, link, reply or body. */
function paymentOf (call: LoggedCall, { payments, business }: Sandbox): string | null {
  const { payment_id: named, link } = call.params
  if (named !== undefined) return withoutSecrets(named)
  if (link !== undefined) {
    const seq = linkSeq(link, business.link_salt)
    return seq === null ? null : payments.findBySeq(seq)?.payment_id ?? null
  }
  return namedPayment(call)
}
