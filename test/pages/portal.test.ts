/** The customer portal, request by request: its contents, access, and the effects of its form. */
import type { InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { paymentBody, startEmulator, type PaymentBody, type TestEmulator } from '../helper.js'
import { injectForm } from './refilled.js'

const HOSTILE = '<img src=x onerror=alert(1)>"\'&'
const ESCAPED = '&#60;img src&#61;x onerror&#61;alert(1)&#62;&#34;&#39;&#38;'

interface Reply {
  status: number
  text: string
  location: string
  headers: Record<string, unknown>
}

interface Portal extends TestEmulator {
  link: string
  path: string
  visit (query?: string, headers?: Record<string, string>): Promise<Reply>
  post (fields: Record<string, string> | string, path?: string): Promise<Reply>
  /** Sends the page's form for a method. */
  remove (id: string, fields?: Record<string, string>): Promise<Reply>
}

async function open (
  test: Test, customerId: string, query = '', options: Parameters<typeof startEmulator>[1] = {}, running?: TestEmulator
): Promise<Portal> {
  const started = running ?? startEmulator(test, options)
  const { status, json, text } = await started.call('POST', `/customers/${customerId}/customer-portal/session?${query}`)
  if (status !== 200) throw new Error(text)
  const { link } = json as { link: string }
  const path = new URL(link).pathname.replace(/^\/below/, '')
  const inject = async (request: InjectOptions): Promise<Reply> => {
    const { statusCode: status, body: text, headers } = await injectForm(started.emulator.app, request)
    return { status, text, headers, location: String(headers['location'] ?? '') }
  }
  const visit = (query = '', headers: Record<string, string> = { accept: 'text/html' }) => inject({ url: path + query, headers })
  const post = (fields: Record<string, string> | string, to = path) => inject({
    method: 'POST',
    url: to,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
    payload: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString()
  })
  return {
    ...started,
    link,
    path,
    visit,
    post,
    async remove (id, fields = {}) {
      const token = /name="token" value="(\w+)"/.exec((await visit()).text)?.[1] ?? ''
      return post({ token, action: 'remove', payment_method_id: id, ...fields })
    }
  }
}

/** A payment with an outcome. */
async function pay ({ pay, call }: TestEmulator, outcome: string, changes: Partial<PaymentBody> = {}): Promise<string> {
  const { payment_id: id } = await pay(paymentBody({ customer: { customer_id: 'cus_grace' }, ...changes }))
  await call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome } })
  return id
}

const textsOf = ({ text }: Reply, testId: string) =>
  [...text.matchAll(new RegExp(`data-testid="${testId}"[^>]*>([^<]*)<`, 'g'))].map(([, found]) => found)

const idsOf = ({ text }: Reply) => [...text.matchAll(/data-payment-id="(\w+)"/g)].map(([, id]) => id)

t.test('opens with a new link for each session, which cannot be guessed', async t => {
  const one = await open(t, 'cus_grace')
  const two = await open(t, 'cus_grace', '', {}, one)
  t.match(one.link, /^http:\/\/localhost(?::\d+)?\/portal\/session\/[0-9A-Za-z]{20}$/)
  t.not(one.link, two.link)
  const page = await one.visit()
  t.equal(page.status, 200)
  t.match(page.headers, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-security-policy': /^default-src 'none'; .*form-action 'self';/
  })
  t.notOk('access-control-allow-origin' in page.headers)
  t.strictSame(textsOf(page, 'customer-name'), ['Grace Hopper'])
  t.strictSame(textsOf(page, 'customer-email'), ['grace@example.com'])
  t.match(page.text, 'There are no payments yet.')
  t.match(page.text, 'Visa •••• 4242')
  t.match(page.text, 'Expires 12/34')
  t.notMatch(page.text, /id="wallets"|mail-note|return-link|id="newer"|id="older"/)
  t.notMatch(page.text, /(?:src|href|action)="(?!\/)/, 'everything is served by the emulator')
  t.equal(one.stored()['portal_sessions'], 2)
})

t.test('shows the payments with their documents and refunds', async t => {
  const portal = await open(t, 'cus_grace', '', { refundDelay: '1h', settlementDelay: '1h' })
  const cart = [{ product_id: 'pdt_ebook', quantity: 2 }, { product_id: 'pdt_course', quantity: 1 }]
  const paid = await pay(portal, 'succeeded', { product_cart: cart })
  const failed = await pay(portal, 'failed')
  const cancelled = await pay(portal, 'cancelled')
  const processing = await pay(portal, 'processing')
  const waiting = await pay(portal, 'requires_customer_action')
  const { payment_id: fresh } = await portal.pay(paymentBody({ customer: { customer_id: 'cus_grace' } }))
  await pay(portal, 'succeeded', { customer: { customer_id: 'cus_ada' } })

  const page = await portal.visit()
  t.strictSame(idsOf(page), [fresh, waiting, processing, cancelled, failed, paid], 'newest first, and only the customer’s own')
  t.strictSame(textsOf(page, 'payment-status'),
    ['Not paid', 'Waiting for your confirmation', 'Processing', 'Cancelled', 'Failed', 'Paid'])
  t.match(page.text, /<h3>[^<]+ and 1 more<\/h3>/)
  const { total_amount: total } = await portal.get<{ total_amount: number }>(`/payments/${paid}`)
  t.equal(textsOf(page, 'payment-total').at(-1), `$${(total / 100).toFixed(2)}`)
  t.strictSame([...page.text.matchAll(/href="(\/invoices[^"]+)"/g)].map(([, url]) => url), [`/invoices/payments/${paid}`],
    'an invoice of what was paid, and of nothing else')

  const { json } = await portal.call('POST', '/refunds', { body: { payment_id: paid, items: [{ item_id: 'pdt_ebook', amount: 500 }] } })
  const { refund_id: refundId } = json as { refund_id: string }
  const pending = await portal.visit()
  t.match(pending.text, /data-refund-id="[^"]+" data-status="pending">\s*<span>\$5\.00 refund pending/)
  t.equal(textsOf(pending, 'payment-status').at(-1), 'Paid')
  t.notMatch(pending.text, '/invoices/refunds/')
  await portal.call('POST', `/_emulator/refunds/${refundId}/settle`, { body: { status: 'succeeded' } })
  const settled = await portal.visit()
  t.match(settled.text, /<span>\$5\.00 refunded/)
  t.equal(textsOf(settled, 'payment-status').at(-1), 'Partly refunded')
  for (const [, url] of settled.text.matchAll(/href="(\/invoices[^"]+)"/g)) {
    const { statusCode, headers } = await portal.emulator.app.inject(url ?? '')
    t.strictSame([statusCode, headers['content-type']], [200, 'application/pdf'])
  }
  t.equal([...settled.text.matchAll(/href="\/invoices/g)].length, 2)
})

t.test('shows many payments in pages', async t => {
  const portal = await open(t, 'cus_grace')
  const ids: string[] = []
  for (let n = 0; n < 21; n++) ids.unshift((await portal.pay(paymentBody({ customer: { customer_id: 'cus_grace' } }))).payment_id)
  const first = await portal.visit()
  t.strictSame(idsOf(first), ids.slice(0, 10))
  t.match(first.text, `id="older" rel="next" href="${portal.path}?page&#61;2"`)
  t.notMatch(first.text, 'id="newer"')
  const second = await portal.visit('?page=2')
  t.strictSame(idsOf(second), ids.slice(10, 20))
  t.match(second.text, `id="newer" rel="prev" href="${portal.path}?page&#61;1"`)
  const last = await portal.visit('?page=3')
  t.strictSame(idsOf(last), ids.slice(20))
  t.notMatch(last.text, 'id="older"')
  t.match((await portal.visit('?page=4')).text, 'There are no payments on this page.')
  for (const query of ['?page=0', '?page=-1', '?page=x', '?page=1.5', '?page=', '?page=2&page=3', '?page=%00']) {
    t.strictSame(idsOf(await portal.visit(query)), ids.slice(0, 10), query)
  }
  t.equal((await portal.visit(`?page=${'9'.repeat(400)}`)).status, 200)
})

t.test('shows wallets with a balance, the return link, and a requested e-mail', async t => {
  const back = 'https://shop.example/account?a=1&b=2'
  const portal = await open(t, 'cus_grace', `send_email=true&return_url=${encodeURIComponent(back)}`)
  for (const body of [{ currency: 'USD', amount: 500, entry_type: 'credit' }, { currency: 'USD', amount: 500, entry_type: 'debit' },
    { currency: 'INR', amount: 12_345, entry_type: 'credit' }]) {
    await portal.call('POST', '/customers/cus_grace/wallets/ledger-entries', { body })
  }
  const page = await portal.visit()
  t.strictSame(textsOf(page, 'wallet-INR'), ['₹123.45'])
  t.notMatch(page.text, 'wallet-USD')
  t.match(page.text, 'href="https://shop.example/account?a&#61;1&#38;b&#61;2"')
  t.match(page.text, 'The store asked to mail this link to grace@example.com.')
})

t.test('shows credits with their latest changes', async t => {
  const portal = await open(t, 'cus_grace')
  t.notMatch((await portal.visit()).text, 'id="credits"')
  const { json } = await portal.call('POST', '/credit-entitlements', {
    body: { name: HOSTILE, unit: 'token', precision: 0, rollover_enabled: false, overage_enabled: true, price_per_unit: '1', currency: 'USD' }
  })
  const entries = `/credit-entitlements/${(json as { id: string }).id}/balances/cus_grace/ledger-entries`
  await portal.call('POST', entries, { body: { entry_type: 'credit', amount: '100', reason: HOSTILE } })
  await portal.call('POST', entries, { body: { entry_type: 'debit', amount: '130' } })
  const page = await portal.visit()
  t.strictSame([textsOf(page, 'credit-balance'), textsOf(page, 'credit-overage')], [['0'], ['30']])
  t.match(page.text, /data-testid="credit-entry">manual adjustment: −130/)
  t.match(page.text, ESCAPED)
  t.notMatch(page.text, HOSTILE)
})

t.test('removes a payment method once, and returns to the portal', async t => {
  const portal = await open(t, 'cus_grace')
  const before = await portal.visit()
  t.match(before.text, 'id="confirm-remove-pm_visa_grace"')
  const token = /name="token" value="(\w+)"/.exec(before.text)?.[1] ?? ''
  const form = { token, action: 'remove', payment_method_id: 'pm_visa_grace' }
  const replies = await Promise.all([portal.post(form), portal.post(form)])
  for (const { status, location } of replies) t.strictSame([status, location], [303, `${portal.path}?removed=yes`])
  const after = await portal.visit('?removed=yes')
  t.match(after.text, /id="removed" role="status"/)
  t.match(after.text, 'data-testid="no-methods"')
  t.strictSame(await portal.get('/customers/cus_grace/payment-methods'), { items: [] })
  const body = paymentBody({ customer: { customer_id: 'cus_grace' }, payment_method_id: 'pm_visa_grace' })
  t.match(await portal.refuse(body), { status: 422 }, 'it cannot pay')
})

t.test('refuses a form with a wrong token or method', async t => {
  const portal = await open(t, 'cus_grace')
  const ada = await open(t, 'cus_ada', '', {}, portal)
  const method = 'pm_visa_grace'
  const form = { action: 'remove', payment_method_id: method }
  const kept = async (t: Test) => {
    t.equal((await portal.get<{ items: unknown[] }>('/customers/cus_grace/payment-methods')).items.length, 1)
  }

  t.test('without the token, with a wrong one, with that of another session', async t => {
    const token = (await open(t, 'cus_grace', '', {}, portal)).path.slice(-20)
    for (const given of ['', 'x', 'é'.repeat(64), token, '0'.repeat(64)]) {
      const { status, text } = await portal.post({ ...form, token: given })
      t.equal(status, 403)
      t.match(text, 'Nothing was changed.')
    }
    t.equal((await portal.post(form)).status, 403)
    t.equal((await portal.post('token=a&token=b')).status, 403)
    t.equal((await portal.post('')).status, 403)
    await kept(t)
  })

  t.test("another customer's method, and an unknown one", async t => {
    const path = ada.path
    await pay(portal, 'succeeded', { customer: { customer_id: 'cus_ada' } })
    const { sandbox } = portal.emulator
    sandbox.paymentMethods.insert('cus_ada', { payment_method_id: 'pm_ada', payment_method: 'card' })
    for (const id of [method, 'pm_none', '', HOSTILE]) {
      const { status, text } = await ada.remove(id)
      t.equal(status, 422, path)
      t.match(text, /id="error-summary"[\s\S]*This payment method does not exist/)
      t.match(text, '<title>Error: Your account</title>')
      t.notMatch(text, 'onerror')
    }
    t.equal((await ada.remove('pm_ada', { action: 'explode' })).status, 422)
    t.equal((await ada.remove('pm_ada')).status, 303)
    await kept(t)
  })

  t.test('a form that is too large', async t => {
    t.equal((await portal.post(`token=${'x'.repeat(40_000)}`)).status, 413)
  })
})

t.test('refuses access', async t => {
  const portal = await open(t, 'cus_grace', 'return_url=myapp%3A%2F%2Faccount')

  t.test('without a session', async t => {
    for (const token of ['0'.repeat(20), 'x', '%00', '..%2f', "' OR 1", portal.path.slice(-20).toLowerCase() + 'x']) {
      const url = `/portal/session/${encodeURIComponent(token)}`
      const html = await portal.emulator.app.inject({ url, headers: { accept: 'text/html' } })
      t.strictSame([html.statusCode, html.headers['content-type']], [404, 'text/html; charset=utf-8'], token)
      t.match(html.body, 'id="not-found"')
      const form = await portal.post({ action: 'remove' }, url)
      t.equal(form.status, 404)
    }
    const json = await portal.emulator.app.inject({ url: '/portal/session/x', headers: { accept: 'application/json' } })
    t.match([json.statusCode, json.json()], [404, { code: 'NOT_FOUND' }])
  })

  t.test('after 24 hours by the clock of the sandbox', async t => {
    const form = /name="token" value="(\w+)"/.exec((await portal.visit()).text)?.[1] ?? ''
    await portal.call('POST', '/_emulator/clock', { body: { frozen: true } })
    await portal.call('POST', '/_emulator/clock', { body: { advance_ms: 24 * 3_600_000 - 60_000 } })
    t.equal((await portal.visit()).status, 200)
    await portal.call('POST', '/_emulator/clock', { body: { advance_ms: 60_000 } })
    const page = await portal.visit()
    t.equal(page.status, 410)
    t.match(page.text, /id="portal-expired"[\s\S]*href="myapp:\/\/account"/)
    t.notMatch(page.text, 'grace@example.com')
    t.equal((await portal.post({ token: form, action: 'remove', payment_method_id: 'pm_visa_grace' })).status, 410)
    t.equal((await portal.get<{ items: unknown[] }>('/customers/cus_grace/payment-methods')).items.length, 1)
    const again = await open(t, 'cus_grace', '', {}, portal)
    t.equal((await again.visit()).status, 200)
    t.equal((await portal.visit()).status, 410, 'a recently expired link is recognised')
    t.equal(portal.stored()['portal_sessions'], 2)
    await portal.call('POST', '/_emulator/clock', { body: { advance_ms: 9 * 24 * 3_600_000 } })
    await open(t, 'cus_grace', '', {}, portal)
    t.equal(portal.stored()['portal_sessions'], 1, 'but not forever')
    t.equal((await portal.visit()).status, 404)
  })
})

t.test('refuses sessions', async t => {
  const { call, stored } = startEmulator(t)
  const before = stored()
  const open = async (query: string, customer = 'cus_grace') =>
    await call('POST', `/customers/${customer}/customer-portal/session${query}`)
  t.match(await open('', 'cus_nobody'), { status: 404, json: { code: 'NOT_FOUND', message: /there is no customer cus_nobody/ } })
  for (const url of ['shop.example', '/account', '', 'javascript:alert(1)', 'data:text/html,x']) {
    const { status, json } = await open(`?return_url=${encodeURIComponent(url)}`)
    t.match([status, json], [422, { code: 'INVALID_QUERY_PARAMS', message: /\(return_url must/, details: [{ path: 'return_url' }] }], url)
  }
  t.match(await open('?send_email=maybe'), { status: 422, json: { code: 'INVALID_QUERY_PARAMS', details: [{ path: 'send_email' }] } })
  t.match(await open('?return_url=https://a.example&return_url=https://b.example'), { status: 422 })
  t.equal((await call('POST', '/customers/cus_grace/customer-portal/session', { key: null })).status, 401)
  t.strictSame(stored(), before, 'nothing was stored')
})

t.test('escapes all entered text', async t => {
  const started = startEmulator(t)
  const { json } = await started.call('POST', '/customers', { body: { name: HOSTILE, email: '<b>@x' } })
  const { customer_id: id } = json as { customer_id: string }
  started.emulator.sandbox.paymentMethods.insert(id, {
    payment_method_id: HOSTILE, payment_method: 'card', card: { last4_digits: HOSTILE, expiry_month: HOSTILE, expiry_year: HOSTILE }
  })
  const portal = await open(t, id, `send_email=true&return_url=${encodeURIComponent('https://x.example/"><img src=x onerror=alert(1)>')}`, {}, started)
  const { text } = await portal.visit(`?removed=${encodeURIComponent(HOSTILE)}&page=${encodeURIComponent(HOSTILE)}`)
  t.notMatch(text, '<img')
  t.notMatch(text, '<b>')
  t.strictSame(textsOf({ text, status: 200, location: '', headers: {} }, 'customer-name'), [ESCAPED])
})

t.test('keeps the path of a proxy in every link', async t => {
  const portal = await open(t, 'cus_grace', '', { publicUrl: 'https://pay.example/below' })
  t.match(portal.link, /^https:\/\/pay\.example\/below\/portal\/session\/\w{20}$/)
  await pay(portal, 'succeeded')
  const { text } = await portal.visit()
  t.match(text, `action="/below${portal.path}"`)
  t.match(text, 'href="/below/invoices/payments/')
  t.match(await portal.remove('pm_visa_grace'), { status: 303, location: `/below${portal.path}?removed=yes` })
})
