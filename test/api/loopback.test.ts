/** `localhost` has two addresses. By default the emulator listens on both, at one port. */
import { once } from 'node:events'
import { request } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { paymentBody, startEmulator } from '../helper.js'
import { freePort } from '../processes.js'

/** The answer of POST /payments at an address, or the connection error. */
function pay (host: string, port: number): Promise<string> {
  return new Promise(resolve => {
    const body = JSON.stringify(paymentBody({ payment_link: true }))
    const headers = { authorization: 'Bearer test', 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const outgoing = request({ host, port, path: '/payments', method: 'POST', headers, agent: false }, incoming => {
      let text = ''
      incoming.setEncoding('utf8').on('data', part => { text += part })
        .on('end', () => { resolve(`${incoming.statusCode} ${(JSON.parse(text) as { payment_link: string }).payment_link}`) })
    })
    outgoing.on('error', (error: NodeJS.ErrnoException) => { resolve(String(error.code)) }).end(body)
  })
}

/** Whether this computer has IPv6. */
async function hasIpv6 (test: Test): Promise<boolean> {
  const server = createServer()
  try {
    await once(server.listen(0, '::1'), 'listening')
  } catch {
    test.comment('there is no ::1 here')
    return false
  }
  server.close()
  return true
}

t.test('listens on both addresses by default', async t => {
  if (!await hasIpv6(t)) return
  for (const host of ['127.0.0.1', 'localhost']) {
    const { emulator } = startEmulator(t, { host })
    const { port } = await emulator.listen()
    t.match(await pay('127.0.0.1', port), new RegExp(`^200 http://127\\.0\\.0\\.1:${port}/\\w{8}$`), host)
    t.match(await pay('::1', port), new RegExp(`^200 http://\\[::1\\]:${port}/\\w{8}$`), host)
    const under = pay('::1', port)
    await once(emulator.app.server, 'request')
    await emulator.close()
    t.match(await under, /^200 /, 'a pending request is answered before the emulator closes')
    t.strictSame([await pay('127.0.0.1', port), await pay('::1', port)], ['ECONNREFUSED', 'ECONNREFUSED'])
  }
})

t.test('listens only on a host that was given', async t => {
  if (!await hasIpv6(t)) return
  const { emulator } = startEmulator(t, { host: '::1' })
  const { port, address } = await emulator.listen()
  t.equal(address, `http://[::1]:${port}`)
  t.match(await pay('::1', port), /^200 /)
  t.equal(await pay('127.0.0.1', port), 'ECONNREFUSED')
})

t.test('warns of another program at the other address', async t => {
  if (!await hasIpv6(t)) return
  const port = await freePort()
  const other = createServer().listen(port, '::1')
  await once(other, 'listening')
  t.teardown(() => { other.close() })
  const warnings = t.capture(console, 'error')
  const { emulator } = startEmulator(t, { port: String(port) })
  await emulator.listen()
  t.match(await pay('127.0.0.1', port), /^200 /)
  t.equal((emulator.app.server.address() as AddressInfo).port, port)
  t.match(warnings.args(), [[`another program listens on ::1, port ${port}, and localhost may lead there: call 127.0.0.1 instead`]])
})
