/** Receivers with unusual answers, and the addresses that they may listen on. */
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { startReceiver } from '../receiver.js'
import { openShop, type Delivery } from './helper.js'

/** A server that answers every request with these bytes and closes the connection if `then` says so. */
async function startRaw (test: Test, bytes: string | Buffer, then: 'close' | 'reset' | 'keep' = 'close'): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(bytes, () => {
        if (then === 'close') socket.end()
        if (then === 'reset') setTimeout(() => { socket.resetAndDestroy() }, 50)
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`
}

/** The delivery of an event to `url`. */
async function delivered (test: Test, url: string, timeout = '20s', headers = {}): Promise<Delivery> {
  const shop = await openShop(test, { webhookTimeout: timeout })
  await shop.register({ url, headers })
  await shop.freeze() // // one attempt
  await shop.sell()
  await shop.idle()
  const [delivery] = await shop.deliveries()
  if (delivery === undefined) throw new Error('there is no delivery')
  return delivery
}

function response (headers: Record<string, string>, body: string | Buffer, status = '200 OK'): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`), Buffer.from(body)])
}

t.test('counts any 2xx as a success, with any body', async t => {
  const long = 'thanks '.repeat(10_000)
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
  const cases: Array<{ name: string, bytes: Buffer, then?: 'reset' | 'keep', body: string | RegExp, timeout?: string }> = [
    { name: 'invalid gzip', bytes: response({ 'content-encoding': 'gzip' }, 'plain'), body: 'plain' },
    { name: 'invalid Brotli', bytes: response({ 'content-encoding': 'br' }, 'plain'), body: 'plain' },
    { name: 'an unknown encoding', bytes: response({ 'content-encoding': 'zip' }, 'plain'), body: 'plain' },
    { name: 'gzip that breaks off', bytes: response({ 'content-encoding': 'gzip' }, gzipSync('thanks').subarray(0, -8)), body: 'thanks' },
    { name: 'gzip', bytes: response({ 'content-encoding': 'GZIP' }, gzipSync('thanks')), body: 'thanks' },
    { name: 'deflate', bytes: response({ 'content-encoding': 'deflate' }, deflateSync('thanks')), body: 'thanks' },
    { name: 'Brotli', bytes: response({ 'content-encoding': 'br' }, brotliCompressSync('thanks')), body: 'thanks' },
    { name: 'a long body, compressed', bytes: response({ 'content-encoding': 'gzip' }, gzipSync(long)), body: long.slice(0, 16 * 1024) },
    { name: 'a body that would fill the memory', bytes: response({ 'content-encoding': 'gzip' }, bomb), body: /^\0{16384}$/ },
    { name: 'a body shorter than it says', bytes: response({ 'content-length': '100' }, 'thanks'), body: 'thanks' },
    { name: 'a reset within the body', bytes: response({ 'content-length': '100' }, 'thanks'), then: 'reset', body: 'thanks' },
    { name: 'invalid chunks', bytes: response({ 'transfer-encoding': 'chunked' }, 'nonsense'), body: '' },
    { name: 'a chunk that breaks off', bytes: response({ 'transfer-encoding': 'chunked' }, 'ff\r\nthanks'), body: 'thanks' },
    { name: 'a body that stalls', bytes: response({ 'content-length': '9' }, 'thanks'), then: 'keep', body: 'thanks', timeout: '2s' },
    { name: 'no body', bytes: response({}, '', '204 No Content'), body: '' },
    { name: 'bytes that are no text', bytes: response({}, Buffer.from([0xff, 0xfe, 0x41])), body: '\ufffd\ufffdA' },
    { name: 'half a character at the end', bytes: response({}, Buffer.from([0x41, 0xc3])), body: 'A' },
    { name: 'a hint before it', bytes: Buffer.concat([response({ link: '</a>' }, '', '103 Early Hints'), response({}, 'thanks')]), body: 'thanks' }
  ]
  for (const { name, bytes, then, body, timeout } of cases) {
    t.test(name, async t => {
      const { state, tries, attempts: [attempt] } = await delivered(t, await startRaw(t, bytes, then), timeout)
      t.match({ state, tries }, { state: 'succeeded', tries: 1 })
      t.equal(attempt?.error, null)
      if (typeof body === 'string') t.equal(attempt?.response_body, body)
      else t.match(attempt?.response_body, body)
    })
  }
})

t.test('records the reason of a failure', async t => {
  const cases: Array<{ name: string, bytes: string | Buffer, then?: 'keep', status: number | null, error: RegExp | null }> = [
    { name: 'another protocol', bytes: '220 mail.example.com ESMTP\r\n', status: null, error: /the response is not valid HTTP \(HPE_/ },
    { name: 'nothing', bytes: '', status: null, error: /the connection was closed \(ECONNRESET\)/ },
    { name: 'half a head', bytes: 'HTTP/1.1 200 OK\r\ncontent-', status: null, error: /closed|not valid HTTP/ },
    { name: 'a head without end', bytes: `HTTP/1.1 200 OK\r\na: ${'x'.repeat(100_000)}\r\n\r\n`, status: null, error: /HPE_HEADER_OVERFLOW/ },
    { name: 'another protocol after an upgrade', bytes: 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n', status: null, error: /another protocol/ },
    { name: 'a refusal with a broken body', bytes: response({ 'content-encoding': 'gzip', 'content-length': '99' }, 'no', '500 No'), status: 500, error: null },
    { name: 'a redirect with a broken body', bytes: response({ location: '/', 'content-length': '99' }, 'no', '307 No'), status: 307, error: /redirects are not followed/ }
  ]
  for (const { name, bytes, then, status, error } of cases) {
    t.test(name, async t => {
      const { state, attempts: [attempt] } = await delivered(t, await startRaw(t, bytes, then))
      t.equal(state, 'waiting')
      t.equal(attempt?.response_status, status)
      if (error === null) t.equal(attempt?.error, null)
      else t.match(attempt?.error, error)
    })
  }
})

t.test('accepts an answer that comes before the event was read', async t => {
  const server = createHttpServer((request, response) => {
    response.writeHead(202, { connection: 'close' }).end('early')
    request.socket.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.close() })
  const { state } = await delivered(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  t.equal(state, 'succeeded')
})

t.test('sends the user name and password of the URL', async t => {
  const receiver = await startReceiver(t)
  const withUser = (user: string) => receiver.url.replace('://', `://${user}@`)
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  await delivered(t, withUser('ada:p%40ss%3Aw%C3%B6rd'))
  t.equal(receiver.received.at(-1)?.headers['authorization'], basic('ada:p@ss:wörd'))
  await delivered(t, withUser('ada'))
  t.equal(receiver.received.at(-1)?.headers['authorization'], basic('ada:'))
  await delivered(t, withUser('ada:secret'), '20s', { Authorization: 'Bearer mine' })
  t.equal(receiver.received.at(-1)?.headers['authorization'], 'Bearer mine', 'a header of the endpoint has priority')
  t.notOk(receiver.received.some(({ headers }) => headers['host']?.includes('@')))
})

t.test('delivers to ports that browsers and fetch refuse', async t => {
  for (const port of [6000, 6667, 10080]) {
    t.test(String(port), async t => {
      const server = createHttpServer((_request, response) => { response.end('thanks') })
      const isFree = await new Promise<boolean>(resolve => {
        server.once('error', () => { resolve(false) }).listen(port, '127.0.0.1', () => { resolve(true) })
      })
      if (!isFree) return t.pass('in use on this computer')
      t.teardown(() => { server.close() })
      const { state, attempts } = await delivered(t, `http://127.0.0.1:${port}/`)
      t.equal(state, 'succeeded', JSON.stringify(attempts))
    })
  }
})

t.test('delivers to an IPv6 address', async t => {
  const server = createHttpServer((request, response) => { response.end(request.headers.host) })
  const hasIt = await new Promise<boolean>(resolve => {
    server.once('error', () => { resolve(false) }).listen(0, '::1', () => { resolve(true) })
  })
  if (!hasIt) return t.pass('there is no IPv6 on this computer')
  t.teardown(() => { server.close() })
  const { port } = server.address() as AddressInfo
  const { state, attempts } = await delivered(t, `http://[::1]:${port}/`)
  t.equal(state, 'succeeded')
  t.equal(attempts[0]?.response_body, `[::1]:${port}`)
})

t.test('reuses connections', async t => {
  const shop = await openShop(t)
  const sockets = new Set<Socket>()
  const server = createHttpServer((request, response) => {
    sockets.add(request.socket)
    response.end('thanks')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.close() })
  await shop.register({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  for (let count = 0; count < 5; count++) {
    await shop.sell()
    await shop.idle()
  }
  t.equal(sockets.size, 1, 'one is used again')
  await shop.emulator.close()
  const [socket] = sockets
  if (socket?.destroyed === false) await once(socket, 'close')
  t.pass('and closed with the emulator')
})
