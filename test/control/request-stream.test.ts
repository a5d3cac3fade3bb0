/** The request log as it grows: the stream, and the command that prints it. */
import { once } from 'node:events'
import { connect as connectSocket, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { paymentBody, startEmulator, type TestEmulator } from '../helper.js'
import { launch, runToEnd, startProcess, stop } from '../processes.js'
import { until } from '../delivery/helper.js'
import { KEY, logged } from './logged.js'

const ORIGIN = 'http://a.test'
const ALLOWED = { controlOrigins: ORIGIN }

interface Reader {
  socket: Socket
  text (): string
  closed: Promise<void>
}

/** Reads as a page of another origin, which must be allowed. */
function read (test: Test, port: number, headers = ''): Reader {
  const socket = connectSocket(port, '127.0.0.1')
  test.teardown(() => { socket.destroy() })
  let text = ''
  socket.setEncoding('utf8').on('data', data => { text += data }).on('error', () => {})
  const closed = new Promise<void>(resolve => { socket.on('close', () => { resolve() }) })
  socket.write(`GET /_emulator/requests/stream HTTP/1.1\r\nHost: localhost\r\nOrigin: ${ORIGIN}\r\n${headers}\r\n`)
  return { socket, text: () => text, closed }
}

/** The events that were received completely. */
const ids = (text: string) => [...text.matchAll(/^id: (\S+)\ndata: .*\n\n/gm)].map(([, id]) => id)

/** The emulator's ends of connections made from now on. */
function serverSides ({ emulator }: TestEmulator): (reader: Reader) => Socket {
  const sockets: Socket[] = []
  emulator.app.server.on('connection', socket => { sockets.push(socket) })
  return ({ socket: { localPort } }) => {
    const socket = sockets.find(({ remotePort }) => remotePort === localPort)
    if (socket === undefined) throw new Error(`there is no connection from port ${localPort}`)
    return socket
  }
}

t.test('the stream', async t => {
  t.test('sends every call, and continues where a reader left off', async t => {
    const emulator = startEmulator(t, { requestLog: '10', ...ALLOWED })
    const { port } = await emulator.emulator.listen()
    const reader = read(t, port)
    await until(() => reader.text().includes('\n\n'))
    t.match(reader.text(), /200 OK[^]*content-type: text\/event-stream/i)
    t.match(reader.text(), /access-control-allow-origin: http:\/\/a\.test\r/i)
    for (let count = 0; count < 4; count++) await emulator.pay(paymentBody())
    await until(() => ids(reader.text()).length === 4)
    const logs = (await logged(emulator)).map(({ request_id: id }) => id).reverse()
    t.strictSame(ids(reader.text()), logs)
    const data = /^data: (.*)$/m.exec(reader.text())?.[1] ?? ''
    t.strictSame(JSON.parse(data), await emulator.get(`/_emulator/requests/${logs[0]}`))

    const again = read(t, port, `Last-Event-ID: ${logs[1]}\r\n`)
    await until(() => ids(again.text()).length === 2)
    t.strictSame(ids(again.text()), logs.slice(2))
    for (let count = 0; count < 12; count++) await emulator.pay(paymentBody())
    const late = read(t, port, `Last-Event-ID: ${logs[0]}\r\n`)
    await until(() => ids(late.text()).length === 10)
    t.equal(ids(late.text()).length, 10, 'the rest of what was dropped')

    await emulator.call('DELETE', '/_emulator/requests')
    await emulator.pay(paymentBody())
    await until(() => ids(again.text()).length === 15)
    t.pass('clearing the log ends no stream')
    await emulator.emulator.close()
    await Promise.all([reader.closed, again.closed, late.closed])
  })

  t.test('starts over with the emulator, and ends with the sandbox', async t => {
    const emulator = startEmulator(t, { sandboxLimit: '1', ...ALLOWED })
    const { port } = await emulator.emulator.listen()
    for (let count = 0; count < 3; count++) await emulator.pay(paymentBody())
    const [newest, , oldest] = (await logged(emulator)).map(({ request_id: id }) => id)
    for (const seen of [`${oldest?.slice(0, -1)}2`, `${newest?.slice(0, -1)}9`]) {
      const back = read(t, port, `Last-Event-ID: ${seen}\r\n`)
      await until(() => ids(back.text()).length === 3)
      t.strictSame(ids(back.text()), [...ids(back.text())].sort(), 'it has seen nothing of this emulator')
    }

    const get = (key: string) => emulator.call('GET', '/payments', { key })
    const readOne = () => read(t, port, 'Authorization: Bearer sandbox_one\r\n')
    t.capture(console, 'error')
    const evicted = readOne()
    await until(() => evicted.text().includes('\n\n'))
    await get('sandbox_two')
    await evicted.closed
    const deleted = readOne()
    await until(() => deleted.text().includes('\n\n'))
    await emulator.call('DELETE', '/_emulator/sandboxes/one')
    await deleted.closed
    t.match(deleted.text(), /0\r\n\r\n$/, 'whole')
  })

  t.test('disconnects a reader that does not keep up, and no other', async t => {
    const emulator = startEmulator(t, { requestLog: '20', ...ALLOWED })
    const { port } = await emulator.emulator.listen()
    const serverSide = serverSides(emulator)
    const stalled = read(t, port)
    const keen = read(t, port)
    await until(() => stalled.text().includes('\n\n') && keen.text().includes('\n\n'))
    stalled.socket.pause()
    const stalledAt = serverSide(stalled)
    let latest = ''
    keen.socket.on('data', data => { latest = (latest + data).slice(-20_000) })
    const CALLS = 1000 // // more than the buffers of a socket hold
    const note = 'é'.repeat(8000)
    let mostStored = 0
    for (let count = 0; count < CALLS; count++) {
      await emulator.emulator.app.inject({
        method: 'POST', url: `/payments?count=${count}`, payload: `{"note":"${note}"}`, headers: { authorization: 'Bearer x', 'content-type': 'application/json' }
      })
      mostStored = Math.max(mostStored, stalledAt.writableLength)
      if (count % 10 === 0) await until(() => latest.includes(`?count=${count}"`)) // // a reader that is never more than ten calls behind keeps up
    }
    await until(() => ids(keen.text()).length === CALLS)
    t.ok(mostStored < 100_000, `almost nothing is buffered for the stalled reader: ${mostStored} bytes`)
    stalled.socket.resume()
    await stalled.closed
    t.ok(ids(stalled.text()).length < CALLS, 'it missed some calls and was disconnected')
  })

  t.test('refuses pages of origins that are not listed', async t => {
    const emulator = startEmulator(t)
    const { port } = await emulator.emulator.listen()
    const reader = read(t, port, 'Connection: close\r\n')
    await reader.closed
    t.match(reader.text(), /^HTTP\/1\.1 403 [^]*UNAUTHORIZED[^]*--control-origins/)
  })

  t.test('accepts 50 readers', async t => {
    const emulator = startEmulator(t, ALLOWED)
    const { port } = await emulator.emulator.listen()
    const serverSide = serverSides(emulator)
    const readers = Array.from({ length: 50 }, () => read(t, port))
    await until(() => readers.every(({ text }) => text().includes('\n\n: ') || text().includes(': the calls')))
    const { status, json } = await emulator.call('GET', '/_emulator/requests/stream')
    t.equal(status, 429)
    t.match(json, { code: 'TOO_MANY_READERS', message: /at most 50/ })
    const [first] = readers
    if (first === undefined) return t.fail('no reader has connected')
    const left = once(serverSide(first), 'close')
    first.socket.destroy()
    await left
    const next = read(t, port)
    await until(() => next.text().includes('\n\n'))
    t.match(next.text(), /200 OK/)
    await emulator.emulator.close()
    await next.closed
  })
})

t.test('the command prints calls and follows them', async t => {
  const emulator = await startProcess(t, ['--database', ':memory:'])
  const at = ['--port', String(emulator.port)]
  const post = (body: object) => fetch(`${emulator.url}/payments`, {
    method: 'POST', headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }, body: JSON.stringify(body)
  })
  await post(paymentBody())
  await post({ ...paymentBody({ discount_code: 'EXPIRED' }), payement_link: true })
  const { code, stdout } = await runToEnd(t, ['requests', ...at])
  t.equal(code, 0)
  t.match(stdout, /^\d\d:\d\d:\d\d {2}200 {2}POST \/payments {2}in \d+ ms {2}req_\w{21} {2}pay_\w{21}\n/)
  t.match(stdout, /422 {2}POST \/payments[^]*\n {10}DISCOUNT_CODE_EXPIRED: Discount code expired.*\n {10}ignored: payement_link\n/)
  const json = JSON.parse((await runToEnd(t, ['requests', '--status', '4xx', '--json', ...at])).stdout)
  t.match(json, [{ status: 422, request_body: { json: { discount_code: 'EXPIRED' } } }])
  t.equal(json.length, 1)

  const follower = launch(t, ['requests', '--follow', '--status', '4xx', '--json', ...at])
  for (let isThere = false; !isThere;) {
    await post({ ...paymentBody(), product_cart: [] })
    await wait(50)
    isThere = follower.output().includes('\n')
  }
  const { stderr, code: ended, stdout: followed } = await stop(follower, 'SIGINT')
  t.strictSame([ended, stderr], [0, ''])
  for (const line of followed.trim().split('\n')) t.match(JSON.parse(line), { error_code: 'PRODUCT_CART_EMTPY' })
})
