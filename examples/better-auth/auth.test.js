import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { toNodeHandler } from 'better-auth/node'
import { start } from 'dodo-emulator'
import { createAuth } from './auth.js'

const tables = { user: [], session: [], account: [], verification: [] }
const paid = []
let emulator
let server
let site
let cookie

before(async () => {
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  site = `http://127.0.0.1:${server.address().port}`
  // The plugin creates its own client and guesses the environment. The redirect sends its calls to the emulator.
  const { port } = new URL(process.env.DODO_PAYMENTS_EMULATOR_URL)
  emulator = await start({ port, webhookUrl: `${site}/api/auth/dodopayments/webhooks` })
  const auth = createAuth({ baseURL: site, webhookKey: emulator.webhookSecret, tables, onPaid: payment => paid.push(payment) })
  server.on('request', toNodeHandler(auth))
})
after(async () => {
  await emulator.close()
  server.closeAllConnections()
  server.close()
})

async function call (method, path, body) {
  const headers = { origin: site, ...(body ? { 'content-type': 'application/json' } : {}), ...(cookie ? { cookie } : {}) }
  const response = await fetch(`${site}/api/auth${path}`, { method, headers, body: body && JSON.stringify(body) })
  const text = await response.text()
  assert.equal(response.status, 200, text)
  cookie ??= response.headers.getSetCookie().map(line => line.split(';')[0]).join('; ')
  return JSON.parse(text)
}

test('a new user becomes a customer', async () => {
  await call('POST', '/sign-up/email', { email: 'nina@example.com', password: 'correct horse', name: 'Nina' })
  tables.user[0].emailVerified = true // the portal requires it
  const { items } = await emulator.request('GET', '/customers?email=nina@example.com')
  assert.deepEqual(items.map(({ name }) => name), ['Nina'])
})

test('a checkout session is paid, and the webhook arrives', async () => {
  const { url } = await call('POST', '/dodopayments/checkout-session', { slug: 'ebook', referenceId: '7' })
  assert.ok(url.startsWith(emulator.url))
  await emulator.pay(url.split('/').at(-1), {
    billing_address: { country: 'DE', street: 'Ring 1', city: 'Berlin', state: 'BE', zipcode: '10117' }
  })
  await emulator.idle()
  assert.deepEqual(paid.map(({ metadata, customer }) => [metadata, customer.email]), [[{ referenceId: '7' }, 'nina@example.com']])
})

test('a checkout with the whole address is a payment with a link', async () => {
  const billing = { country: 'DE', street: 'Ring 1', city: 'Berlin', state: 'BE', zipcode: '10117' }
  const { url } = await call('POST', '/dodopayments/checkout', { slug: 'ebook', customer: { email: 'nina@example.com', name: 'Nina' }, billing })
  assert.match(await (await fetch(url)).text(), /\$23\.79/)
})

test('the portal and the list of payments are those of the customer', async () => {
  const { url } = await call('GET', '/dodopayments/customer/portal')
  assert.ok(url.startsWith(`${emulator.url}/portal/`))
  const { items } = await call('GET', '/dodopayments/customer/payments/list')
  assert.deepEqual(items.map(({ status }) => status), ['requires_payment_method', 'succeeded'])
})
