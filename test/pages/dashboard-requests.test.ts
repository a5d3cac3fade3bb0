/** The request log on the dashboard: the reason for a refusal, in the list and on the page of a call. */
import { execFileSync } from 'node:child_process'
import t from 'tap'
import { valueAt } from '../../src/pages/dashboard/request-page.js'
import { paymentBody } from '../helper.js'
import { linksOf, partOf, visitor, type Visitor } from './dashboard-visitor.js'

interface Logged { request_id: string, operation: string | null, status: number }

async function latest ({ get }: Visitor, query = ''): Promise<string> {
  const { items: [call] } = await get<{ items: Logged[] }>(`/_emulator/requests?page_size=1${query}`)
  return call?.request_id ?? ''
}

t.test('the list', async t => {
  await t.test('explains how to make a call while it is empty', async t => {
    const { visit } = visitor(t)
    const page = await visit('/dashboard/requests')
    t.equal(page.status, 200)
    t.match(partOf(page, 'calls'), /No calls yet.*Calls to http:\/\/localhost/)
    t.notMatch(page.html, 'Clear the log', 'there is nothing to clear')
  })

  await t.test('says when the log is off', async t => {
    const { visit, call } = visitor(t, { requestLog: '0' })
    await call('GET', '/products')
    t.match(partOf(await visit('/dashboard/requests'), 'calls'), 'The log is off')
  })

  await t.test('shows the reason of a refusal in its row', async t => {
    const shop = visitor(t)
    await shop.call('POST', '/payments', { body: { ...paymentBody(), product_cart: [{ product_id: 'pdt_nope', quantity: 1 }] } })
    await shop.call('POST', '/payments', { body: { ...paymentBody(), payement_link: true } })
    const page = await shop.visit('/dashboard/requests')
    const refused = await latest(shop, '&status=422')
    t.match(partOf(page, `row-${refused}`),
      /POST \/payments 422 INVALID_REQUEST_PARAMETERS product_cart\[0\]\.product_id Product pdt_nope does not exist/)
    t.match(partOf(page, `row-${await latest(shop)}`), /^POST \/payments pay_\w+ 200 ignored: payement_link/)
    t.ok(page.html.indexOf(refused) > page.html.indexOf(await latest(shop)), 'newest first')
  })

  await t.test('has filters', async t => {
    const shop = visitor(t)
    const { payment_id: paid } = await shop.pay(paymentBody())
    await shop.pay(paymentBody())
    await shop.call('POST', '/payments', { body: {} })
    await shop.call('GET', '/payments/pay_none')
    const rows = async (query: string) => [...(await shop.visit(`/dashboard/requests?${query}`)).html.matchAll(/id="row-req_/g)].length
    t.equal(await rows(''), 4)
    t.equal(await rows('status=4xx'), 2)
    t.equal(await rows('status=422'), 1)
    t.equal(await rows('operation=POST+%2Fpayments'), 3)
    t.equal(await rows(`payment_id=${paid}`), 1)
    t.equal(await rows('error_code=NOT_FOUND'), 1)
    t.equal(await rows('status=&operation='), 4, 'empty filters are ignored')
    const none = await shop.visit('/dashboard/requests?status=5xx')
    t.match(partOf(none, 'calls'), 'No matching calls')
    t.match(none.html, 'value="5xx" selected')
    const options = [...none.html.matchAll(/<option value="((?:GET|POST) [^"]+)"/g)].map(([, name]) => name)
    t.strictSame(options, ['GET /payments/{payment_id}', 'POST /payments'], 'the operations that were called')
    const wrong = await shop.visit('/dashboard/requests?status=abc')
    t.equal(wrong.status, 422)
    t.match(wrong.text, 'INVALID_QUERY_PARAMS')
  })

  await t.test('has pages of 25', async t => {
    const { visit, call } = visitor(t)
    for (let index = 0; index < 26; index++) await call('GET', '/products')
    const first = await visit('/dashboard/requests')
    t.equal([...first.html.matchAll(/id="row-req_/g)].length, 25)
    t.match(first.text, 'href="/dashboard/requests?page=2"')
    const second = await visit('/dashboard/requests?page=2')
    t.equal([...second.html.matchAll(/id="row-req_/g)].length, 1)
  })

  await t.test('is cleared after a confirmation and with the token, and shows a notice', async t => {
    const shop = visitor(t)
    await shop.call('GET', '/products')
    const page = await shop.visit('/dashboard/requests')
    t.match(partOf(page, 'ask-clear'), /Delete all logged calls of this sandbox/)
    const forged = await shop.emulator.app.inject({
      method: 'POST',
      url: '/dashboard/requests',
      headers: { accept: 'text/html', host: 'localhost', 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'action=clear'
    })
    t.match(forged.headers.location, /\?form=/)
    t.equal((await shop.get<{ items: unknown[] }>('/_emulator/requests')).items.length, 1)
    const after = await shop.follow('/dashboard/requests', 'clear')
    t.match(partOf(after, 'done'), 'The log was cleared')
    t.match(partOf(after, 'calls'), 'No calls yet')
  })
})

t.test('one call', async t => {
  await t.test('shows why it was refused, where, and the value there', async t => {
    const shop = visitor(t)
    await shop.call('POST', '/payments', {
      body: { ...paymentBody(), product_cart: [{ product_id: 'pdt_ebook', quantity: -3, quantitty: 1 }] }
    })
    const page = await shop.visit(`/dashboard/requests/${await latest(shop)}`)
    t.equal(page.status, 200)
    const why = partOf(page, 'why')
    t.match(why, /INVALID_REQUEST_BODY Your request body is invalid/)
    t.match(why, /product_cart\[0\]\.quantity must be .* Sent: -3/)
    t.match(why, /Cause \w+/)
    t.match(partOf(page, 'ignored'), /product_cart\[0\]\.quantitty Sent: 1/)
    t.match(partOf(page, 'sent'), '"quantity" : -3')
    t.match(partOf(page, 'answered'), '"INVALID_REQUEST_BODY"')
  })

  await t.test('links to its payment and hides the key', async t => {
    const shop = visitor(t)
    const { payment_id: id } = await shop.pay(paymentBody())
    const page = await shop.visit(`/dashboard/requests/${await latest(shop)}`)
    t.equal(partOf(page, 'why'), '')
    t.match(partOf(page, 'facts'), id)
    t.match(page.html, `href="/dashboard/payments/${id}"`)
    t.match(partOf(page, 'request-headers'), /authorization Bearer t…/)
  })

  await t.test('escapes hostile input', async t => {
    const shop = visitor(t)
    const evil = '<script>alert(1)</script>'
    await shop.call('POST', '/payments', { body: { ...paymentBody(), [evil]: evil }, headers: { 'x-evil': evil } })
    await shop.call('GET', `/nowhere/${encodeURIComponent(evil)}?q=${encodeURIComponent('"><img src=x onerror=alert(1)>')}`)
    const { items } = await shop.get<{ items: Logged[] }>('/_emulator/requests')
    for (const { request_id: id } of items) {
      t.notMatch((await shop.visit(`/dashboard/requests/${id}`)).html, /<script>alert|<img src=x/)
    }
    t.notMatch((await shop.visit('/dashboard/requests')).html, /<script>alert|<img src=x/)
    for (const id of ['req_nothing', '..%2f..', '%3Cscript%3E', 'x'.repeat(5000)]) {
      const { status, html } = await shop.visit(`/dashboard/requests/${id}`)
      t.ok(status === 404 || status === 414, `${status} for ${id.slice(0, 20)}`)
      t.notMatch(html, '<script>')
    }
  })

  await t.test('keeps every link in its sandbox', async t => {
    const shop = visitor(t)
    await shop.call('POST', '/~qa/payments', { body: {} })
    const list = await shop.visit('/~qa/dashboard/requests')
    const [, id] = /id="row-(req_\w+)"/.exec(list.html) ?? []
    t.match(partOf(await shop.visit('/dashboard/requests'), 'calls'), 'No calls yet', 'other sandboxes do not list it')
    const page = await shop.visit(`/~qa/dashboard/requests/${id}`)
    for (const shown of [list, page]) t.strictSame(linksOf(shown).filter(url => !url.startsWith('/~qa')), [])
    t.match(partOf(page, 'curl-command'), "curl -X POST 'http://localhost/~qa/payments'", 'the command, too')
  })

  await t.test('has no command for a form of a page', async t => {
    const shop = visitor(t)
    const { payment_link: link } = await shop.pay(paymentBody({ payment_link: true }))
    const path = new URL(link ?? '').pathname
    await shop.emulator.app.inject({
      method: 'POST', url: path, headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: 'action=pay'
    })
    const page = await shop.visit(`/dashboard/requests/${await latest(shop)}`)
    t.equal(page.status, 200)
    t.match(partOf(page, 'curl'), 'Open the page instead')
  })
})

t.test('has a command that repeats the call', async t => {
  const shop = visitor(t, { apiKeys: 'sk_right' })
  const key = { key: 'sk_right' }
  const headers = { 'x-order': "it's 42" }
  await shop.call('POST', '/payments', { ...key, headers, body: { ...paymentBody(), tax_id: "it's", metadata: { a: '$HOME `id`' } } })
  const first = await latest(shop)
  const page = await shop.visit(`/dashboard/requests/${first}`)
  const [, copied = ''] = /id="curl-command">.*data-copy="([^"]*)"/s.exec(page.html) ?? []
  const command = copied.replace(/&#(\d+);/g, (_entity, code: string) => String.fromCharCode(Number(code)))
  const args = execFileSync('sh', ['-c', `curl () { for a; do printf "%s\\0" "$a"; done; }\n${command}`], { encoding: 'utf8' })
    .split('\0').slice(0, -1)
  const sent = Object.fromEntries(args.flatMap((word, index) => word === '-H' ? [(args[index + 1] ?? '').split(/: (.*)/s, 2)] : []))
  t.match(sent, { authorization: 'Bearer sk_right', 'content-type': 'application/json', 'x-order': "it's 42" })
  const url = new URL(args.find(word => word.startsWith('http')) ?? '')
  const again = await shop.emulator.app.inject({
    method: 'POST', url: url.pathname, headers: sent, payload: args.at(-1) ?? ''
  })
  t.equal(again.statusCode, 422)
  const { items: [second, original] } = await shop.get<{ items: Array<Logged & { request_body: unknown, response_body: unknown }> }>(
    '/_emulator/requests')
  t.strictSame(second?.request_body, original?.request_body)
  t.strictSame(second?.response_body, original?.response_body)

  await t.test('shows that its key was refused', async t => {
    await shop.call('GET', '/products', { key: 'sk_wrong' })
    const page = await shop.visit(`/dashboard/requests/${await latest(shop)}`)
    t.match(partOf(page, 'curl'), /in place of the one that was refused/)
    t.notMatch(page.html, 'sk_wrong')
    await shop.call('GET', '/products', { key: null })
    const without = partOf(await shop.visit(`/dashboard/requests/${await latest(shop)}`), 'curl')
    t.match(without, /had no key, so the command has no key either/)
    t.notMatch(without, 'authorization')
  })

  await t.test('shows a body that is not JSON', async t => {
    await shop.call('POST', '/payments', { ...key, raw: '{"broken' })
    const page = await shop.visit(`/dashboard/requests/${await latest(shop)}`)
    t.match(partOf(page, 'curl-command'), "--data-raw '{\"broken'")
    t.match(partOf(page, 'why'), 'not valid JSON')
  })

  await t.test('omits a very long body from the command', async t => {
    await shop.call('POST', '/payments', { ...key, body: { ...paymentBody(), metadata: { long: 'x'.repeat(40_000) } } })
    const page = await shop.visit(`/dashboard/requests/${await latest(shop)}`)
    t.match(partOf(page, 'curl'), 'too long for a command')
    t.match(partOf(page, 'sent'), /The whole body has 40,\d+ characters/)
  })
})

t.test('finds the value at a path', async t => {
  const body = { cart: [{ id: 'a', 'x-y': 1 }], own: null }
  t.equal(valueAt(body, 'cart[0].id'), 'a')
  t.equal(valueAt(body, 'cart[0].x-y'), 1)
  t.equal(valueAt(body, 'own'), null)
  for (const path of ['cart[1]', 'cart.length.x', 'own.x', '__proto__.x', 'constructor', 'cart[0].id.x']) {
    t.equal(valueAt(body, path), undefined, path)
  }
  t.equal(valueAt(undefined, 'a'), undefined)
})
