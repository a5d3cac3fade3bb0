/** The strict mode: refuses ignored input and deprecated operations. Paths that a wrong one probably means. */
import t from 'tap'
import { paymentBody, startEmulator, type Refusal } from '../helper.js'

const customer = { name: 'A', email: 'a@example.com' }
const emulator = startEmulator(t, { strict: 'on' })
const { call, stored } = emulator

t.test('refuses what the API ignores, with its place', async t => {
  for (const [method, url, body, code, path] of [
    ['POST', '/customers', { ...customer, nickname: 'b' }, 'INVALID_REQUEST_BODY', 'nickname'],
    ['POST', '/checkouts', { product_cart: [{ product_id: 'pdt_ebook', quantity: 1, quantitty: 2 }] }, 'INVALID_REQUEST_BODY', 'product_cart[0].quantitty'],
    ['GET', '/customers?emial=a@example.com', undefined, 'INVALID_QUERY_PARAMS', 'emial'],
    ['GET', '/products/pdt_ebook?expand=price', undefined, 'INVALID_QUERY_PARAMS', 'expand'],
    ['POST', '/payments', paymentBody(), 'INVALID_REQUEST_PARAMETERS', '']
  ] as const) {
    const before = stored()
    const { status, json } = await call(method, url, body === undefined ? {} : { body })
    t.match([status, json], [422, { code, details: [{ path }] }], url)
    t.match((json as Refusal).message, '(strict mode)')
    t.strictSame(stored(), before)
  }
})

t.test('accepts everything else', async t => {
  t.equal((await call('POST', '/customers', { body: customer })).status, 200)
  t.equal((await call('GET', '/customers?page_size=5&email=a@example.com')).status, 200)
  t.equal((await call('GET', '/_emulator/clock?x=1')).status, 200, 'the control API')
})

t.test('the header of a call wins over the option', async t => {
  const lenient = startEmulator(t)
  const create = { body: { ...customer, nickname: 'b' } }
  t.equal((await call('POST', '/customers', { ...create, headers: { 'x-emulator-strict': 'off' } })).status, 200)
  t.equal((await lenient.call('POST', '/customers', create)).status, 200)
  t.equal((await lenient.call('POST', '/customers', { ...create, headers: { 'x-emulator-strict': 'on' } })).status, 422)
})

t.test('a 404 names the path that is probably meant', async t => {
  for (const [path, meant] of [
    ['/payment', '/payments'], ['/customer/cus_ada', '/customers/{customer_id}'], ['/v1/payments', '/payments'], ['/api/customers/cus_1', '/customers/cus_1'],
    ['/checkout', '/checkouts']
  ] as const) {
    const { status, json } = await call('GET', path)
    t.match([status, (json as Refusal).message], [404, `: did you mean ${meant}?`], path)
  }
  t.notMatch(((await call('GET', '/nowhere/at/all')).json as Refusal).message, 'did you mean')
})
