import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { createApp } from './app.js'

let server
let origin
let dodo
before(async () => {
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${server.address().port}`
  const created = await createApp(origin, { isPreview: true })
  dodo = created.dodo
  server.on('request', created.app)
})
after(async () => {
  await dodo?.close()
  server.closeAllConnections()
  server.close()
})

test('one process sells, shows the checkout, and receives the webhook', async () => {
  const { headers } = await fetch(`${origin}/buy`, { method: 'POST', redirect: 'manual' })
  const checkout = headers.get('location')
  assert.ok(checkout.startsWith(`${origin}/dodo/`), checkout)
  const page = await (await fetch(checkout)).text()
  assert.match(page, /\$19\.99/)
  const [{ session_id: id }] = await dodo.checkouts()
  await dodo.pay(id, {
    customer: { email: 'nina@example.com', name: 'Nina' },
    billing_address: { country: 'US', street: '1 Main St', city: 'Springfield', state: 'IL', zipcode: '62701' }
  })
  await dodo.idle()
  assert.match(await (await fetch(origin)).text(), /Orders paid: 1/)
})
