/** Notes on calls: values that are accepted and do something else than the program means. */
import t from 'tap'
import { paymentBody, startEmulator, type RequestOptions } from '../helper.js'

const { call, pay } = startEmulator(t)

t.test('a call has notes on probable mistakes', async t => {
  const { payment_id: id } = await pay(paymentBody())
  await call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'succeeded' } })
  for (const [method, url, options, notes] of [
    ['POST', '/refunds', { body: { payment_id: id, amount: 5 } },
      [{ code: 'REFUND_AMOUNT_IGNORED', path: 'amount', message: /give the amount in items/ }]],
    ['GET', '/customers?email=a+b@example.com', {}, [{ code: 'UNENCODED_PLUS', path: 'email', message: /%2B/ }]],
    ['GET', '/payments?created_at_gte=2026-01-31T12:00:00+01:00', {}, [{ path: 'created_at_gte', message: /%2B/ }]],
    ['GET', '/customers?name=Ada+Lovelace', {}, []],
    ['GET', '/customers?email=a%2Bb@example.com', {}, []],
    ['GET', '/products', { headers: { origin: 'http://localhost:3000' } }, [{ code: 'API_KEY_IN_BROWSER', path: '', message: /sent by a browser/ }]],
    ['GET', '/products', { headers: { 'sec-fetch-site': 'same-site' } }, [{ path: '' }]],
    ['GET', '/products', { headers: { 'sec-fetch-mode': 'cors' } }, []],
    ['GET', '/payments?page_sice=5&page_sice=6', {}, [{ code: 'IGNORED_QUERY', path: 'page_sice' }]],
    ['GET', '/nowhere?page_sice=5', {}, []],
    ['POST', '/payments', { body: { ...paymentBody(), return_url: 'localhost:3000/x' } },
      [{ code: 'URL_WITHOUT_SCHEME', path: 'return_url' }, { code: 'DEPRECATED_OPERATION', path: '', message: /POST \/payments/ }]],
    ['GET', '/products', { headers: { origin: 'http://localhost:3000' }, key: null }, []]
  ] as Array<['GET' | 'POST', string, RequestOptions, object[]]>) {
    await call(method, url, options)
    const { json } = await call('GET', '/_emulator/requests?page_size=1')
    const [request] = (json as { items: Array<{ notes: object[] }> }).items
    t.match(request?.notes, notes, url)
    t.equal(request?.notes.length, notes.length, url)
  }
})

t.test('a creation that repeats another one has a warning', async t => {
  const shop = startEmulator(t, { clock: '2026-01-31T12:00:00Z', clockFrozen: 'on' })
  const newest = async () => {
    const { items: [request] } = await shop.get<{ items: Array<{ request_id: string, notes: Array<{ code: string, message: string }> }> }>(
      '/_emulator/requests?page_size=1')
    return { id: request?.request_id, notes: request?.notes.filter(({ code }) => code === 'REPEATED_CREATION') }
  }
  const create = async (name: string) => {
    await shop.call('POST', '/customers', { body: { name, email: `${name}@example.com` } })
    return await newest()
  }
  const first = await create('grace')
  t.strictSame(first.notes, [])
  await shop.call('GET', '/customers')
  t.strictSame((await create('alan')).notes, [], 'another body')
  t.match((await create('grace')).notes, [{ message: new RegExp(`repeats ${first.id} after 0\\.\\d s`) }], 'also after other calls')
  for (const name of ['ada', 'ada']) await shop.call('POST', '/customers', { body: { name } })
  t.strictSame((await newest()).notes, [], 'refused calls create nothing')
  for (const limit of [1, 1]) await shop.call('POST', '/checkouts/preview', { body: { product_cart: [{ product_id: 'pdt_ebook', quantity: limit }] } })
  t.strictSame((await newest()).notes, [], 'a preview creates nothing')
})
