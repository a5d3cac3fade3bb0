/** Every tool of the MCP server over HTTP, with its effect on the emulator, and how wrong calls are answered. */
import t, { type Test } from 'tap'
import { contract } from '../../src/contract/load.js'
import { runTool, TOOLS } from '../../src/mcp/tools.js'
import type { Backend } from '../../src/mcp/tool.js'
import { handlers } from '../../src/resources/all.js'
import { paymentBody, startEmulator, type TestEmulator } from '../helper.js'
import { startReceiver } from '../receiver.js'
import { connectClient, httpTransport, type McpClient } from './client.js'

interface Item { [field: string]: unknown }

let emulator: TestEmulator
let mcp: McpClient
const called = new Set<string>()

/** For tools that do not call the emulator. */
const NO_BACKEND: Backend = { send: () => Promise.reject(new Error('called')), url: '', prefix: '', apiKey: '', controlKey: null }

const CARD = '4242424242424242'

t.before(async () => {
  emulator = startEmulator(t, { refundDelay: '1h', clock: '2026-01-31T12:00:00Z' })
  const { address } = await emulator.emulator.listen()
  const connected = await connectClient(t, httpTransport(`${address}/_emulator/mcp?tools=all`))
  mcp = { ...connected, call: (name, args) => connected.call(name, args).finally(() => called.add(name)) }
})

/** Calls a tool that must succeed. */
async function done (test: Test, name: string, args: Item = {}): Promise<Item> {
  const { value, isError } = await mcp.call(name, args)
  test.notOk(isError, `${name} succeeds: ${JSON.stringify(value).slice(0, 400)}`)
  return value
}

async function paid (test: Test, changes: Parameters<typeof paymentBody>[0] = {}): Promise<string> {
  const { payment_id: id } = await emulator.pay(paymentBody({ payment_link: true, return_url: 'https://shop.test/thanks', ...changes }))
  await done(test, 'pay', { payment_id: id, card: CARD })
  return id
}

const types = (events: unknown) => (events as Item[]).map(({ type }) => type)

t.test('the contract is found and explained', async t => {
  const { operations } = await done(t, 'search_operations', { query: 'refund a payment', limit: 3 })
  t.match(operations, [{ operation_id: 'create_refund_handler', method: 'POST', path: '/refunds', implemented: true }])
  t.equal((operations as Item[]).length, 3)
  t.strictSame(contract().operations.filter(({ name }) => !(name in handlers)).map(({ name }) => name), [],
    'every operation is implemented, as the tool says')
  const refund = await done(t, 'describe_operation', { operation_id: 'create_refund_handler' })
  t.match(refund, { body: { required: true, schema: { required: ['payment_id'] } }, statuses: ['200', '400'] })
  t.match((refund['errors'] as Item[]).find(({ code }) => code === 'PAYMENT_NOT_SUCCEEDED'), { case: /./ })
  t.strictSame(await done(t, 'describe_operation', { method: 'post', path: '/refunds' }), refund)
  for (const { method, path } of contract().operations) {
    const result = await runTool('describe_operation', { method, path }, { backend: NO_BACKEND, set: 'core', report: error => { t.error(error) } })
    if (JSON.stringify(result).length > 25_000 || result.isError === true) t.fail(`${method} ${path} is too large`)
  }
  t.match(await done(t, 'list_error_codes', { query: 'insufficient funds' }), { payment_failures: [{ code: 'INSUFFICIENT_FUNDS' }] })
})

t.test('the API is called as a program calls it', async t => {
  const created = await done(t, 'call_api', {
    method: 'POST', path: '/customers', body: { name: 'Grace', email: 'grace@example.com' }, headers: { 'x-test': '1' }
  })
  t.match(created, { status: 200, body: { name: 'Grace' }, request_id: /^req_/ })
  t.match(await done(t, 'explain', { request_id: created['request_id'] }), { request_headers: { 'x-test': '1' }, status: 200 })
  t.match(await done(t, 'call_api', { method: 'GET', path: '/customers', query: { email: 'grace@example.com' } }),
    { body: { items: [{ name: 'Grace' }] } })
  t.match(await done(t, 'call_api', { method: 'GET', path: '/payments/pay_none' }), { status: 404, body: { code: 'NOT_FOUND' } })
  for (const path of ['/_emulator/reset', '/~x/_emulator/reset', '/%5Femulator/reset', '/a/../_emulator', '//evil.test/x', 'payments', '/~a/~b/_emulator']) {
    t.match(await mcp.call('call_api', { method: 'POST', path }), { isError: true, value: { code: 'INVALID_ARGUMENTS' } }, path)
  }
  for (const name of ['Host', 'x-emulator-key', 'transfer-encoding']) {
    const refused = await mcp.call('call_api', { method: 'GET', path: '/payments', headers: { [name]: 'x' } })
    t.match(refused, { isError: true, value: { details: [{ path: 'headers' }] } }, name)
  }
})

t.test('customers pay, and banks decide', async t => {
  const { session_id: sessionId } = (await emulator.call('POST', '/checkouts', {
    body: { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], customer: { customer_id: 'cus_ada' }, return_url: 'https://shop.test/back' }
  })).json as { session_id: string }
  const bought = await done(t, 'pay', { session_id: sessionId, card: CARD, billing_address: { country: 'DE', street: 'Allee 1', city: 'Berlin', state: 'BE', zipcode: '10115' } })
  t.match(bought, { payment: { status: 'succeeded' }, return_url: 'https://shop.test/back' })
  t.ok(types(bought['events']).includes('payment.succeeded'))
  const { payment_id: open } = await emulator.pay(paymentBody())
  t.match(await done(t, 'pay', { payment_id: open, outcome: 'failed', error_code: 'EXPIRED_CARD' }),
    { payment: { error_code: 'EXPIRED_CARD' }, events: [{ type: 'payment.failed' }], return_url: null })

  const { json: refund } = await emulator.call('POST', '/refunds', { body: { payment_id: await paid(t) } })
  t.match(await done(t, 'settle_refund', { refund_id: (refund as Item)['refund_id'], status: 'succeeded' }),
    { refund: { status: 'succeeded' }, events: [{ type: 'refund.succeeded' }] })

  const opened = await done(t, 'open_dispute', { payment_id: await paid(t), reason: 'duplicate' })
  t.match(opened, { dispute: { reason: 'duplicate' }, events: [{ type: 'dispute.opened' }] })
  t.ok((opened['ledger'] as Item[]).length > 0, 'with the entries of the ledger')
  const { dispute_id: disputeId } = opened['dispute'] as Item
  t.match(await done(t, 'settle_dispute', { dispute_id: disputeId, status: 'lost' }),
    { dispute: { dispute_status: 'dispute_lost' }, events: [{ type: 'dispute.lost' }] })

  await Promise.all([paid(t), paid(t)])
  const created = await done(t, 'create_payout', { amount: 600, ignore_threshold: true })
  const { payout_id: payoutId } = created['payout'] as Item
  t.match(created['events'], [{ type: 'payout.created' }])
  t.match(await done(t, 'settle_payout', { payout_id: payoutId, status: 'in_progress' }), { events: [{ type: 'payout.in_progress' }] })
})

t.test('grants are delivered, revoked and restored', async t => {
  await paid(t, { product_cart: [{ product_id: 'pdt_license', quantity: 1 }] })
  const { grants } = await done(t, 'get_state', { what: 'grants', limit: 1 })
  const [{ id }] = grants as [Item]
  const revoked = await done(t, 'grant_action', { grant_id: id, action: 'revoke', reason: 'manual' })
  t.match(revoked, { grant: { status: /revoked/i }, events: [{ type: 'entitlement_grant.revoked' }] })
  t.match(await done(t, 'grant_action', { grant_id: id, action: 'restore' }), { grant: { id } })
  t.match(await mcp.call('grant_action', { grant_id: id, action: 'revoke', key: 'x' }), { isError: true, value: { details: [{ path: 'key' }] } })
  t.match(await done(t, 'get_state', { what: 'grants', id }), { id })
})

t.test('the state is counted, listed and read', async t => {
  const { counts } = await done(t, 'get_state', { what: 'overview' }) as { counts: Record<string, number> }
  for (const what of Object.keys(counts)) {
    const { [what]: items } = await done(t, 'get_state', { what, limit: 100 })
    t.equal((items as Item[]).length, counts[what], `${what} as counted`)
    const [first] = items as Item[]
    const key = ['email_id', 'dispute_id', 'payout_id', 'id', 'payment_id', 'currency'].find(name => first !== undefined && name in first)
    if (first !== undefined && key !== undefined) t.match(await done(t, 'get_state', { what, id: first[key] }), { [key]: first[key] }, what)
  }
  t.match(await mcp.call('get_state', { what: 'payouts', id: 'pyt_none' }), { isError: true, value: { code: 'NOT_FOUND' } })
})

t.test('webhooks are listed, read, repeated and awaited', async t => {
  const receiver = await startReceiver(t)
  const { json: endpoint } = await emulator.call('POST', '/webhooks', { body: { url: receiver.url } })
  const paymentId = await paid(t)
  t.match(await done(t, 'wait_for_idle', { timeout_ms: 20_000 }), { is_idle: true, open_deliveries: [], failed_deliveries: [] })
  const { events } = await done(t, 'list_events', { type: 'payment.succeeded', object_id: paymentId })
  t.match(events, [{ subject_id: paymentId, deliveries: [{ state: 'succeeded' }] }])
  const [{ event_id: eventId }] = events as [Item]
  t.strictSame((await done(t, 'list_events', { after: eventId, object_id: paymentId }))['events'], [], 'nothing after it')
  t.match(await done(t, 'get_event', { event_id: eventId }), {
    body: { type: 'payment.succeeded' }, deliveries: [{ attempts: [{ request_headers: { 'webhook-id': eventId }, response_body: 'thanks' }] }]
  })
  const before = receiver.received.length
  await done(t, 'replay_event', { event_id: eventId })
  await done(t, 'trigger_event', { type: 'payout.failed', data: { amount: 5 } })
  await done(t, 'wait_for_idle')
  t.match(receiver.received.slice(before).map(({ type }) => type).sort(), ['payment.succeeded', 'payout.failed'])
  await emulator.call('DELETE', `/webhooks/${(endpoint as Item)['id'] as string}`)
  for (const after of ['yesterday', 'msg_unknown']) t.ok((await mcp.call('list_events', { after })).isError, after)
})

t.test('time passes', async t => {
  const { json: refund } = await emulator.call('POST', '/refunds', { body: { payment_id: await paid(t) } })
  const moved = await done(t, 'advance_clock', { by: '2h' })
  t.match(moved, { events: [{ type: 'refund.succeeded', subject_id: (refund as Item)['refund_id'] }], done: { failed: 0 } })
  t.match(await done(t, 'advance_clock', { to: '2027-06-01T00:00:00Z' }), { now: /^2027-06-01/ })
  for (const wrong of [{}, { by: '1h', to: '2028-01-01T00:00:00Z' }, { by: 'soon' }]) t.ok((await mcp.call('advance_clock', wrong)).isError)
})

t.test('refusals are found and explained, and calls are made to fail', async t => {
  await emulator.call('POST', '/payments', { body: { customer: {} } })
  const { requests: [refused] } = await done(t, 'list_requests', { status: '4xx', path: '/payments', limit: 1 }) as { requests: [Item] }
  t.match(refused, { error_code: 'INVALID_REQUEST_BODY', operation: 'POST /payments' })
  t.match(await done(t, 'explain', { request_id: refused['request_id'] }), { explanation: { details: [{}] }, request_body: { json: { customer: {} } } })
  t.match(await done(t, 'explain', { payment_id: await paid(t) }), { steps: [{}], text: /./ })
  t.match(await done(t, 'set_fault', { kind: 'error', operation: 'GET /payments', status: 503, count: 5 }), { items: [{ status: 503 }] })
  t.match(await done(t, 'call_api', { method: 'GET', path: '/payments' }), { status: 503 })
  t.strictSame(await done(t, 'clear_faults'), { items: [] })
  await done(t, 'set_fault', { kind: 'reset', operation: 'GET /products', count: 1 })
  t.match(await mcp.call('call_api', { method: 'GET', path: '/products' }), { isError: true, value: { code: 'UNREACHABLE' } },
    'a connection that a fault closes is an error of the tool')
})

t.test('sandboxes are made, filled, kept and reset', async t => {
  const made = await done(t, 'new_sandbox')
  t.match(made, { name: 'agent-1', api_key: 'sandbox_agent-1', base_url: /\/~agent-1$/, webhook_secret: null })
  t.match(await done(t, 'new_sandbox'), { name: 'agent-2' })
  const sandbox = 'agent-1'
  t.match(await done(t, 'seed', { fixtures: { customers: [{ customer_id: 'cus_mine', name: 'Mine', email: 'mine@example.com' }] }, sandbox }),
    { customers: ['cus_mine'] })
  const has = async () => (await done(t, 'call_api', { method: 'GET', path: '/customers/cus_mine', sandbox }))['status']
  t.match(await done(t, 'snapshot', { sandbox }), { name: 'mcp' })
  t.match(await done(t, 'reset', { sandbox }), { reset: /agent-1$/ })
  t.equal(await has(), 404)
  await done(t, 'restore', { sandbox })
  t.equal(await has(), 200)
  t.match(await done(t, 'call_api', { method: 'GET', path: '/customers/cus_mine' }), { status: 404 }, 'the default sandbox is another one')
})

t.test('wrong calls are results that say what to do', async t => {
  const wrong: Array<[string, Item, string]> = [
    ['pai', {}, 'UNKNOWN_TOOL'], ['search_operations', {}, 'INVALID_ARGUMENTS'], ['search_operations', { query: 5 }, 'INVALID_ARGUMENTS'],
    ['reset', { nme: 'x' }, 'INVALID_ARGUMENTS'], ['describe_operation', {}, 'INVALID_ARGUMENTS'],
    ['describe_operation', { operation_id: 'create_refund' }, 'UNKNOWN_OPERATION'], ['pay', {}, 'INVALID_ARGUMENTS'],
    ['pay', { payment_id: 'pay_none' }, 'NOT_FOUND'], ['settle_refund', { refund_id: 'ref_none', status: 'succeeded' }, 'NOT_FOUND'],
    ['explain', {}, 'INVALID_ARGUMENTS'], ['get_event', { event_id: '../reset' }, 'NOT_FOUND'],
    ['seed', { fixtures: { nothing: 1 } }, 'INVALID_REQUEST_BODY'], ['restore', { name: 'never' }, 'NOT_FOUND'],
    ['reset', { sandbox: 'not a name' }, 'INVALID_REQUEST_PARAMETERS']
  ]
  for (const [name, args, code] of wrong) {
    const { value, isError } = await mcp.call(name, args)
    t.match({ isError, value }, { isError: true, value: { code, message: /./, details: [], what_to_do: /./ } }, `${name} ${JSON.stringify(args)}`)
  }
})

t.test('large results are cut, and say so', async t => {
  const customers = Array.from({ length: 300 }, (_, index) => ({
    customer_id: `cus_n${index}`, name: `Customer ${index} "${'x'.repeat(200)}"`, email: `n${index}@example.com`
  }))
  const loaded = await mcp.call('seed', { fixtures: { customers }, sandbox: 'large' })
  t.ok(!loaded.isError && loaded.bytes <= 25_000)
  const listed = await mcp.call('call_api', { method: 'GET', path: '/customers', query: { page_size: 100 }, sandbox: 'large' })
  t.ok(listed.bytes <= 25_000, `${listed.bytes} bytes`)
  t.match(listed.value, { status: 200, note: /body.items: the first \d+ of 100 items/ })
  const page = await mcp.call('call_api', { method: 'GET', path: '/docs/swagger-ui-bundle.js' })
  t.ok(page.bytes <= 25_000 && !page.isError, 'a long text, too')
})

t.test('every tool was called, and describes itself', async t => {
  t.strictSame(TOOLS.map(({ name }) => name).filter(name => !called.has(name)), [])
  const { tools } = await mcp.client.listTools()
  t.equal(tools.length, TOOLS.length)
  for (const { name, description = '', inputSchema, annotations } of tools) {
    t.match(inputSchema, { type: 'object', additionalProperties: false, properties: { sandbox: {} } }, name)
    t.notMatch(JSON.stringify(inputSchema), /\$ref|"x-/, `${name} has no references`)
    t.ok(description.length > 20 && typeof annotations?.readOnlyHint === 'boolean', name)
  }
})
