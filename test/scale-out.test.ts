/**
 * Several emulators behind nginx, with the configuration of examples/scale-out: every sandbox is served by one process
 * on every path, and the loss of a process affects no other sandbox. Needs Debian's nginx.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect as connectTo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import DodoPayments from 'dodopayments'
import t, { type Test } from 'tap'
import { packagePath } from '../src/root.js'
import { paymentBody } from './helper.js'
import { freePort, startProcess, stop, temporaryFolder, type Running } from './processes.js'
import { startReceiver } from './receiver.js'

const NGINX = '/usr/sbin/nginx'
const advice = `${NGINX} is missing: apt-get install nginx-light`
const skip = !existsSync(NGINX) && process.env['CI'] === undefined ? advice : false

const EMULATORS = 3
const NAMES = Array.from({ length: 20 }, (_, n) => `Worker-${n}_a`)

/** Directives that the file leaves out, for an ordinary user in a separate folder. */
const frame = `
daemon off;
worker_processes 2;
pid nginx.pid;
error_log stderr warn;
events {}
http {
    access_log off;
    client_body_temp_path temporary/body;
    proxy_temp_path temporary/proxy;
    fastcgi_temp_path temporary/fastcgi;
    uwsgi_temp_path temporary/uwsgi;
    scgi_temp_path temporary/scgi;
    include emulators.conf;
}
`

/** The repository's configuration with these ports. */
function withPorts (port: number, emulators: readonly number[]): string {
  const text = readFileSync(packagePath('examples', 'scale-out', 'nginx.conf'), 'utf8')
  const listening = replaceOnce(text, 'listen 4010;', `listen 127.0.0.1:${port};`)
  return emulators.reduce((conf, emulator, n) =>
    replaceOnce(conf, `server emulator-${n + 1}:4010 `, `server 127.0.0.1:${emulator} `), listening)
}

function replaceOnce (text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`the configuration does not have ${from} once`)
  return text.replace(from, to)
}

/** Runs nginx until the test ends, and waits until it listens. */
async function startNginx (test: Test, port: number, emulators: readonly number[]): Promise<void> {
  const folder = temporaryFolder(test)
  mkdirSync(join(folder, 'temporary'))
  writeFileSync(join(folder, 'nginx.conf'), frame)
  writeFileSync(join(folder, 'emulators.conf'), withPorts(port, emulators))
  const child = spawn(NGINX, ['-p', folder, '-c', 'nginx.conf'], { stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  let hasEnded = false
  child.stderr.setEncoding('utf8').on('data', text => { stderr += text })
  const ended = once(child, 'close').then(() => { hasEnded = true })
  test.teardown(async () => {
    child.kill('SIGTERM')
    await ended
  })
  while (!await listens(port)) {
    if (hasEnded) throw new Error(`nginx ended: ${stderr}`)
    await wait(20)
  }
}

async function listens (port: number): Promise<boolean> {
  const socket = connectTo(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

interface Asked {
  status: number
  headers: Headers
  text: string
  json: Record<string, unknown>
  /** The emulator that nginx chose. */
  port: number
}

interface Farm {
  url: string
  emulators: Running[]
  /** Through nginx. */
  ask (path: string, init?: RequestInit): Promise<Asked>
  /** The official client for a sandbox. */
  clientOf (name: string): DodoPayments
  /** The emulators that have a sandbox of that name, called directly without nginx. */
  owners (name: string): Promise<Running[]>
}

async function startFarm (test: Test, args: string[] = []): Promise<Farm> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  // On ports that no other process gets while the emulator is lost.
  const emulators = await Promise.all(Array.from({ length: EMULATORS }, async () =>
    startProcess(test, ['--database', ':memory:', '--public-url', url, '--port', String(await freePort()), ...args])))
  await startNginx(test, port, emulators.map(({ port }) => port))
  return {
    url,
    emulators,
    async ask (path, init) {
      const response = await fetch(url + path, { redirect: 'manual', ...init })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
      const json = (isJson ? JSON.parse(text) : {}) as Record<string, unknown>
      const asked = Number(response.headers.get('x-emulator-upstream')?.split(':')[1])
      return { status: response.status, text, json, port: asked, headers: response.headers }
    },
    clientOf: name => new DodoPayments({ bearerToken: `sandbox_${name}`, baseURL: url }),
    async owners (name) {
      const has = await Promise.all(emulators.map(async ({ url }) => {
        const { items } = await (await fetch(`${url}/_emulator/sandboxes`)).json() as { items: Array<{ name: string }> }
        return items.some(item => item.name === name)
      }))
      return emulators.filter((_, n) => has[n])
    }
  }
}

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit =>
  ({ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })

const linkBody = () => paymentBody({ payment_link: true }) as DodoPayments.PaymentCreateParams & { payment_link: true }
const pathOf = (link: string | null | undefined) => new URL(link ?? '').pathname

t.test('one process serves a sandbox', { skip }, async t => {
  const farm = await startFarm(t)
  const { ask, clientOf, owners, url } = farm
  const receiver = await startReceiver(t)
  const homes = new Map<string, Running>()
  const links = new Map<string, string>()

  await Promise.all(NAMES.map(async name => {
    const client = clientOf(name)
    const { payment_id: id, payment_link: link } = await client.payments.create(linkBody())
    t.ok(link?.startsWith(`${url}/~${name}/`), link ?? 'no link')
    links.set(name, pathOf(link))
    const [home, ...others] = await owners(name)
    t.strictSame(others, [], `${name} is in one process`)
    if (home === undefined) return t.fail(`${name} is nowhere`)
    homes.set(name, home)
    for (let n = 0; n < 5; n++) t.equal((await client.payments.retrieve(id)).payment_id, id)
    const ids: string[] = []
    for await (const payment of client.payments.list()) ids.push(payment.payment_id)
    t.strictSame(ids, [id])
  }))
  const shares = farm.emulators.map(({ url }) => [...homes.values()].filter(home => home.url === url).length)
  t.ok(shares.filter(share => share > 0).length > 1, `they are distributed: ${shares.join(', ')}`)

  t.test('with its pages, invoices and control calls, which have its name in the path', async t => {
    for (const name of NAMES) {
      const home = homes.get(name)?.port
      const client = clientOf(name)
      const page = await ask(links.get(name) ?? '')
      t.strictSame([page.status, page.port], [200, home], `the payment link of ${name}`)
      const asset = /href="(\/~[^"]+\/assets\/[^"]+)"/.exec(page.text)?.[1] ?? ''
      t.match(await ask(asset), { status: 200, port: home }, asset)
      const session = await client.checkoutSessions.create({ product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] })
      t.match(await ask(pathOf(session.checkout_url)), { status: 200, port: home }, 'the checkout session')
      const portal = await client.customers.customerPortal.create('cus_ada')
      const { pathname, search } = new URL(portal.link)
      t.match(await ask(pathname + search), { port: home }, 'the customer portal')

      const { items: [sold] } = await client.payments.list()
      const paid = await ask(`/~${name}/_emulator/payments/${sold?.payment_id}/pay`, post({ outcome: 'succeeded' }))
      t.strictSame([paid.status, paid.port], [200, home], paid.text)
      const { invoice_url: invoice, status } = await client.payments.retrieve(sold?.payment_id ?? '')
      t.equal(status, 'succeeded')
      t.match(await ask(pathOf(invoice)), { status: 200, port: home }, 'the invoice')
      const byKey = await ask('/_emulator/events', { headers: { authorization: `bearer  sandbox_${name}` } })
      t.strictSame([byKey.port, (byKey.json['items'] as unknown[]).length], [home, 1], 'the control API by key')
    }
  })

  t.test('with payments on its page', async t => {
    const name = 'Customer'
    const { payment_id: id, payment_link: link } = await clientOf(name).payments.create(linkBody())
    const page = await ask(pathOf(link))
    const token = /name="token" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    const action = /<form[^>]* action="([^"]+)"/.exec(page.text)?.[1] ?? pathOf(link)
    const card = { token, action: 'pay', method: 'card', number: '4242424242424242', expiry: '06/99', cvc: '123', name: 'Ada' }
    const paid = await ask(action, { method: 'POST', body: new URLSearchParams(card), headers: { origin: url } })
    t.match(paid, { status: 303, port: page.port }, paid.text)
    t.match(await ask(paid.headers.get('location')?.replace(url, '') ?? ''), { status: 200, port: page.port })
    t.equal((await clientOf(name).payments.retrieve(id)).status, 'succeeded')
  })

  t.test('with the links of its webhooks', async t => {
    const names = NAMES.slice(0, 6).map(name => `hook-${name}`)
    for (const name of names) {
      const client = clientOf(name)
      await client.webhooks.create({ url: receiver.url })
      const { payment_id: id } = await client.payments.create(linkBody())
      await ask(`/~${name}/_emulator/payments/${id}/pay`, post({ outcome: 'succeeded' }))
      t.equal((await ask(`/~${name}/_emulator/idle`)).status, 200)
      const { data } = receiver.received.find(({ data }) => data['payment_id'] === id) ?? t.fail(`no webhook of ${name}`) as never
      const invoice = String(data['invoice_url'])
      t.ok(invoice.startsWith(`${url}/~${name}/`), invoice)
      const [home] = await owners(name)
      t.match(await ask(pathOf(invoice)), { status: 200, port: home?.port })
    }
    t.equal(receiver.received.length, names.length, 'and no other emulator sent any')
  })

  t.test('chosen by nginx as by the emulator', async t => {
    const at = async (path: string, authorization?: string) =>
      (await ask(path, authorization === undefined ? {} : { headers: { authorization } })).port
    const main = await at('/payments', 'Bearer test')
    const [name, other] = NAMES.filter(name => homes.get(name)?.port !== main)
    const away = homes.get(name ?? '')?.port
    t.ok(name !== undefined && other !== undefined)
    for (const key of ['Bearer sandbox_default', `Bearer ${name}`, `Bearer SANDBOX_${name}`, `Basic sandbox_${name}`]) {
      t.equal(await at('/payments', key), main, `${key} is for the default sandbox`)
    }
    t.equal(await at('/~default/_emulator/clock', `Bearer sandbox_${name}`), main, 'the path has priority over the key')
    t.equal(await at(`/~${name}/payments?page_size=1`, 'Bearer sandbox_default'), away)
    t.equal(await at('/payments?x=/~default/', `Bearer sandbox_${name}`), away, 'a query is not a path')
    t.equal(await at(`/_emulator/sandboxes/${name}`), away)
    const invalid = await ask('/~%2e%2e/payments', { headers: { authorization: 'Bearer test' } })
    t.match(invalid, { status: 422, json: { code: 'INVALID_REQUEST_PARAMETERS' } }, 'an emulator refuses an invalid name')
    const missing = await ask('/~Missing-here/abcdefgh')
    t.equal(missing.status, 404)
    t.strictSame(await owners('Missing-here'), [], 'reading creates no sandbox')
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'http://page.example' }
    t.equal((await ask('/_emulator/clock', { headers: foreign })).status, 403, "the guard sees the client's address")
  })

  t.test('with large bodies', async t => {
    const [name = ''] = NAMES
    const pay = (bytes: number) => ask(`/~${name}/payments`,
      post({ ...paymentBody(), metadata: { x: 'x'.repeat(bytes) } }, { authorization: 'Bearer test' }))
    for (const bytes of [1_100_000, 3_000_000, 30_000_000]) {
      t.match(await pay(bytes), { status: 413, json: { code: 'REQUEST_BODY_TOO_LARGE' } }, `${bytes} bytes`)
    }
    t.match(await pay(1_000_000), { status: 422, port: homes.get(name)?.port }, 'an allowed body arrives')
    const image = await clientOf(name).products.images.update('pdt_ebook')
    const bytes = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(2_000_000)])
    const upload = await ask(pathOf(image.url), { method: 'PUT', body: bytes, headers: { 'content-type': 'image/png' } })
    t.strictSame([upload.status, upload.port], [200, homes.get(name)?.port], `an upload may be larger: ${upload.text}`)
  })

  t.test('until it is deleted', async t => {
    await clientOf('Short-lived').payments.create(linkBody())
    t.equal((await owners('Short-lived')).length, 1)
    t.equal((await ask('/_emulator/sandboxes/Short-lived', { method: 'DELETE' })).status, 200)
    t.strictSame(await owners('Short-lived'), [])
  })
})

t.test('the loss of an emulator', { skip }, async t => {
  const { ask, clientOf, owners, emulators } = await startFarm(t)
  const paymentOf = new Map<string, string>()
  for (const name of NAMES) paymentOf.set(name, (await clientOf(name).payments.create(linkBody())).payment_id)
  const [first = NAMES[0] ?? ''] = NAMES
  const [victim] = await owners(first)
  if (victim === undefined) return t.fail('the sandbox is nowhere')
  const lost: string[] = []
  const kept: string[] = []
  for (const name of NAMES) ((await owners(name))[0] === victim ? lost : kept).push(name)
  t.ok(kept.length > 0 && lost.length > 0)
  await stop(victim, 'SIGKILL')
  const others = emulators.filter(emulator => emulator !== victim)
  const found = async (name: string) => (await clientOf(name).payments.retrieve(paymentOf.get(name) ?? '')).payment_id

  t.test('is reported for its sandboxes, which no other emulator takes over', async t => {
    for (const name of lost) {
      const failed = await clientOf(name).payments.create(linkBody()).then(() => undefined, error => error)
      t.ok(failed instanceof DodoPayments.InternalServerError, name)
      t.match(failed, {
        status: 502,
        error: { code: 'INTERNAL_SERVER_ERROR', message: `No answer from the emulator at 127.0.0.1:${victim.port}` }
      })
      t.equal(failed.headers.get('x-should-retry'), 'false', 'the client does not try again')
      t.match(await ask(`/~${name}/_emulator/clock`), { status: 502, port: victim.port })
    }
    for (const { url } of others) {
      const { items } = await (await fetch(`${url}/_emulator/sandboxes`)).json() as { items: Array<{ name: string }> }
      t.strictSame(items.filter(({ name }) => lost.includes(name)), [], 'no empty sandbox replaces it')
    }
  })

  t.test('does not affect the others', async t => {
    for (const name of kept) t.equal(await found(name), paymentOf.get(name))
    await Promise.all(kept.map(name => clientOf(name).payments.create(linkBody())))
    for (const name of kept) t.equal((await clientOf(name).payments.list()).items.length, 2)
  })
})

t.test('sends an interrupted call once', { skip }, async t => {
  const { ask, clientOf } = await startFarm(t)
  const name = 'Cut'
  const fault = await ask(`/~${name}/_emulator/faults`, post({ kind: 'reset', when: 'after', operation: 'POST /payments' }))
  t.equal(fault.status, 200, fault.text)
  const failed = await clientOf(name).payments.create(linkBody()).then(() => undefined, error => error)
  t.match(failed, { status: 502 }, 'a connection that the emulator closes gives a 502')
  t.equal((await clientOf(name).payments.list()).items.length, 1)
})
