/** URLs without http://, whose host a browser reads as a scheme: accepted, and noted wherever they are shown. */
import t, { type Test } from 'tap'
import { paymentBody } from '../helper.js'
import { visitor, type Visitor } from './dashboard-visitor.js'

const GIVEN = 'localhost:3000/thanks'
const SAID = 'http:// is missing: no browser can follow a URL of the scheme localhost:'

interface Call {
  request_id: string
  notes: Array<{ code: string, path: string, message: string }>
}

async function newest (site: Visitor): Promise<Call> {
  const { items: [call] } = await site.get<{ items: Call[] }>('/_emulator/requests?page_size=1')
  if (call === undefined) throw new Error('the log is empty')
  return { ...call, notes: call.notes.filter(({ code }) => code === 'URL_WITHOUT_SCHEME') }
}

/** The notes in the log, on its pages, and on the page of the stored item. */
async function checkTold (test: Test, site: Visitor, path: string, page?: string): Promise<void> {
  const call = await newest(site)
  test.strictSame(call.notes, [{ code: 'URL_WITHOUT_SCHEME', path, message: SAID }])
  test.match((await site.visit('/dashboard/requests')).text, SAID, 'the list of calls')
  test.match((await site.visit(`/dashboard/requests/${call.request_id}`)).text, SAID, 'the page of the call')
  if (page !== undefined) test.match((await site.visit(page)).text, SAID, page)
}

t.test('notes it for return_url of a payment', async t => {
  const site = visitor(t)
  const { payment_id: id, payment_link: link } = await site.pay(paymentBody({ payment_link: true, return_url: GIVEN }))
  await checkTold(t, site, 'return_url', `/dashboard/payments/${id}`)
  await site.call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'failed' } })
  const { pathname } = new URL(link ?? '')
  t.match((await site.visit(pathname)).text, SAID, 'after a decline')
  await site.call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'succeeded' } })
  const status = await site.visit(`/status${pathname}/succeeded`)
  t.match(status.text, SAID, 'the status page')
  t.match(status.html, 'href="localhost:3000/thanks?payment_id', 'the link is unchanged')
  t.notMatch(status.html, /http-equiv|data-leave-url/, 'no redirect leads there')
})

t.test('stays on the status page with redirect_immediately', async t => {
  const site = visitor(t)
  const { payment_link: link } = await site.pay(paymentBody({ payment_link: true, return_url: GIVEN, redirect_immediately: true }))
  const { pathname } = new URL(link ?? '')
  const { status, location } = await site.send(pathname, 'pay', {
    method: 'card', number: '4242424242424242', expiry: '06/99', cvc: '123', name: 'Ada Lovelace'
  })
  t.equal(status, 303)
  t.match(location, /^\/status\//)
  t.match((await site.visit(location)).text, SAID)
})

t.test('notes it for return_url and cancel_url of a checkout session', async t => {
  const site = visitor(t)
  const cart = [{ product_id: 'pdt_ebook', quantity: 1 }]
  const { status, json } = await site.call('POST', '/checkouts', { body: { product_cart: cart, cancel_url: GIVEN } })
  t.equal(status, 200)
  const { session_id: id, checkout_url: url } = json as { session_id: string, checkout_url: string }
  await checkTold(t, site, 'cancel_url', `/dashboard/checkouts/${id}`)
  t.match((await site.visit(new URL(url).pathname)).text, SAID, 'below the link back')
  const other = await site.call('POST', '/checkouts', { body: { product_cart: cart, return_url: GIVEN } })
  await checkTold(t, site, 'return_url', `/dashboard/checkouts/${(other.json as { session_id: string }).session_id}`)
})

t.test('notes it for return_url of a portal session, in the query', async t => {
  const site = visitor(t)
  const { json } = await site.call('POST', `/customers/cus_ada/customer-portal/session?return_url=${encodeURIComponent(GIVEN)}`)
  await checkTold(t, site, 'return_url')
  t.match((await site.visit(new URL((json as { link: string }).link).pathname)).text, SAID)
})

t.test('refuses the URL of a webhook and names the missing scheme', async t => {
  const site = visitor(t)
  const { status, json } = await site.call('POST', '/webhooks', { body: { url: 'localhost:3000/webhooks' } })
  t.equal(status, 422)
  t.match(json, { message: 'url must be an absolute http or https URL: http:// is missing' })
})

t.test('notes nothing for valid URLs', async t => {
  const site = visitor(t)
  for (const url of ['https://shop.example/thanks', 'http://localhost:3000', 'myapp://paid', 'com.example.app:/paid', 'tel:112']) {
    await site.pay(paymentBody({ return_url: url }))
    t.strictSame((await newest(site)).notes, [], url)
  }
})
