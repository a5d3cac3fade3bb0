/** Commands against a running emulator: their output, and their effect on it. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ask } from '../src/commands/ask.js'
import { progressLine } from '../src/commands/patience.js'
import { targetOf } from '../src/commands/target.js'
import { runLines } from './command-runs.js'
import { paymentBody, startEmulator } from './helper.js'
import { connect, freePort, JSON_TYPE, launch, startProcess, stop, temporaryFolder } from './processes.js'
import { until } from './delivery/helper.js'
import { startReceiver } from './receiver.js'

interface Listening {
  url: string
  port: number
}

const at = ({ port }: Listening) => ['--port', String(port)]

/** An emulator in this process, listening on a free port. */
function listening (test: Test, options: Parameters<typeof startEmulator>[1] = {}): Promise<Listening> {
  return startEmulator(test, options).emulator.listen()
}

t.test('webhooks listen registers an endpoint, prints every attempt, and removes the endpoint', async t => {
  const emulator = await startProcess(t, ['--database', ':memory:'])
  const { get, pay, send } = connect(t, emulator.url)
  const endpoints = async () => (await get<{ data: Array<{ url: string, filter_types: string[] }> }>('/webhooks')).json.data
  const receiver = await startReceiver(t)
  const listener = launch(t, ['webhooks', 'listen', receiver.url, '--events', 'payment.failed, payment.cancelled', ...at(emulator)])
  for (let isThere = false; !isThere;) isThere = (await endpoints()).length > 0
  t.match(await endpoints(), [{ url: receiver.url, filter_types: ['payment.failed', 'payment.cancelled'] }])
  for (const outcome of ['succeeded', 'failed']) {
    const { json: { payment_id: id } } = await pay(paymentBody())
    await send('POST', `/_emulator/payments/${id}/pay`, JSON.stringify({ outcome }), JSON_TYPE)
  }
  await until(() => receiver.received.length > 0)
  await until(() => listener.output().includes('payment.failed'))
  const { code, stdout, stderr } = await stop(listener, 'SIGINT')
  t.strictSame([code, stderr], [0, ''])
  t.match(stdout, /DODO_PAYMENTS_WEBHOOK_KEY=whsec_/)
  t.match(stdout, /\d\d:\d\d:\d\d {2}payment\.failed {2}msg_\w{21} {2}200 {2}in \d+ ms\n/)
  t.notMatch(stdout, 'payment.succeeded')
  t.strictSame(await endpoints(), [])
})

t.test('trigger sends a sample and prints the outcome', async t => {
  const receiver = await startReceiver(t)
  const emulator = await listening(t, { webhookUrl: receiver.url })
  const sent = await runLines(['trigger', 'subscription.renewed', '--data', '{"quantity":7}', ...at(emulator)])
  t.strictSame([sent.code, sent.stderr], [0, ''])
  t.match(sent.stdout, /subscription\.renewed {2}msg_\w+ {2}200/)
  t.match(receiver.received, [{ type: 'subscription.renewed', data: { quantity: 7, payload_type: 'Subscription' } }])

  const lonely = await listening(t)
  t.match((await runLines(['trigger', 'payment.failed', ...at(lonely)])).stderr, 'no endpoint subscribes to payment.failed: register one')
})

t.test('pay, expire and abandon take the id of a session or of a payment', async t => {
  const emulator = await listening(t)
  const { send, pay } = connect(t, emulator.url)
  const create = async () => {
    const body = { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], customer: { customer_id: 'cus_ada' } }
    const { json } = await send<{ session_id: string }>('POST', '/checkouts', JSON.stringify(body), JSON_TYPE)
    return json.session_id
  }
  const details = ['--details', '{"billing_address":{"country":"DE","street":"Ring 1","city":"Berlin","zipcode":"10117"}}']
  const printed = async (...args: string[]) => {
    const { code, stdout, stderr } = await runLines([...args, ...at(emulator)])
    t.strictSame([code, stderr], [0, ''])
    return JSON.parse(stdout) as object
  }
  t.match(await printed('pay', await create(), '--outcome', 'failed', ...details), { status: 'failed', billing: { city: 'Berlin' } })
  t.match(await printed('abandon', await create(), ...details), { status: 'requires_payment_method' })
  t.match(await printed('expire', await create()), { state: 'expired' })
  const { json: { payment_id: id } } = await pay({ ...paymentBody(), payment_link: true })
  t.match(await printed('abandon', id), { payment_id: id })
  t.match(await printed('expire', id), { payment_id: id })
  for (const [args, complaint] of [
    [['pay', await create()], /can't be submitted with these details: billing_address\.country is required/],
    [['abandon', 'cks_x'], /there is no checkout session cks_x/],
    [['expire', 'cks_x'], /there is no checkout session cks_x/]
  ] as const) {
    const { code, stderr } = await runLines([...args, ...at(emulator)])
    t.equal(code, 1)
    t.match(stderr, complaint)
  }
})

t.test('events prints past events, and replays one', async t => {
  const receiver = await startReceiver(t)
  const emulator = await listening(t, { webhookUrl: receiver.url })
  const { pay, get } = connect(t, emulator.url)
  const { json: { payment_id: id } } = await pay(paymentBody())
  t.equal((await runLines(['pay', id, '--outcome', 'failed', ...at(emulator)])).code, 0)
  await get('/_emulator/idle')
  t.equal((await runLines(['pay', id, ...['--card', '4242424242424242'], ...at(emulator)])).code, 0)
  await get('/_emulator/idle')
  const lines = (await runLines(['events', ...at(emulator)])).stdout.trim().split('\n')
  t.match(lines, [
    new RegExp(`^[\\d-]{10} [\\d:]{8}  payment\\.failed  ${id}  msg_\\w{21}  succeeded$`), /payment\.succeeded/
  ], 'the latest last')
  t.match((await runLines(['events', '--type', 'payment.failed', ...at(emulator)])).stdout, /^[^\n]*payment\.failed[^\n]*\n$/)
  t.equal((await runLines(['events', '--payment', 'pay_x', ...at(emulator)])).stdout, '')
  const [event] = JSON.parse((await runLines(['events', '--json', '--limit', '1', ...at(emulator)])).stdout)
  t.match(event, { type: 'payment.succeeded', body: { data: { payment_id: id } } })
  const replayed = await runLines(['events', 'replay', event.event_id, ...at(emulator)])
  t.strictSame([replayed.code, replayed.stderr], [0, ''])
  await get('/_emulator/idle')
  t.strictSame(receiver.types(), ['payment.failed', 'payment.succeeded', 'payment.succeeded'])
  t.match((await runLines(['events', 'replay', 'msg_x', ...at(emulator)])).stderr, 'there is no event msg_x')
  t.match((await runLines(['events', '--port', String(await freePort())])).stderr, 'no emulator answers')
})

t.test('a command that makes the emulator wait has a longer timeout', async t => {
  const { emulator } = startEmulator(t)
  const { port } = await emulator.listen()
  const waits = t.capture(AbortSignal, 'timeout', AbortSignal.timeout.bind(AbortSignal))
  const target = targetOf({ port: String(port) }, {})
  await ask(target, '/_emulator/clock')
  await ask(target, '/_emulator/idle?timeout_ms=60000', { waitsMs: 60_000 })
  const [usual, longer] = waits().map(({ args: [ms] }) => ms).filter(ms => ms >= 15_000)
  t.equal(longer, (usual ?? 0) + 60_000)
})

t.test('clock moves the clock, and due lists jobs', async t => {
  const emulator = await listening(t, { refundDelay: '2h', settlementDelay: '1h' })
  const { pay, send } = connect(t, emulator.url)
  const command = (...args: string[]) => runLines([...args, ...at(emulator)])
  const { json: { payment_id: id } } = await pay(paymentBody())
  await command('pay', id, '--outcome', 'processing')
  const [line, ...others] = (await command('due')).stdout.trim().split('\n')
  t.match(line, new RegExp(`^[\\d-]{10} [\\d:]{8}  payment\\.settle  ${id}$`))
  t.strictSame(others, [])
  t.equal((await command('due', '--kind', 'refund.settle')).stdout, '')
  t.match(JSON.parse((await command('due', '--json', '--subject', id)).stdout), { items: [{ subject_id: id }], waiting_count: 1 })
  const moved = await command('clock', 'advance', '1h')
  t.match(JSON.parse(moved.stdout), { frozen: false, due: 0, done: { jobs: 1, failed: 0, kinds: { 'payment.settle': 1 } } })
  t.equal(moved.stderr, '', 'no progress without a terminal')
  t.match(JSON.parse((await command('clock', 'freeze')).stdout), { frozen: true, done: { jobs: 0 } })
  for (const action of ['retry', 'drop']) {
    const { code, stderr } = await command('due', action, 'payment.settle', id)
    t.strictSame([code, stderr], [1, `dodo-emulator: there is no payment.settle of ${id}\n`])
  }
  t.match((await send('GET', `/payments/${id}`)).json, { status: 'succeeded' })
  t.equal((await command('due')).stdout, '')
})

t.test('a slow emulator is not reported as missing', async t => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  t.teardown(() => {
    silent.closeAllConnections()
    silent.close()
  })
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  await t.rejects(ask(targetOf({ port: String(port) }, {}), '/_emulator/clock', { waitsMs: -14_900 }),
    { message: `http://127.0.0.1:${port}/_emulator/clock did not answer within 0 s; the operation may still be running` })
})

t.test('progressLine describes progress', async t => {
  const work = { name: 'load', is_under_way: true, done: 12_000, total: 30_000 }
  t.equal(progressLine(work), 'load: 12,000 of 30,000 done')
  t.equal(progressLine({ ...work, name: 'clock', total: null }), 'clock: 12,000 done')
  t.equal(progressLine({ ...work, is_under_way: false }), 'load: waiting')
})

t.test('sandboxes, reset and snapshots', async t => {
  const folder = temporaryFolder(t)
  const emulator = await listening(t)
  const { send, get } = connect(t, emulator.url)
  const command = async (...args: string[]) => {
    const { code, stdout, stderr } = await runLines([...args, ...at(emulator)])
    t.strictSame([code, stderr], [0, ''], args.join(' '))
    return stdout
  }
  const sell = () => send('POST', '/~mine/payments', JSON.stringify(paymentBody()), JSON_TYPE)
  const count = async () => (await get<{ items: unknown[] }>('/~mine/payments')).json.items.length

  t.equal(await command('sandboxes', 'create', 'mine'), 'mine  key sandbox_mine  path /~mine  in memory\n')
  t.equal(await command('sandboxes'), 'default  every other key  in memory\nmine  key sandbox_mine  path /~mine  in memory\n')
  await sell()
  t.match(await command('snapshot', 'take', 'one sold', '--sandbox', 'mine'), /bytes {2}one sold\n$/)
  await sell()
  t.match(await command('snapshot', '--sandbox', 'mine'), 'one sold')
  t.equal(await command('snapshot'), '', 'the default sandbox is empty')
  await command('snapshot', 'restore', 'one sold', '--sandbox', 'mine')
  t.equal(await count(), 1)
  await command('snapshot', 'export', 'one sold', join(folder, 'sold.db'), '--sandbox', 'mine')
  const copy = await startProcess(t, ['--database', ':memory:', '--from-snapshot', 'sold.db'], { folder })
  t.equal((await connect(t, copy.url).get<{ items: unknown[] }>('/payments')).json.items.length, 1)
  await command('reset', '--sandbox', 'mine')
  t.equal(await count(), 0)
  await command('snapshot', 'delete', 'one sold', '--sandbox', 'mine')
  await command('sandboxes', 'delete', 'mine')
  for (const [args, complaint] of [
    [['sandboxes', 'delete', 'mine'], 'there is no sandbox mine'], [['snapshot', 'restore', 'x'], 'there is no snapshot x']
  ] as const) {
    const { code, stderr } = await runLines([...args, ...at(emulator)])
    t.equal(code, 1)
    t.match(stderr, complaint)
  }
})

t.test('deliveries prints, retries, and injects faults', async t => {
  const receiver = await startReceiver(t)
  const emulator = await listening(t, { webhookUrl: receiver.url })
  const command = (...args: string[]) => runLines([...args, ...at(emulator)])
  const { pay } = connect(t, emulator.url)
  const { json: { payment_id: id } } = await pay(paymentBody())
  t.match((await command('deliveries', 'fail', 'drop', '--type', 'payment.failed')).stdout, /kind drop {2}remaining 1 .*payment\.failed\n/)
  await command('pay', id, '--outcome', 'failed')
  t.match(JSON.parse((await command('idle')).stdout), { waiting: 0 })
  const { stdout } = await command('deliveries', '--payment', id, '--state', 'dropped')
  t.match(stdout, /^dlv_\w+ {2}payment\.failed {2}whk_\w+ {2}dropped {2}/)
  t.equal(receiver.received.length, 0)

  const retried = await command('deliveries', 'retry', stdout.split('  ')[0] ?? '')
  t.match(retried.stdout, /succeeded {2}1 attempt, the last: 200\n$/)
  t.match(receiver.received, [{ type: 'payment.failed' }])
  t.match(JSON.parse((await command('deliveries', '--json')).stdout), [{ state: 'succeeded', payment_id: id }])
  await command('deliveries', 'fail', 'delay', '--delay', '2s', '--times', '3')
  t.match((await command('deliveries', 'faults')).stdout, /kind delay {2}remaining 3 {2}delay_ms 2000 /)
  t.equal((await command('deliveries', 'faults', '--clear')).stdout, 'no faults\n')
  t.match(await command('deliveries', 'retry', 'dlv_x'), { code: 1, stderr: 'there is no delivery dlv_x' })
})

t.test('verify and explain answer for a shell', async t => {
  const emulator = await listening(t, { refundDelay: '1d' })
  const command = (...args: string[]) => runLines([...args, ...at(emulator)])
  const { pay, send } = connect(t, emulator.url)
  const { json: { payment_id: id } } = await pay(paymentBody({ metadata: { order: '7' } }))
  const explained = await command('explain', id)
  t.equal(explained.code, 0)
  t.match(explained.stdout, new RegExp(`^${id} totals \\$[^]*\n.*pdt_`))

  const body = '{"metadata":{"order":{"$any":true}}}'
  t.equal((await command('verify', '--operation', 'POST /payments', '--body', body, '--count', '1', '--status', '2xx')).code, 0)
  const missed = await command('verify', '--method', 'POST', '--path', '/payments', '--body', '{"metadata":{"order":"8"}}')
  t.strictSame([missed.code, missed.stdout], [1, ''])
  t.match(missed.stderr, /req_\w+\n {4}body\.metadata\.order: expected .*8.*, was .*7/)
  await command('requests', '--clear')
  t.equal((await command('verify', '--operation', 'POST /payments')).code, 1)

  await command('pay', id)
  const { json } = await send<{ refund_id: string }>('POST', '/refunds', JSON.stringify({ payment_id: id }), JSON_TYPE)
  t.match(JSON.parse((await command('settle', json.refund_id, 'failed')).stdout), { status: 'failed' })
  t.match(await command('explain', 'pay_x'), { code: 1, stderr: 'there is no payment pay_x' })
})

t.test('checkouts prints the outcome of each session', async t => {
  const emulator = await listening(t)
  const command = (...args: string[]) => runLines(['checkouts', ...args, ...at(emulator)])
  const { send } = connect(t, emulator.url)
  const create = (more: object) => send<{ session_id: string, payment_id: string | null, checkout_url: string | null }>(
    'POST', '/checkouts', JSON.stringify({ product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], ...more }), JSON_TYPE)
  t.equal((await command()).stdout, '', 'empty at first')
  const { json: open } = await create({})
  const { json: confirmed } = await create({
    confirm: true, customer: { customer_id: 'cus_ada' }, billing_address: { country: 'US', zipcode: '62701' }, minimal_address: true
  })
  t.strictSame((await command()).stdout, [
    `${open.session_id}  open  ${open.checkout_url}`, `${confirmed.session_id}  submitted  ${confirmed.payment_id}  requires_payment_method`, ''
  ].join('\n'), 'the newest last')
  t.match(JSON.parse((await command('--state', 'submitted', '--json')).stdout), [{ customer_id: 'cus_ada', country: 'US' }])
  t.match((await command('--limit', '1')).stdout, /^cks_\w+ {2}submitted[^\n]+\n$/)
})
