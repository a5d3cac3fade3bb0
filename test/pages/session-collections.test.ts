/** The hosted page of a checkout session in which the customer chooses a product of a collection. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { startEmulator } from '../helper.js'
import { collect, groupAt, plan } from '../resources/collection-calls.js'
import { refuseAll, send, type Case, type Json } from '../resources/product-calls.js'
import { NEW, link, problemOf, textOf, unescaped, type SessionBody } from './session-page.js'
import { injectForm } from './refilled.js'

type Options = Parameters<typeof startEmulator>[1]

/** A session with a collection of two books, a donation, and a plan that is named as a group of its own. */
async function choosing (test: Parameters<typeof link>[0], changes: Partial<SessionBody> = {}, options: Options = {}) {
  const started = await link(test, '', options)
  const { product_id: monthly } = await plan(started, { name: 'Monthly' }, { price: 2900 })
  const collection = await collect(started, [['pdt_ebook', 'pdt_course', 'pdt_donation'], [monthly]], { description: 'One of these' })
  const { group_id: second } = groupAt(collection, 1)
  await started.call('PATCH', `/product-collections/${collection.id}/groups/${second}`, { body: { group_name: 'Plans' } })
  const body = { product_cart: [], product_collection_id: collection.id, ...changes }
  const { checkout_url: url, session_id: sessionId } = await send<{ checkout_url: string, session_id: string }>(started, 'POST /checkouts', body)
  const path = new URL(url).pathname
  await started.visit(path)
  return {
    ...started,
    collection,
    monthly,
    path,
    sessionId,
    submit: async (fields: Record<string, string>, to = path) => {
      const page = await started.visit(to)
      return {
        page,
        ...await injectForm(started.emulator.app, formOf(page.text, to, fields)).then(reply => ({
          status: reply.statusCode, text: reply.body, location: String(reply.headers['location'] ?? ''), headers: reply.headers
        }))
      }
    }
  }
}

/** The form of a page, as a browser would send it after the given changes. */
function formOf (text: string, url: string, fields: Record<string, string>) {
  const token = /name="token" value="([^"]*)"/.exec(text)?.[1] ?? ''
  const chosen = /name="chosen" value="([^"]*)"/.exec(text)?.[1] ?? ''
  const product = /name="product_id" value="([^"]*)" checked/.exec(text)?.[1] ?? ''
  const payload = new URLSearchParams({ token, chosen, product_id: product, codes: '[]', ...fields }).toString()
  return { method: 'POST' as const, url, headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' }, payload }
}

const offered = (text: string) => [...text.matchAll(/data-product-id="([^"]*)"/g)].map(([, id]) => id)

t.test('offers the products that are not hidden, with the first one chosen', async t => {
  const opened = await choosing(t)
  const shown = await opened.visit(opened.path)
  t.strictSame(offered(shown.text), ['pdt_ebook', 'pdt_course', 'pdt_donation', opened.monthly])
  t.match(shown.text, /id="choose-pdt_ebook" name="product_id" value="pdt_ebook" checked/)
  t.match(shown.text, '<h2 class="group-title">Plans</h2>')
  t.match(shown.text, 'One of these')
  t.match(shown.text, '$29.00 every month')
  t.match(await opened.get(`/checkouts/${opened.sessionId}`), { payment_id: null, payment_status: null })
  t.match(await opened.get(`/_emulator/checkouts/${opened.sessionId}`), { product_collection_id: opened.collection.id, product_cart: [] })

  const { id, groups: [first] } = opened.collection
  const item = first?.products[0]?.id
  await opened.call('PATCH', `/product-collections/${id}/groups/${first?.group_id}/items/${item}`, { body: { status: false } })
  await opened.call('DELETE', '/products/pdt_course')
  t.strictSame(offered((await opened.visit(opened.path)).text), ['pdt_donation', opened.monthly], 'without hidden and archived ones')
  await opened.call('PATCH', `/product-collections/${id}/groups/${first?.group_id}`, { body: { status: false } })
  t.strictSame(offered((await opened.visit(opened.path)).text), [opened.monthly])
  await opened.call('DELETE', `/product-collections/${id}`)
  t.match(await opened.visit(opened.path), { status: 410, text: 'These products are no longer sold' })
})

t.test('sells another product at its price', async t => {
  const opened = await choosing(t, { subscription_data: { trial_period_days: 7 }, metadata: { a: 'b' } })
  const course = await opened.submit({ action: 'reprice', product_id: 'pdt_course' })
  t.match(course.text, /id="choose-pdt_course" name="product_id" value="pdt_course" checked/)
  t.not(textOf(course, 'amount-due'), textOf(course.page, 'amount-due'))
  const recurring = await opened.submit({ action: 'reprice', product_id: opened.monthly })
  t.match(textOf(recurring, 'recurrence'), /^Free for 7 days\. Then \$29\.00/)
  const donation = await opened.submit({ action: 'reprice', product_id: 'pdt_donation' })
  t.match(donation.text, /id="amount-0" name="amount_0" value="\d/, 'an amount to choose')
  t.equal((await opened.submit({ ...NEW, product_id: opened.monthly })).status, 303)
  const payment = await opened.payment()
  t.match(payment, { checkout_session_id: opened.sessionId, metadata: { a: 'b' }, total_amount: 0 })
  t.match(await opened.get(`/subscriptions/${payment.subscription_id}`), { product_id: opened.monthly, quantity: 1, trial_period_days: 7 })
})

t.test('keeps an amount only for the product for which it was entered', async t => {
  const opened = await choosing(t)
  const { status, text } = await opened.submit({ action: 'reprice', product_id: 'pdt_donation', amount_0: '77.00' })
  t.equal(status, 200)
  t.notMatch(text, '77.00', 'entered for another product')
  const same = await opened.submit({ action: 'reprice', product_id: 'pdt_donation', chosen: 'pdt_donation', amount_0: '77.00' })
  t.equal(textOf(same, 'amount-due'), '$77.00')
})

t.test('refuses a choice that is not offered, with a message', async t => {
  const opened = await choosing(t)
  for (const product of ['pdt_free', 'pdt_x', '']) {
    const refused = await opened.submit({ ...NEW, product_id: product })
    t.equal(refused.status, 422)
    t.equal(problemOf(refused, 'choice'), 'This product is not offered. Choose another.')
  }
  t.strictSame(await opened.payments(), [])
})

t.test('another product can be chosen until the payment is created', async t => {
  const opened = await choosing(t, { billing_address: { country: 'US' } })
  const { location } = await opened.submit({ ...NEW, product_id: opened.monthly })
  const first = await opened.payment()
  const payment = await opened.visit(location)
  const back = unescaped(/id="choose-again" href="([^"]*)"/.exec(payment.text)?.[1] ?? '')
  t.equal(back, `${opened.path}?change=yes`)
  t.equal((await opened.visit(opened.path)).status, 302, 'the session itself leads to its payment')
  const again = await opened.visit(back)
  t.match(again.text, new RegExp(`value="${opened.monthly}" checked`))
  t.match(unescaped(again.text), 'nina@example.com', 'with the details of before')
  const refused = await opened.submit({ ...NEW, email: '', product_id: 'pdt_ebook' }, back)
  t.equal(refused.status, 422)
  t.match(await opened.payment(first.payment_id), { status: 'requires_payment_method' }, 'a mistake changes nothing')
  const next = await opened.submit({ ...NEW, product_id: 'pdt_ebook' }, back)
  t.equal(next.status, 303)
  t.match(await opened.payment(first.payment_id), { status: 'cancelled' })
  t.match(await opened.get(`/subscriptions/${first.subscription_id}`), { status: 'cancelled' })
  const [second] = await opened.payments()
  t.match(await opened.get(`/checkouts/${opened.sessionId}`), { payment_id: second?.payment_id })
  await opened.call('POST', `/_emulator/payments/${second?.payment_id}/pay`, { body: { card: '4242424242424242' } })
  t.equal((await opened.visit(back)).status, 302, 'not after it is paid')
})

t.test('the control API can choose a product like a customer', async t => {
  const opened = await choosing(t, { customer: { email: 'nina@example.com', name: 'Nina' }, billing_address: { country: 'US', street: 'S', city: 'C', state: 'IL', zipcode: '62701' } })
  const pay = (body: Json) => opened.call('POST', `/_emulator/checkouts/${opened.sessionId}/pay`, { body })
  const refused = await pay({ product_id: 'pdt_free' })
  t.equal(refused.status, 422)
  t.match(refused.text, /does not offer pdt_free: choose one of pdt_ebook, pdt_course/)
  const { json } = await pay({ product_id: 'pdt_course' })
  t.match(json, { status: 'succeeded', product_cart: [{ product_id: 'pdt_course', quantity: 1 }] })
  const other = await send<{ session_id: string }>(opened, 'POST /checkouts', { product_cart: [], product_collection_id: opened.collection.id, customer: { customer_id: 'cus_ada' }, billing_address: { country: 'US', street: 'S', city: 'C', state: 'IL', zipcode: '62701' } })
  const paid = await opened.call('POST', `/_emulator/checkouts/${other.session_id}/pay`, { body: {} })
  t.match(paid.json, { status: 'succeeded', product_cart: [{ product_id: 'pdt_ebook' }] }, 'the preselected one')
  const cart = await send<{ session_id: string }>(opened, 'POST /checkouts', { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] })
  t.match((await opened.call('POST', `/_emulator/checkouts/${cart.session_id}/pay`, { body: { product_id: 'pdt_ebook' } })).text, /has no product collection/)
})

t.test('refuses sessions', async t => {
  const emulate = startEmulator(t)
  const { id } = await collect(emulate, [['pdt_ebook'], ['pdt_course']])
  const { id: archived } = await collect(emulate, [['pdt_free']])
  await emulate.call('DELETE', `/product-collections/${archived}`)
  const hidden = await send<Required<Schemas['ProductCollectionResponse']>>(emulate, 'POST /product-collections', { name: 'H', groups: [{ status: false, products: [{ product_id: 'pdt_donation' }] }] })
  const body = (changes: Json = {}) => ({ product_cart: [], product_collection_id: id, ...changes })
  const INVALID = 'INVALID_REQUEST_PARAMETERS'
  const cases: Case[] = [
    ['neither cart nor collection', 'POST /checkouts', body({ product_collection_id: null }), 422, 'PRODUCT_CART_EMTPY', /product_cart is empty/, 'product_cart'],
    ['a cart with a collection', 'POST /checkouts', body({ product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] }), 422, INVALID, /product_cart must be empty with product_collection_id/, 'product_cart'],
    ['codes', 'POST /checkouts', body({ discount_codes: ['SAVE10'] }), 422, INVALID, /discount_codes can't be used with product_collection_id/, 'discount_codes'],
    ['a code', 'POST /checkouts', body({ discount_code: 'SAVE10' }), 422, INVALID, /discount_code can't be used/, 'discount_code'],
    ['confirm', 'POST /checkouts', body({ confirm: true }), 422, INVALID, /confirm can't be used with product_collection_id/, 'confirm'],
    ['an unknown collection', 'POST /checkouts', body({ product_collection_id: 'pdc_x' }), 422, INVALID, /^Product collection pdc_x does not exist$/, 'product_collection_id'],
    ['an archived collection', 'POST /checkouts', body({ product_collection_id: archived }), 422, 'PRODUCT_COLLECTION_IS_DELETED', /archived/, 'product_collection_id'],
    ['a collection that shows nothing', 'POST /checkouts', body({ product_collection_id: hidden.id }), 422, INVALID, /shows no product/, 'product_collection_id'],
    ['a preview', 'POST /checkouts/preview', body(), 422, INVALID, /A preview needs a product/, 'product_collection_id']
  ]
  refuseAll(t, emulate, cases)
  t.test('but accepts an empty list of codes', async t => {
    t.equal((await emulate.call('POST', '/checkouts', { body: body({ discount_codes: [] }) })).status, 200)
  })
})
