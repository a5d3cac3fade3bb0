/** The header of the dashboard: search, sandboxes, faults and the clock. Dashboard actions in the request log. */
import t from 'tap'
import { paymentBody } from '../helper.js'
import { linksOf, partOf, visitor } from './dashboard-visitor.js'

interface Logged { source: string, operation: string, status: number, request_body: { json: unknown } | null }

t.test('the search', async t => {
  const shop = visitor(t)
  const { payment_id: paymentId } = await shop.pay(paymentBody())
  const name = '<b>Zoë & Co</b> 100%_'
  const { json } = await shop.call('POST', '/customers', { body: { name, email: 'zoe@example.com' } })
  const { customer_id: customerId } = json as { customer_id: string }
  const found = async (text: string) => linksOf({
    html: /<div id="results"[\s\S]*<\/main>/.exec((await shop.visit(`/dashboard/search?${new URLSearchParams({ q: text })}`)).html)?.[0] ?? ''
  })
  t.strictSame(await found('co</b> 100%_'), [`/dashboard/customers/${customerId}`], 'finds names by any part, and escapes them')
  t.strictSame(await found('zoe@ex'), [`/dashboard/customers/${customerId}`])
  t.strictSame(await found(customerId), [`/dashboard/customers/${customerId}`], 'ids')
  t.ok((await found(paymentId.slice(0, 14))).includes(`/dashboard/payments/${paymentId}`), 'and the beginning of the id of a payment')
  t.ok((await found('patient debug')).includes('/dashboard/products/pdt_ebook'))
  for (const text of ['', '   ', 'nothing like it', "'; DROP TABLE products --", 'x'.repeat(5000)]) {
    const page = await shop.visit(`/dashboard/search?${new URLSearchParams({ q: text })}`)
    t.equal(page.status, 200)
    t.match(partOf(page, 'results'), /No results|Search everything/, text.slice(0, 30))
  }
  for (const id of ['ent_none', 'evt_x', 'whk_1', 'ref_1', 'sub_1', 'constructor_1', '__proto___1']) t.strictSame(await found(id), ['/dashboard/requests'], id)
})

t.test('the header shows what makes a sandbox behave differently', async t => {
  const shop = visitor(t)
  const header = async () => partOf(await shop.visit('/dashboard/products'), 'current-sandbox')
  t.notMatch(await header(), /\d fault|moved|frozen/)
  await shop.call('POST', '/_emulator/faults', { body: { kind: 'error', status: 500 } })
  await shop.call('POST', '/_emulator/faults', { body: { kind: 'slow', bytes: 1, interval_ms: 60_000 } })
  await shop.call('POST', '/_emulator/clock', { body: { advance_ms: 3 * 86_400_000 } })
  t.match(await header(), /moved \+3 d.*2 faults/)
  await shop.call('POST', '/_emulator/clock', { body: { frozen: true } })
  t.match(await header(), /frozen/)
  await shop.call('POST', '/_emulator/sandboxes', { body: { name: 'green' } })
  const page = await shop.visit('/~green/dashboard/products')
  t.match(page.html, /<a href="\/">default<\/a>[\s\S]*<a href="\/~green\/" aria-current="true">green<\/a>/)
  t.notMatch(partOf(page, 'current-sandbox'), /\d fault|moved|frozen/, 'other sandboxes are not affected')
})

t.test('the log has the actions of the dashboard, marked, and without verifications counting them', async t => {
  const shop = visitor(t)
  const { payment_id: id } = await shop.pay(paymentBody())
  const url = `/dashboard/payments/${id}`
  await shop.follow(url, 'fail', { error_code: 'INSUFFICIENT_FUNDS' })
  t.equal((await shop.send(url, 'refund')).status, 422)
  const { items } = await shop.get<{ items: Logged[] }>('/_emulator/requests?source=dashboard')
  t.match(items, [
    { source: 'dashboard', operation: 'POST /refunds', status: 400, request_body: { json: { payment_id: id } } },
    { operation: 'POST /_emulator/payments/{payment_id}/pay', status: 200, request_body: { json: { outcome: 'failed' } } }
  ])
  t.equal(items.length, 2, 'not what pages only read')
  t.match(partOf(await shop.visit(url), 'requests'), /POST \/payments .*\{payment_id\}\/pay dashboard 200 .* POST \/refunds dashboard 400/)
  const { json } = await shop.call('POST', '/_emulator/verify', { body: { operation: 'POST /refunds', count: 0 } })
  t.match(json, { verified: true })
})

t.test('an expired payment is shown as expired', async t => {
  const shop = visitor(t)
  const { payment_id: id } = await shop.pay(paymentBody({ payment_link: true }))
  const shown = async () => {
    const { html } = await shop.visit(`/dashboard/payments/${id}`)
    return [/data-status="(\w+)"/.exec(html)?.[1], /id="open-link"[^>]*>([^<]*)</.exec(html)?.[1]]
  }
  t.match(await shown(), ['requires_payment_method', 'Open payment link'])
  await shop.call('POST', `/_emulator/payments/${id}/expire`)
  t.match(await shown(), ['expired', 'Open the customer’s page'])
  for (const url of ['/', '/dashboard/payments']) t.match(partOf(await shop.visit(url), `row-${id}`), 'expired', url)
})
