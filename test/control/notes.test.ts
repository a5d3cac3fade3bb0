/** Notes on calls: values that are accepted and do something else than the program means. */
import t from 'tap'
import { paymentBody, startEmulator, type RequestOptions } from '../helper.js'

const { call, pay } = startEmulator(t)

t.test('a call has notes on probable mistakes', async t => {
  const { payment_id: id } = await pay(paymentBody())
  await call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'succeeded' } })
  for (const [method, url, options, notes] of [
    ['POST', '/refunds', { body: { payment_id: id, amount: 5 } }, [{ path: 'amount', message: /give the amount in items/ }]],
    ['GET', '/customers?email=a+b@example.com', {}, [{ path: 'email', message: /%2B/ }]],
    ['GET', '/payments?created_at_gte=2026-01-31T12:00:00+01:00', {}, [{ path: 'created_at_gte', message: /%2B/ }]],
    ['GET', '/customers?name=Ada+Lovelace', {}, []],
    ['GET', '/customers?email=a%2Bb@example.com', {}, []],
    ['GET', '/products', { headers: { origin: 'http://localhost:3000' } }, [{ path: '', message: /sent by a browser/ }]],
    ['GET', '/products', { headers: { 'sec-fetch-site': 'same-site' } }, [{ path: '' }]],
    ['GET', '/products', { headers: { 'sec-fetch-mode': 'cors' } }, []],
    ['GET', '/products', { headers: { origin: 'http://localhost:3000' }, key: null }, []]
  ] as Array<['GET' | 'POST', string, RequestOptions, object[]]>) {
    await call(method, url, options)
    const { json } = await call('GET', '/_emulator/requests?page_size=1')
    const [request] = (json as { items: Array<{ notes: object[] }> }).items
    t.match(request?.notes, notes, url)
    t.equal(request?.notes.length, notes.length, url)
  }
})
