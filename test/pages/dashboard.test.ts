/** Rules for all pages of the dashboard, request by request: access, contents, and the effects of forms. */
import { request as httpRequest } from 'node:http'
import t, { type Test } from 'tap'
import { paymentBody, startEmulator } from '../helper.js'
import { linksOf, partOf, visitor, type Visitor } from './dashboard-visitor.js'

const HOSTILE = '<img src=x onerror=alert(1)>"\'&'
const FORM = 'application/x-www-form-urlencoded'
const EVERY_PAGE = ['/', '/dashboard/payments', '/dashboard/payments/pay_none', '/dashboard/nothing', '/dashboard/changes']

const BROWSER = { accept: 'text/html,*/*', host: 'localhost' }

/** A form exactly as it is sent, without the token of the page. */
/** Sends a form, and follows the redirect to a form that is shown again, or to the sign-in form. */
async function post ({ emulator }: Visitor, url: string, fields: Record<string, string> | string, headers: Record<string, string> = {}) {
  const { statusCode: status, body: html, headers: sent } = await emulator.app.inject({
    method: 'POST',
    url,
    headers: { ...BROWSER, 'content-type': FORM, ...headers },
    payload: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString()
  })
  const location = String(sent['location'] ?? '')
  if (!/[?&](?:form=|done=wrong-key)/.test(location)) return { status, html, headers: sent, location }
  const again = await emulator.app.inject({ url: location, headers: { ...BROWSER, ...headers } })
  return { status: again.statusCode, html: again.body, headers: again.headers, location: '' }
}

async function failedPayment ({ pay, call }: Visitor): Promise<string> {
  const { payment_id: id } = await pay(paymentBody())
  await call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'failed' } })
  return id
}

function noLeak (test: Test, headers: Record<string, unknown>, what: string): void {
  test.equal(headers['access-control-allow-origin'], undefined, `${what}: no page of another origin may read it`)
  test.equal(headers['cache-control'], 'no-store', what)
  test.match(headers['content-security-policy'], /^default-src 'none'; script-src 'self';.* frame-ancestors 'none'$/, what)
  test.equal(headers['x-content-type-options'], 'nosniff', what)
}

t.test('shows', async t => {
  t.test('first steps while nothing has happened', async t => {
    const { visit } = visitor(t)
    const page = await visit('/')
    t.equal(page.status, 200)
    noLeak(t, page.headers, 'the overview')
    t.equal(page.headers['referrer-policy'], 'same-origin', 'so that its forms send their origin')
    t.match(partOf(page, 'latest'), /No payments yet.* create a test payment/)
    t.match(partOf(page, 'deliveries'), 'No failed webhooks')
    t.match(partOf(page, 'connect'), /Base URL http:\/\/localhost.*API key test.*There is no webhook endpoint yet/)
    t.match(page.html, /<a class="skip" href="#content">/)
    t.match(page.html, /<a href="\/" aria-current="page">/)
    t.notMatch(page.html, /(?:src|href|action)="(?!\/|#|http:\/\/localhost)/, 'everything is served by the emulator')
    t.notMatch(page.html, / on\w+="|<script>|<style| style="/, 'scripts and styles come from /assets only')
  })

  t.test('counts, the latest payments, and failed deliveries', async t => {
    const { visit, call, pay, emulator, ...rest } = visitor(t, { webhookRetrySchedule: '0', apiKeys: 'one,test', readOnlyApiKeys: 'ro' })
    const { json } = await call('POST', '/webhooks', { body: { url: 'http://127.0.0.1:9/hook' } })
    const failed = await failedPayment({ visit, call, pay, emulator, ...rest })
    await call('GET', '/_emulator/idle')
    await pay(paymentBody())
    const page = await visit('/')
    const count = (status: string) => new RegExp(`data-testid="count-${status}">([^<]*)<`).exec(page.html)?.[1]
    t.strictSame(['succeeded', 'failed', 'requires_payment_method', 'cancelled'].map(count), ['0', '1', '1', '0'])
    t.match(page.html, `<tr id="row-${failed}">`)
    t.match(partOf(page, 'deliveries'), /payment\.failed pay_\w+ failed .*\(1 attempt\) http:\/\/127\.0\.0\.1:9\/hook/)
    t.match(page.html, /<span class="under"><a href="\/dashboard\/payments\/pay_\w+">/, 'with a link to the payment')
    const secret = (await call('GET', `/webhooks/${(json as { id: string }).id}/secret`)).json as { secret: string }
    t.match(partOf(page, 'environment'), `DODO_PAYMENTS_API_KEY=one DODO_PAYMENTS_WEBHOOK_KEY=${secret.secret}`)
  })

  t.test('shows only its own sandbox', async t => {
    const { visit, call, emulator, ...rest } = visitor(t)
    const paymentId = await failedPayment({ visit, call, emulator, ...rest })
    await call('POST', '/_emulator/sandboxes', { body: { name: 'green' } })
    const page = await visit('/~green')
    t.equal(page.status, 200)
    t.match(partOf(page, 'current-sandbox'), 'Sandbox green')
    t.match(partOf(page, 'latest'), 'No payments yet')
    t.match(partOf(page, 'connect'), 'http://localhost/~green')
    t.strictSame(linksOf(page).filter(url => url.startsWith('/') && !url.startsWith('/~green')), [], 'its links stay there')
    t.equal((await visit(`/~green/dashboard/payments/${paymentId}`)).status, 404)
    const missing = await visit('/~blue')
    t.equal(missing.status, 404)
    t.match(missing.text, 'there is no sandbox blue')
    t.strictSame((await emulator.app.inject({ url: '/_emulator/sandboxes' })).json().items.length, 2, 'reading creates no sandbox')
  })

  t.test('keeps the path of a proxy in links', async t => {
    const { visit } = visitor(t, { publicUrl: 'https://pay.example/below' })
    for (const url of ['/', '/dashboard/payments', '/dashboard/nothing', '/~gone']) {
      const page = await visit(url)
      t.notMatch(page.html, /(?:href|src|action|data-changes)="(?!\/below\/|#|https:\/\/pay\.example\/below\/)/, url)
    }
  })

  t.test('shows a page for unknown items', async t => {
    const { visit, emulator } = visitor(t)
    for (const url of ['/dashboard/nothing', '/dashboard/payments/pay_none', `/dashboard/${'x'.repeat(3000)}`]) {
      const page = await visit(url)
      t.equal(page.status, 404, url)
      t.match(page.text, /Not found/)
      noLeak(t, page.headers, url)
    }
    const program = await emulator.app.inject({ url: '/dashboard/payments/pay_none', headers: { accept: 'application/json' } })
    t.equal(program.statusCode, 404)
    t.match(program.json(), { code: 'NOT_FOUND', message: /there is no payment pay_none/ })
    noLeak(t, program.headers, 'what a program gets')
    t.equal((await visit('/dashboard')).location, '/')
    const root = await emulator.app.inject({ url: '/' })
    t.match(root.json(), { name: 'dodo-emulator' }, 'a program gets the right URL')
  })

  t.test('accepts any text in the URL', async t => {
    const { visit } = visitor(t)
    const long = encodeURIComponent('%_\\"\''.repeat(2000))
    const queries = [
      'page=0', 'page=-1', 'page=abc', 'page=1e9', 'page=99999999999999', 'page=1&page=2', 'page=%00', 'q=%00', 'q=%ff%fe', `q=${long}`,
      'q=%25', 'q=_', "q='%20OR%201=1--", 'q=pay_', 'q=cus_none', 'q=ref_none', 'q=cks_none', 'q=http://localhost/zzzzzzzz', 'q=http://localhost/0000000Z',
      'status=', 'done=paid', `done=${encodeURIComponent('<b>x</b>')}`, 'done=__proto__', 'done=toString', 'currency=usd', `customer_id=${long}`
    ]
    for (const query of queries) {
      const page = await visit(`/dashboard/payments?${query}`)
      t.equal(page.status, 200, query)
      t.notMatch(page.html, 'id="done"', 'text that no form redirects to shows nothing')
    }
    for (const query of ['status=sold', 'from=yesterday', 'q=x&from=2026-13-01']) {
      const page = await visit(`/dashboard/payments?${query}`)
      t.equal(page.status, 422, query)
      t.match(page.text, /INVALID_QUERY_PARAMS|must be/)
      t.match(page.html, '<a href="/dashboard/payments">Show without filters</a>')
    }
  })

  t.test('links back from a page after the last one', async t => {
    const dashboard = visitor(t)
    await failedPayment(dashboard)
    await dashboard.call('POST', '/webhooks', { body: { url: 'http://127.0.0.1:9/hook' } })
    const lists = ['payments', 'checkouts', 'customers', 'products', 'discounts', 'webhooks', 'webhooks/events', 'webhooks/deliveries']
    for (const list of lists) {
      const page = await dashboard.visit(`/dashboard/${list}?page=900`)
      t.equal(page.status, 200, list)
      t.match(page.html, `<a href="/dashboard/${list}">First page</a>`)
      t.notMatch(page.text, / yet</, 'and not that the list is empty')
    }
    t.match((await dashboard.visit('/dashboard/payments?status=failed&page=9')).html, '"/dashboard/payments?status&#61;failed"')
  })

  t.test('escapes text of customers and merchants', async t => {
    const { visit, pay, call } = visitor(t)
    const { payment_id: id } = await pay(paymentBody({
      customer: { email: 'eve@example.com', name: HOSTILE },
      billing: { country: 'US', city: HOSTILE, street: '</script><script>alert(1)</script>' },
      metadata: { [HOSTILE]: HOSTILE, plain: '</pre><script>alert(1)</script>' }
    }))
    await call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'succeeded' } })
    await call('POST', '/refunds', { body: { payment_id: id, reason: HOSTILE } })
    for (const url of ['/', '/dashboard/payments', `/dashboard/payments/${id}`, `/dashboard/payments?q=${encodeURIComponent(HOSTILE)}`]) {
      const page = await visit(url)
      t.equal(page.status, 200)
      t.notMatch(page.html, /<img|<script>|<script[^>]*>[^<]/, url)
      t.ok(page.text.includes(/pay_|q=/.test(url) ? HOSTILE : 'eve@example.com'), url)
    }
  })
})

t.test('refuses', async t => {
  t.test('other host names and pages of other sites, before anything is shown', async t => {
    const dashboard = visitor(t)
    const { visit, stored } = dashboard
    const before = stored()
    for (const url of EVERY_PAGE) {
      for (const headers of [
        { host: 'evil.test' }, { host: 'localhost.evil.test' }, { origin: 'https://evil.test' }, { origin: 'null' },
        { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'iframe' },
        { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }
      ] as Array<Record<string, string>>) {
        const page = await visit(url, headers)
        t.equal(page.status, 403, `${url} ${JSON.stringify(headers)}`)
        t.notMatch(page.html, /token|data-version|class="sections"/)
        noLeak(t, page.headers, url)
        t.equal((await post(dashboard, url, { action: 'sign-in' }, headers)).status, 403)
      }
    }
    t.strictSame(stored(), before)
    const followed = await visit('/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' })
    t.equal(followed.status, 200, 'a link from anywhere may lead there')
  })

  t.test('forms without the token of this process and sandbox', async t => {
    const dashboard = visitor(t)
    const { visit, call } = dashboard
    const id = await failedPayment(dashboard)
    await call('POST', '/_emulator/sandboxes', { body: { name: 'green' } })
    const url = `/dashboard/payments/${id}`
    const tokenOf = async (from: Visitor, at: string) => /name="token" value="(\w+)"/.exec((await from.visit(at)).html)?.[1] ?? ''
    const other = visitor(t)
    const ofOther = await tokenOf(other, `/dashboard/payments/${await failedPayment(other)}`)
    const { json } = await call('POST', '/payments', { body: paymentBody(), key: 'sandbox_green' })
    const ofGreen = await tokenOf(dashboard, `/~green/dashboard/payments/${(json as { payment_id: string }).payment_id}`)
    const right = await tokenOf(dashboard, url)
    t.match(right, /^[0-9a-f]{64}$/)
    t.equal(new Set([right, ofOther, ofGreen]).size, 3)
    for (const token of ['', 'x', ofOther, ofGreen, right.toUpperCase().slice(0, 63), `${right}0`]) {
      const page = await post(dashboard, url, { token, action: 'cancel' })
      t.equal(page.status, 403)
      t.match(page.html, /id="token-refused"/)
    }
    t.equal((await post(dashboard, url, JSON.stringify({ token: right, action: 'cancel' }), { 'content-type': 'application/json' })).status, 403)
    t.match((await call('GET', `/payments/${id}`)).json, { status: 'failed' }, 'and nothing was done')
    const typed = { action: 'save', name: 'Kept <b>', tax_category: 'saas', 'price.type': 'one_time_price', 'price.currency': 'EUR', 'price.price': '5' }
    const again = await post(dashboard, '/dashboard/products/new', { ...typed, token: ofOther })
    t.equal(again.status, 403)
    t.match(again.html, 'value="Kept &#60;b&#62;"')
    const shown = /name="token" value="(\w+)"/.exec(again.html)?.[1] ?? ''
    t.equal((await post(dashboard, '/dashboard/products/new', { ...typed, token: shown })).status, 303, 'the typed values can be sent again')
    t.equal((await post(dashboard, url, { token: right, action: 'cancel' })).status, 303)
    t.match((await call('GET', `/payments/${id}`)).json, { status: 'cancelled' })
    t.equal((await visit(url)).status, 200)
  })

  t.test('malformed forms', async t => {
    const dashboard = visitor(t)
    const id = await failedPayment(dashboard)
    const url = `/dashboard/payments/${id}`
    for (const action of ['', 'nothing', '__proto__', 'constructor', 'toString']) {
      const page = await dashboard.send(url, action)
      t.equal(page.status, 422, action)
      t.match(page.text, 'The form has no known action')
    }
    const token = /name="token" value="(\w+)"/.exec((await dashboard.visit(url)).html)?.[1] ?? ''
    t.equal((await post(dashboard, '/', { token, action: 'pay' })).status, 422, 'a page without forms')
    const withNul = await dashboard.send(url, 'pay', { card: '4242\0' })
    t.equal(withNul.status, 422)
    t.match(withNul.text, 'must not contain the NUL character')
    const large = await post(dashboard, url, `x=${'a'.repeat(300_000)}`)
    t.equal(large.status, 413)
    t.match(large.html, 'This form cannot be read')
    t.equal((await post(dashboard, url, 'token=%zz&action=%')).status, 403)
    t.equal((await post(dashboard, url, '<x/>', { 'content-type': 'text/xml' })).status, 422)
    t.equal((await post(dashboard, '/dashboard/nothing', { action: 'x' })).status, 404)
    t.equal((await post(dashboard, '/dashboard/nothing', { action: 'x', token })).status, 404)
  })

  t.test('every request with --control off', async t => {
    const { visit, emulator } = visitor(t, { control: 'off' })
    for (const url of EVERY_PAGE) {
      const page = await visit(url)
      t.equal(page.status, 404, url)
      t.match(page.text, 'start the emulator without --control off')
      t.notMatch(page.html, /token|Sandbox/)
    }
    t.equal((await emulator.app.inject({ method: 'POST', url: '/', headers: { ...BROWSER, 'content-type': FORM }, payload: 'a=b' })).statusCode, 404)
  })

  t.test('requests without the key of --control-key', async t => {
    const dashboard = visitor(t, { controlKey: 'opensesame' })
    const { visit, emulator } = dashboard
    const id = await failedPayment({ ...dashboard, call: (method, url, options) => dashboard.call(method, url, { ...options, headers: { 'x-emulator-key': 'opensesame' } }) })
    for (const url of ['/', '/dashboard/payments', `/dashboard/payments/${id}`, '/dashboard/nothing']) {
      for (const headers of [{}, { cookie: 'emulator_0=1; other' }, { 'x-emulator-key': 'wrong' }] as Array<Record<string, string>>) {
        const page = await visit(url, headers)
        t.equal(page.status, 401, url)
        t.match(page.text, 'Sign in')
        t.notMatch(page.html, /name="token"|class="sections"|opensesame|pay_\w{21}(?!")/)
        noLeak(t, page.headers, url)
      }
      t.equal((await visit(url, { 'x-emulator-key': 'opensesame' })).status, url.endsWith('nothing') ? 404 : 200, 'a program may send it')
    }
    t.equal((await visit('/dashboard/changes')).status, 401)
    for (const key of ['', 'wrong', 'OPENSESAME']) {
      const page = await post(dashboard, '/', { action: 'sign-in', key })
      t.equal(page.status, 401)
      t.match(page.html, 'Wrong key')
      t.notOk('set-cookie' in page.headers)
    }
    const unsigned = await post(dashboard, `/dashboard/payments/${id}`, { action: 'cancel' })
    t.match(unsigned, { status: 303, location: `/dashboard/payments/${id}` }, 'forms neither')
    t.equal((await emulator.app.inject({ url: `/payments/${id}`, headers: { authorization: 'Bearer x' } })).json().status, 'failed')
  })
})

t.test('stays consistent', async t => {
  t.test('keeps a user signed in until they sign out', async t => {
    const dashboard = visitor(t, { controlKey: 'opensesame', publicUrl: 'https://pay.example/below' })
    const { visit } = dashboard
    const entered = await post(dashboard, '/dashboard/payments?status=failed', { action: 'sign-in', key: 'opensesame' })
    t.equal(entered.status, 303)
    t.equal(entered.location, '/below/dashboard/payments?status=failed', 'on the page that was requested')
    const set = String(entered.headers['set-cookie'])
    t.match(set, /^emulator_[0-9a-f]{8}=[0-9a-f]{56}; Path=\/below; Max-Age=\d+; HttpOnly; SameSite=Strict$/)
    const secure = await post(dashboard, '/dashboard/nothing', { action: 'sign-in', key: 'opensesame' }, { origin: 'https://localhost' })
    t.equal(secure.location, '/below/dashboard/nothing', 'even on an unknown page')
    t.equal(String(secure.headers['set-cookie']), `${set}; Secure`, 'where the browser uses https')
    t.notMatch(set, 'opensesame')
    const cookie = set.split(';', 1)[0] ?? ''
    const page = await visit('/', { cookie: `a=b; ${cookie}` })
    t.equal(page.status, 200)
    t.match(page.html, 'Sign out')
    const token = /name="token" value="(\w+)"/.exec(page.html)?.[1] ?? ''
    const forged = await post(dashboard, '/', { action: 'sign-out', token: 'x' }, { cookie })
    t.notOk('set-cookie' in forged.headers, 'not from another page')
    const left = await post(dashboard, '/', { action: 'sign-out', token }, { cookie })
    t.match(String(left.headers['set-cookie']), /=; Path=\/below; Max-Age=0;/)

    const anew = visitor(t, { controlKey: 'another' })
    t.equal((await anew.visit('/', { cookie })).status, 401, 'a new key invalidates the cookie')
  })

  t.test('notifies an open page of changes in its sandbox only', async t => {
    const { emulator, pay, call } = startEmulator(t, { port: '0' })
    const { url } = await emulator.listen()
    await call('POST', '/_emulator/sandboxes', { body: { name: 'green' } })
    const listen = (path: string) => new Promise<{ versions: string[], end: () => void, ended: Promise<void> }>(resolve => {
      const versions: string[] = []
      const request = httpRequest(`${url}${path}/dashboard/changes`, response => {
        t.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8')
        t.notOk('access-control-allow-origin' in response.headers)
        const ended = new Promise<void>(resolve => { response.on('close', resolve) })
        response.on('data', chunk => {
          versions.push(...[...String(chunk).matchAll(/data: (\S+)/g)].map(([, version]) => version ?? ''))
          resolve({ versions, end: () => { request.destroy() }, ended })
        })
      })
      request.on('error', () => {}).end()
    })
    const here = await listen('')
    const there = await listen('/~green')
    const until = async (count: number) => {
      for (let tries = 0; here.versions.length < count && tries < 3000; tries++) await new Promise(resolve => setTimeout(resolve, 20))
    }
    await pay(paymentBody())
    await until(2)
    t.equal(here.versions.length, 2, 'of a payment')
    await call('POST', '/_emulator/faults', { body: { kind: 'error' } })
    await until(3)
    t.equal(here.versions.length, 3, 'of a fault, which is not a row')
    await call('POST', '/_emulator/clock', { body: { advance_ms: 1000 } })
    await until(4)
    t.equal(here.versions.length, 4, 'of the clock')
    t.equal(new Set(here.versions).size, 4)
    t.equal(there.versions.length, 1)
    here.end()
    await emulator.close()
    await there.ended
    t.pass('an emulator that ends waits for no reader')
  })
})
