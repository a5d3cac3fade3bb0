/** The e-mails that `--smtp-url` sends, received by a real SMTP server on the loopback interface. */
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import t, { type Test } from 'tap'
import { start, type Email } from '../../src/index.js'
import { startEmulator } from '../helper.js'
import { attach, buy, entitle } from '../resources/grant-calls.js'

interface Received { from: string, to: string[], source: string }

/** A server that keeps what it receives. `refuse` rejects recipients. */
async function startServer (t: Test, port = 0, refuse: () => boolean = () => false) {
  const received: Received[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, callback) => { callback(refuse() ? new Error('the mailbox is full') : undefined) },
    onData (stream, { envelope }, callback) {
      text(stream).then(source => {
        received.push({ from: envelope.mailFrom.address, to: envelope.rcptTo.map(({ address }) => address), source })
        callback()
      }, callback)
    }
  })
  server.on('error', () => {}) // a connection that the emulator ends
  await new Promise<void>(resolve => { server.listen(port, '127.0.0.1', resolve) })
  t.teardown(() => new Promise<void>(resolve => { server.close(resolve) }))
  const { port: listening } = server.server.address() as AddressInfo
  return { received, port: listening, url: `smtp://127.0.0.1:${listening}` }
}

async function until (isDone: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000
  while (!await isDone()) {
    if (Date.now() > end) throw new Error('it did not happen')
    await wait(20)
  }
}

type Emulator = Awaited<ReturnType<typeof start>>

async function purchase (emulator: Emulator): Promise<Email> {
  const { payment_id: id } = await emulator.request<{ payment_id: string }>('POST', '/payments', {
    product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }
  })
  await emulator.pay(id)
  return await emulator.waitForEmail({ payment_id: id, type: 'payment_receipt' })
}

t.test('an e-mail arrives with its text, its HTML and the names of both sides', async t => {
  const server = await startServer(t)
  const emulator = await start({ smtpUrl: server.url, clock: '2026-01-31T09:00:00Z' })
  t.teardown(() => emulator.close())
  const { email_id: id, subject } = await purchase(emulator)
  await until(() => server.received.length > 0)
  const [{ from, to, source } = { from: '', to: [], source: '' }] = server.received
  t.equal(from, 'no-reply@dodo-emulator.invalid')
  t.strictSame(to, ['ada@example.com'])
  t.match(source, /^From: "?Emulated Store"? <no-reply@dodo-emulator\.invalid>\r?$/m)
  t.match(source, /^To: ada@example\.com\r?$/m)
  t.ok(source.includes(`Subject: ${subject}`))
  t.match(source, /^Date: Sat, 31 Jan 2026 09:00:0\d \+0000\r?$/m, 'the time of the sandbox')
  t.match(source, `<${id}@dodo-emulator.invalid>`)
  t.match(source, /multipart\/alternative[^]*text\/plain[^]*text\/html/)
  const file = await fetch(`${emulator.url}/_emulator/emails/${id}/source`)
  t.equal(file.headers.get('content-disposition'), `attachment; filename="${id}.eml"`)
  t.equal(await file.text(), source, 'the file is the message that was sent')
  await until(async () => (await emulator.emails({ type: 'payment_receipt' }))[0]?.smtp_status === 'sent')
  t.equal(server.received.length, 1)
  const other = await start()
  t.teardown(() => other.close())
  t.match(await purchase(other), { smtp_status: null, smtp_error: null }, 'nothing is sent without the option')
})

t.test('names cannot add headers, recipients or HTML', async t => {
  const server = await startServer(t)
  const emulate = startEmulator(t, { smtpUrl: server.url })
  await emulate.emulator.listen()
  const hostile = 'Pro\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script>'
  await attach(emulate, 'pdt_ebook', (await entitle(emulate, 'license_key', { name: hostile })).id)
  for (const email of ['a@example.com, b@example.com', 'a@example.com\r\nBcc: b@example.com', 'a@example.com;b@example.com']) {
    const { status } = await emulate.call('POST', '/customers', { body: { name: 'Many', email } })
    t.equal(status, 422, email)
  }
  const { json } = await emulate.call('POST', '/customers', { body: { name: '"A", evil@example.com <x@y.z>', email: 'one@example.com' } })
  await buy(emulate, { pdt_ebook: 1 }, { customer: { customer_id: (json as { customer_id: string }).customer_id } })
  await until(() => server.received.length === 2)
  await emulate.call('POST', '/customers/cus_ada/customer-portal/session?send_email=true')
  await emulate.call('PATCH', '/customers/cus_ada', { body: { email: '<b@example.com>' } })
  await emulate.call('POST', '/customers/cus_ada/customer-portal/session?send_email=true')
  const sent = async () => (await emulate.get<{ items: Email[] }>('/_emulator/emails?customer_id=cus_ada')).items
  await until(async () => (await sent()).every(({ smtp_status: status }) => status !== 'waiting'))
  t.match(await sent(), [{ smtp_status: 'failed', smtp_error: 'the recipient is not a single address' }, { smtp_status: 'sent' }])
  for (const { email_id: id } of await sent()) {
    const { status, text: file } = await emulate.call('GET', `/_emulator/emails/${id}/source`)
    t.strictSame([status, file.match(/^To: .*$/gm)?.length], [200, 1])
  }
  server.received.pop()
  for (const { to, source } of server.received) {
    t.strictSame(to, ['one@example.com'])
    const [headers = ''] = source.split(/\r?\n\r?\n/, 1)
    t.notMatch(headers, /^(?:bcc|cc):/im)
    t.notMatch(source.slice(source.indexOf('text/html')), '<script>')
  }
})

t.test('a server that refuses or does not answer delays nothing, and gets the e-mail later', async t => {
  const closed = createServer()
  await once(closed.listen(0, '127.0.0.1'), 'listening')
  const { port } = closed.address() as AddressInfo
  await new Promise(resolve => { closed.close(resolve) })
  const emulator = await start({ smtpUrl: `smtp://127.0.0.1:${port}` })
  t.teardown(() => emulator.close())
  const { email_id: id } = await purchase(emulator)
  const state = async () => (await emulator.emails()).find(({ email_id: other }) => other === id)
  await until(async () => (await state())?.smtp_error !== null)
  t.match(await state(), { smtp_status: 'waiting', smtp_error: /ECONNREFUSED/ })
  let isFull = true
  const server = await startServer(t, port, () => isFull)
  await until(async () => /full/.test((await state())?.smtp_error ?? ''))
  t.strictSame(server.received, [])
  isFull = false
  await until(() => server.received.length === 1)
  await until(async () => (await state())?.smtp_status === 'sent')
  t.match(await state(), { smtp_error: null })
})

t.test('a server that hangs delays neither payments nor the end', async t => {
  const sockets = new Set<{ destroy (): void }>()
  const hanging = createServer(socket => { sockets.add(socket.on('error', () => {})) })
  await once(hanging.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    hanging.close()
  })
  const emulator = await start({ smtpUrl: `smtp://127.0.0.1:${(hanging.address() as AddressInfo).port}` })
  for (let count = 0; count < 8; count++) t.match(await purchase(emulator), { smtp_status: 'waiting' })
  await until(() => sockets.size > 0)
  await emulator.idle({ timeout: 2000 }) // waiting e-mails are not work of the sandbox
  await emulator.close()
})
