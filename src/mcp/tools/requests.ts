/** Tools about the calls of a program: the log, explanations and faults. */
import { matching } from '../events.js'
import { bodyInput, input, limit, text } from '../schemas.js'
import { invalidArgument, type Item, type ItemList } from '../session.js'
import { tool } from '../tool.js'

/** A call without its headers and bodies. */
function briefCall ({ request_headers: _headers, request_body: _request, response_body: _response, ...call }: Item): Item {
  return call
}

const listRequests = tool<{ status?: string, path?: string, limit?: number }>({
  name: 'list_requests',
  title: 'List the latest calls',
  description: 'Lists the latest calls of the API, newest first, with the reason of each refusal. explain shows the bodies.',
  effect: 'reads',
  isCore: true,
  input: input({
    status: text('Only this status, or a class such as 4xx.'),
    path: text('Only calls whose path contains this text, such as /payments.'),
    limit: limit(100, 10)
  }),
  async run ({ status, path = '', limit: most = 10 }, session) {
    const read = (page: number) =>
      session.control<ItemList>('/requests', { query: { status, page_size: 100, page_number: page } })
    const fits = (call: Item) => String(call['path']).includes(path)
    return { requests: (await matching(read, fits, { limit: most, pages: 100 })).map(briefCall) }
  }
})

const explain = tool<{ request_id?: string, payment_id?: string }>({
  name: 'explain',
  title: 'Explain a call or a total',
  description: 'Explains a call: what was sent, what came back, and why it was refused. Or explains how the total of a payment ' +
    'was calculated, step by step.',
  effect: 'reads',
  isCore: true,
  input: input({ request_id: text('A call of list_requests. Give this or payment_id.'), payment_id: text('A payment.') }),
  async run ({ request_id: requestId, payment_id: paymentId }, session) {
    if ((requestId === undefined) === (paymentId === undefined)) {
      throw invalidArgument('request_id', 'and payment_id exclude each other: give one of them')
    }
    if (requestId !== undefined) return await session.control(`/requests/${encodeURIComponent(requestId)}`)
    return await session.control(`/payments/${encodeURIComponent(paymentId ?? '')}/explain`)
  }
})

const setFault = tool<object>({
  name: 'set_fault',
  title: 'Make calls fail',
  description: 'Adds a rule that makes calls of the API fail or slow, such as ' +
    '{"kind":"error","operation":"POST /payments","status":500,"count":1}.',
  effect: 'changes',
  isCore: false,
  input: bodyInput('POST /_emulator/faults'),
  run: (body, session) => session.control('/faults', { body })
})

const clearFaults = tool<{ fault_id?: string }>({
  name: 'clear_faults',
  title: 'Remove faults',
  description: 'Removes one fault, or all of them. Returns the faults that are left.',
  effect: 'changes',
  isCore: false,
  input: input({ fault_id: text('Only this fault.') }),
  run: ({ fault_id: faultId }, session) =>
    session.control(faultId === undefined ? '/faults' : `/faults/${encodeURIComponent(faultId)}`, { method: 'DELETE' })
})

export const requestTools = [listRequests, explain, setFault, clearFaults]
