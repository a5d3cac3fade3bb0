/**
 * The published adapters for frameworks, as a merchant runs them: a separate program with DODO_PAYMENTS_BASE_URL in its
 * environment and no `environment` in its code, called over HTTP. The returned links are followed to the customer's page.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { start, type Emulator } from '../../src/index.js'
import { packagePath } from '../../src/root.js'

const RETURN_URL = 'https://shop.example/thanks'
const CONFIG = `{ bearerToken: process.env.DODO_PAYMENTS_API_KEY, returnUrl: '${RETURN_URL}' }`
const SAY = 'port => process.stdout.write("listening on " + port + "\\n")'

const PROGRAMS = {
  '@dodopayments/express': `
    import express from 'express'
    import { CustomerPortal, checkoutHandler } from '@dodopayments/express'
    const app = express()
    app.use(express.json())
    for (const type of ['session', 'dynamic']) app.post('/' + type, checkoutHandler({ ...${CONFIG}, type }))
    app.get('/static', checkoutHandler({ ...${CONFIG}, type: 'static' }))
    app.get('/portal', CustomerPortal(${CONFIG}))
    const server = app.listen(0, '127.0.0.1', () => { (${SAY})(server.address().port) })`,
  '@dodopayments/hono': `
    import { createServer } from 'node:http'
    import { Hono } from 'hono'
    import { Checkout, CustomerPortal } from '@dodopayments/hono'
    const app = new Hono()
    for (const type of ['session', 'dynamic']) app.post('/' + type, Checkout({ ...${CONFIG}, type }))
    app.get('/static', Checkout({ ...${CONFIG}, type: 'static' }))
    app.get('/portal', CustomerPortal(${CONFIG}))
    const server = createServer(async (request, response) => {
      const chunks = []
      for await (const chunk of request) chunks.push(chunk)
      const { method, url } = request
      const headers = { 'content-type': request.headers['content-type'] ?? 'text/plain' }
      const body = method === 'GET' ? undefined : Buffer.concat(chunks)
      const answer = await app.fetch(new Request('http://' + request.headers.host + url, { method, headers, body }))
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
    }).listen(0, '127.0.0.1', () => { (${SAY})(server.address().port) })`,
  '@dodopayments/core in a Fastify server, which is what the adapter for Fastify is made of': `
    import fastify from 'fastify'
    import { buildCheckoutUrl } from '@dodopayments/core/checkout'
    import DodoPayments from 'dodopayments'
    const app = fastify()
    const config = ${CONFIG}
    app.post('/session', async ({ body }) =>
      ({ checkout_url: await buildCheckoutUrl({ ...config, sessionPayload: body, type: 'session' }) }))
    app.post('/dynamic', async ({ body }) => ({ checkout_url: await buildCheckoutUrl({ ...config, body, type: 'dynamic' }) }))
    app.get('/static', async ({ query }) => ({ checkout_url: await buildCheckoutUrl({ ...config, queryParams: query }) }))
    app.get('/portal', async ({ query }, reply) => {
      const client = new DodoPayments({ bearerToken: config.bearerToken })
      const { link } = await client.customers.customerPortal.create(query.customer_id, { send_email: query.send_email === 'true' })
      return await reply.redirect(link)
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    ;(${SAY})(app.server.address().port)`,
  '@dodopayments/core in the routes of SvelteKit, which is what the adapter for SvelteKit is made of': `
    import { createServer } from 'node:http'
    import { buildCheckoutUrl } from '@dodopayments/core/checkout'
    import DodoPayments from 'dodopayments'
    const config = ${CONFIG}
    const checkout = async options => Response.json({ checkout_url: await buildCheckoutUrl({ ...config, ...options }) })
    const routes = {
      '/session': { POST: async ({ request }) => checkout({ sessionPayload: await request.json(), type: 'session' }) },
      '/dynamic': { POST: async ({ request }) => checkout({ body: await request.json(), type: 'dynamic' }) },
      '/static': { GET: async ({ url }) => checkout({ queryParams: Object.fromEntries(url.searchParams) }) },
      '/portal': {
        GET: async ({ url: { searchParams } }) => {
          const client = new DodoPayments({ bearerToken: config.bearerToken })
          const mail = { send_email: searchParams.get('send_email') === 'true' }
          const { link } = await client.customers.customerPortal.create(searchParams.get('customer_id'), mail)
          return Response.redirect(link, 302)
        }
      }
    }
    const server = createServer(async (incoming, response) => {
      const chunks = []
      for await (const chunk of incoming) chunks.push(chunk)
      const url = new URL(incoming.url, 'http://' + incoming.headers.host)
      const body = incoming.method === 'GET' ? undefined : Buffer.concat(chunks)
      const request = new Request(url, { method: incoming.method, body })
      const answer = await routes[url.pathname][incoming.method]({ request, url }).catch(({ message }) => new Response(message, { status: 500 }))
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
    }).listen(0, '127.0.0.1', () => { (${SAY})(server.address().port) })`
}

/** Runs a program until the test ends; returns its URL. Its environment holds the given variables only. */
async function run (test: Test, program: string, emulator: Emulator): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: packagePath(),
    env: { PATH: process.env['PATH'] ?? '', DODO_PAYMENTS_BASE_URL: emulator.url, DODO_PAYMENTS_API_KEY: emulator.apiKey },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const ended = once(child, 'close')
  test.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', text => { stderr += text })
  const port = await new Promise<string>((resolve, reject) => {
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text
      const said = /listening on (\d+)\n/.exec(stdout)?.[1]
      if (said !== undefined) resolve(said)
    })
    child.once('close', () => { reject(new Error(`the program ended: ${stderr}`)) })
  })
  return `http://127.0.0.1:${port}`
}

const JSON_BODY = { 'content-type': 'application/json' }
const post = (url: string, body: object) => fetch(url, { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) })

for (const [name, program] of Object.entries(PROGRAMS)) {
  t.test(name, async t => {
    const emulator = await start()
    t.teardown(() => emulator.close())
    const ask = async (path: string) => {
      const response = await fetch(`${emulator.url}${path}`, { headers: { authorization: `Bearer ${emulator.apiKey}` } })
      t.equal(response.status, 200)
      return await response.json() as Record<string, unknown>
    }
    const shop = await run(t, program, emulator)

    t.test('creates checkout sessions', async t => {
      const answer = await post(`${shop}/session`, {
        product_cart: [{ product_id: 'pdt_ebook', quantity: 2 }],
        customer: { email: 'nina@example.com', name: 'Nina' },
        billing_address: { country: 'DE' },
        metadata: { order: '7' }
      })
      const { checkout_url: url } = await answer.json() as { checkout_url: string }
      t.ok(url.startsWith(`${emulator.url}/session/cks_`), url)
      const page = await (await fetch(url)).text()
      t.match(page, /data-testid="amount-due">\$47\.58</)
      const token = /name="token" value="([^"]+)"/.exec(page)?.[1] ?? ''
      const address = { street: 'Hauptstr. 1', city: 'Berlin', state: 'BE', zipcode: '10117' }
      const details = new URLSearchParams({ token, action: 'continue', codes: '[]', ...address })
      const sent = await fetch(url, { method: 'POST', redirect: 'manual', body: details })
      t.equal(sent.status, 303)
      const link = new URL(sent.headers.get('location') ?? '', emulator.url).href
      const form = /name="token" value="([^"]+)"/.exec(await (await fetch(link)).text())?.[1] ?? ''
      const card = { action: 'pay', method: 'card', number: '4242424242424242', expiry: '06/99', cvc: '123', name: 'Nina' }
      const paid = await fetch(link, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ token: form, ...card }) })
      const status = await fetch(new URL(paid.headers.get('location') ?? '', emulator.url))
      t.match(await status.text(), `data-leave-url="${RETURN_URL}?payment_id&#61;pay_`, 'its own returnUrl')
      const { items: [payment] } = await ask('/payments') as { items: object[] }
      t.match(payment, { status: 'succeeded', total_amount: 4758, metadata: { order: '7' }, customer: { email: 'nina@example.com' } })
    })

    t.test('creates payments with a link', async t => {
      const answer = await post(`${shop}/dynamic`, {
        product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }],
        customer: { customer_id: 'cus_ada' },
        billing: { country: 'US', state: 'IL', city: 'Springfield', street: '1 Main St', zipcode: '62701' },
        discount_code: 'SAVE10'
      })
      const { checkout_url: url } = await answer.json() as { checkout_url: string }
      t.match(url, new RegExp(`^${emulator.url}/[0-9A-Z]\\w{7}$`))
      t.match(await (await fetch(url)).text(), /data-testid="amount-due">\$17\.99</)
    })

    t.test('opens the customer portal', async t => {
      const answer = await fetch(`${shop}/portal?customer_id=cus_ada&send_email=false`, { redirect: 'manual' })
      t.equal(answer.status, 302)
      const link = answer.headers.get('location') ?? ''
      t.ok(link.startsWith(emulator.url), link)
      const page = await fetch(link)
      t.equal(page.status, 200)
      t.match(await page.text(), 'id="portal"')
    })

    t.test('reads the product of a static checkout, but its link leads to the real service', async t => {
      const answer = await fetch(`${shop}/static?productId=pdt_ebook&quantity=2`)
      const { checkout_url: url } = await answer.json() as { checkout_url: string }
      t.equal(url, `https://checkout.dodopayments.com/buy/pdt_ebook?quantity=2&redirect_url=${encodeURIComponent(RETURN_URL)}`)
      const { pathname, search } = new URL(url)
      t.match(await (await fetch(emulator.url + pathname + search)).text(), /data-testid="amount-due">\$39\.98</, 'the same link here')
    })

    t.test('passes on refusals', async t => {
      const unknown = await post(`${shop}/dynamic`, {
        product_cart: [{ product_id: 'pdt_nothing', quantity: 1 }], customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }
      })
      t.ok(unknown.status >= 400, String(unknown.status))
      const noCart = await post(`${shop}/session`, { product_cart: [{ product_id: 'pdt_nothing', quantity: 1 }] })
      t.ok(noCart.status >= 400, String(noCart.status))
      t.match(await noCart.text(), /pdt_nothing does not exist/, "with the emulator's reason")
    })
  })
}
